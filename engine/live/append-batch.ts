// Many appends as a few columns: what goes from the store to its writer thread. Objects would be copied one by one.

import { assert } from '../core/assert.ts';
import type { AppendOutput, StoreAnswer } from '../core/orchestrator-messages.ts';
import { statusAfter } from '../core/saga-standing.ts';
import { SAGA_STATUSES } from '../core/saga-status.ts';

/** Columns of equal length, but for `births`. */
export interface AppendBatch {
  readonly sagas: readonly string[];
  /** The events of each append, as JSON. */
  readonly texts: readonly string[];
  /** {@link COLUMNS} for each append. */
  readonly numbers: Float64Array;
  /** The definition of each saga that begins here (its expected version is 0), in order. */
  readonly births: readonly string[];
}

/** How an append is to be found in `numbers`. `status` is an index of {@link SAGA_STATUSES}, or -1 when it stays. */
export const COLUMN = {
  expectedVersion: 0,
  count: 1,
  epoch: 2,
  atUs: 3,
  status: 4,
  definitionVersion: 5,
} as const;
export const COLUMNS = 6;

export type AppendAnswer = Exclude<StoreAnswer['kind'], 'loaded' | 'load-failed'>;

/** What the writer says of each append: an index of this list. */
export const APPEND_ANSWERS: readonly AppendAnswer[] = [
  'appended',
  'append-failed',
  'append-unknown',
  'append-conflict',
  'append-fenced',
  'append-gone',
  'append-elsewhere',
];

/** An append, with its events as JSON. */
export interface TextedAppend {
  readonly append: AppendOutput;
  readonly text: string;
}

/** What became of a batch. */
export interface WrittenAppends {
  readonly answers: readonly AppendAnswer[];
  /** Why a transaction failed, if one did. */
  readonly trouble: Error | undefined;
}

/** The same between threads: `answers` are indices of {@link APPEND_ANSWERS}. */
export interface WrittenBatch {
  readonly answers: Uint8Array;
  /** Why the transaction failed, if it did. */
  readonly trouble: string | undefined;
}

export function batchOf(appends: readonly TextedAppend[]): AppendBatch {
  const numbers = new Float64Array(appends.length * COLUMNS);
  const births: string[] = [];
  const sagas = appends.map(({ append }, i) => {
    const { saga, expectedVersion, epoch, atUs, events } = append;
    const at = i * COLUMNS;
    const status = statusAfter(events);
    numbers[at + COLUMN.expectedVersion] = expectedVersion;
    numbers[at + COLUMN.count] = events.length;
    numbers[at + COLUMN.epoch] = epoch;
    numbers[at + COLUMN.atUs] = atUs;
    numbers[at + COLUMN.status] = status === undefined ? -1 : SAGA_STATUSES.indexOf(status);
    if (expectedVersion === 0) {
      const created = events[0];
      assert(created?.kind === 'saga-created', 'a log begins with saga-created', saga);
      births.push(created.definition);
      numbers[at + COLUMN.definitionVersion] = created.definitionVersion;
    }
    return saga;
  });
  return { sagas, texts: appends.map(({ text }) => text), numbers, births };
}
