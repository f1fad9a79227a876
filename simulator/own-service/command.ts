// What the simulator says to the thread in which users' services and clients run, and what that answers. Plain data: it
// crosses threads.

import type { LedgerEntry, StockLevel } from '../../engine/core/protocol.ts';
import type { Asked, Heard } from '../timed-client.ts';
import type { Task, Turn, TurnTime } from '../timed-participant.ts';

/** Where a service or a client comes from. */
export interface Source {
  /** A file URL. */
  readonly module: string;
  readonly exportName: string;
  readonly baseUrl: string;
  readonly data: unknown;
}

interface Opening extends Source {
  readonly role: 'service' | 'client';
  /** The name of the service in the scenario. */
  readonly service: string;
  readonly seed: string;
}

/** `slot` names who it is for, in words: `service "payments"`. */
export type Command = { readonly slot: string } & (
  | ({ readonly kind: 'open' } & Opening)
  | ({ readonly kind: 'begin' } & Task & TurnTime)
  | ({ readonly kind: 'hear'; readonly request: number; readonly heard: Heard } & TurnTime)
  | ({ readonly kind: 'advance' } & TurnTime)
  | ({ readonly kind: 'start' } & TurnTime)
  | { readonly kind: 'stop' }
  | { readonly kind: 'books' }
);

export type Answer =
  | ({
      readonly kind: 'turn';
      readonly entries: readonly LedgerEntry[];
      readonly asked: readonly Asked[];
    } & Turn)
  | {
      readonly kind: 'books';
      readonly balances: readonly (readonly [account: string, balance: number])[];
      readonly stock: readonly StockLevel[];
    }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly hint: string | undefined;
    };

/** Nothing came of it. */
export const NO_TURN: Extract<Answer, { readonly kind: 'turn' }> = {
  kind: 'turn',
  answers: [],
  parked: [],
  nextAtUs: -1,
  entries: [],
  asked: [],
};
