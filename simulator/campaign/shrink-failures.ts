// Makes the failures of a campaign small, each by itself: one for which the search breaks off is left as it was found,
// with the reason, and keeps nobody from the others or from the record.

import { firstLine } from './error-data.ts';
import type { Failure } from './run-summary.ts';
import type { ShrinkRequest, ShrunkRun } from './shrink-run.ts';

/** What became of a failure: made small, or left as it was found. */
export type ShrinkOutcome =
  | { readonly kind: 'shrunk'; readonly run: ShrunkRun }
  | { readonly kind: 'left'; readonly why: string };

/** By signature. A failure that is not there was not to be made small, or did not come again. */
export type ShrinkOutcomes = ReadonlyMap<string, ShrinkOutcome>;

/** What {@link shrinkFailures} works with. */
export interface ShrinkWork {
  readonly failures: readonly Failure[];
  /** Sagas that may be run, for all failures together; 0: none is made small. */
  readonly budget: number;
  /** Failures that are searched at a time. */
  readonly lanes: number;
  /** Aborted: what is small by then is kept, the others are left. */
  readonly signal: AbortSignal | undefined;
  shrink(request: ShrinkRequest): Promise<ShrunkRun | undefined>;
  onProgress?(done: number, total: number): void;
}

const STOPPED = { kind: 'left', why: 'it was stopped' } as const;

/** Shares the budget among the failures; the result does not depend on the lanes. */
export async function shrinkFailures(work: ShrinkWork): Promise<ShrinkOutcomes> {
  const { failures, signal, onProgress } = work;
  const outcomes = new Map<string, ShrinkOutcome>();
  if (work.budget === 0 || failures.length === 0) return outcomes;
  const budget = Math.floor(work.budget / failures.length);
  const stopped = whenAborted(signal);
  const rest = failures.values();
  let done = 0;
  const lane = async (): Promise<void> => {
    for (const { seed, plan, violation } of rest) {
      const { signature } = violation;
      const search = () => work.shrink({ seed, plan, signature, budget });
      const outcome = signal?.aborted === true ? STOPPED : await Promise.race([outcomeOf(search), stopped]);
      if (outcome !== undefined) outcomes.set(signature, outcome);
      onProgress?.(++done, failures.length);
    }
  };
  await Promise.all(Array.from({ length: work.lanes }, lane));
  return outcomes;
}

/** Undefined when the failure did not come again. */
export async function outcomeOf(
  search: () => Promise<ShrunkRun | undefined>,
): Promise<ShrinkOutcome | undefined> {
  try {
    const run = await search();
    return run === undefined ? undefined : { kind: 'shrunk', run };
  } catch (error) {
    return { kind: 'left', why: firstLine(error) };
  }
}

function whenAborted(signal: AbortSignal | undefined): Promise<typeof STOPPED> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(STOPPED), { once: true }));
}
