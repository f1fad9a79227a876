// What the simulator says to the thread in which users' services run, and what that answers. Plain data: it crosses
// threads.

import type { LedgerEntry, StockLevel } from '../../engine/core/protocol.ts';
import type { Task, Turn, TurnTime } from '../timed-participant.ts';

/** Where a service comes from. */
export interface ServiceSource {
  /** A file URL. */
  readonly module: string;
  readonly exportName: string;
  readonly baseUrl: string;
  readonly data: unknown;
}

export type Command =
  | ({ readonly kind: 'open'; readonly service: string; readonly seed: string } & ServiceSource)
  | ({ readonly kind: 'begin'; readonly service: string } & Task & TurnTime)
  | ({ readonly kind: 'advance'; readonly service: string } & TurnTime)
  | ({ readonly kind: 'start'; readonly service: string } & TurnTime)
  | { readonly kind: 'stop'; readonly service: string }
  | { readonly kind: 'books'; readonly service: string };

export type Answer =
  | ({ readonly kind: 'turn'; readonly entries: readonly LedgerEntry[] } & Turn)
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
