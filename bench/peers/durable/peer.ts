// What a durable peer has to be: a name, a version, and a saga of three steps, each on the disk before the next begins.

import type { Durations } from '../../lean-journal.ts';

/** Where a measurement may write: a database of its own on the one PostgreSQL, and an empty folder. */
export interface Place {
  readonly postgresUrl: string;
  readonly folder: string;
}

export interface DurablePeer {
  readonly name: string;
  /** Of the package, or `this checkout`. */
  readonly version: string;
  /** How it is run, in a few words. */
  readonly how: string;
  /** Whether it needs PostgreSQL to be there. */
  readonly usesPostgres: boolean;
  /** Sagas in a measurement at 1, 100 and 1,000 in flight: few enough to end within about 20 seconds. */
  readonly sagas: readonly [atOne: number, atHundred: number, atThousand: number];
  start(place: Place): Promise<RunningPeer>;
}

export interface RunningPeer {
  /** What is on the disk when a step counts as done, as the running system itself says. */
  readonly durability: string;
  /** Runs `sagas` sagas, `inFlight` at a time. `first` numbers them, so that no two of a start are the same. */
  run(sagas: number, inFlight: number, first: number): Promise<Durations>;
  stop(): Promise<void>;
}
