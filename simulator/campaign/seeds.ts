// Which seeds a campaign runs, in which batches, and which of them it runs a second time.

/** Consecutive runs that one worker does in one go: indexes `from` up to, not including, `to`. */
export interface SeedRange {
  readonly from: number;
  readonly to: number;
}

/** Enough work in one batch to make its way between threads not matter, little enough to show progress. */
const SAGAS_PER_BATCH = 2_000;
const CHECKS_MAX = 20;
const CHECKED_SHARE = 0.02;

/** The seed of run `index` of `total`. A campaign of one run uses the root itself. */
export function seedOf(root: string, index: number, total: number): string {
  return total === 1 ? root : `${root}/${index}`;
}

/** Runs per batch: at least one, and few enough that every worker has something to do. */
export function runsPerBatch(total: number, sagasPerRun: number, workers: number): number {
  const share = Math.ceil(total / workers);
  return Math.max(1, Math.min(Math.floor(SAGAS_PER_BATCH / sagasPerRun), share));
}

/** The `index`-th batch. */
export function batchAt(index: number, size: number, total: number): SeedRange {
  return { from: index * size, to: Math.min(total, (index + 1) * size) };
}

/** How many runs to repeat when nobody says: 2 % of them, at least 1 and at most 20. */
export function defaultChecks(total: number): number {
  return Math.min(total, CHECKS_MAX, Math.max(1, Math.round(total * CHECKED_SHARE)));
}

/** `count` of the indexes below `total`, evenly spread, in ascending order. */
export function spread(count: number, total: number): readonly number[] {
  const chosen = Math.min(count, total);
  return Array.from({ length: chosen }, (_, i) => Math.floor(((i + 0.5) * total) / chosen));
}

/**
 * The seeds of shard `index` (from 1) of `of`: consecutive ones, so that shards in their order are all seeds in theirs.
 * Parts differ by one seed at most.
 */
export function shardRange(
  { index, of }: { readonly index: number; readonly of: number },
  total: number,
): SeedRange {
  const before = (shards: number): number => Math.floor((shards * total) / of);
  return { from: before(index - 1), to: before(index) };
}
