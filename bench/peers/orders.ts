// What the two sides of a contender's process say to each other.

import type { Place } from './durable/peer.ts';

export type Side = 'simulation' | 'durable';

/** Done once, before anything is measured. */
export interface Introduction {
  readonly kind: 'ready';
  readonly name: string;
  readonly version: string;
  readonly how: string;
  /** Sagas in a measurement: one number for a simulation, one per load for a durable peer. */
  readonly sagas: readonly number[];
  readonly usesPostgres: boolean;
}

export type Order =
  /** Again and again, until so much time has passed. */
  | {
      readonly kind: 'simulate';
      readonly sagas: number;
      readonly round: number;
      readonly leastMs: number;
    }
  | { readonly kind: 'endure'; readonly sagas: number; readonly inFlight: number; readonly place: Place };

export interface Measurement {
  readonly kind: 'measured';
  readonly perSecond: number;
  /** Of a durable saga. */
  readonly p99Ms?: number;
  readonly durability?: string;
}

export interface Failure {
  readonly kind: 'failed';
  /** One sentence. */
  readonly reason: string;
}

export type Answer = Introduction | Measurement | Failure;
