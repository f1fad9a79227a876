// Shards into one record: byte for byte that of the campaign in one piece, `meta` aside.
//
// M1. Shards are added in the order of their seeds, whatever the order in which they are given.
// M2. Shards that are not all parts of one campaign, each once, are refused before anything is run.
// M3. What a shard cannot know is done here, as a campaign in one piece does it after its runs: failures, which may be in
//     several shards, share the budget to be made small; pinned failures are run; promises are judged.

import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { UserError } from '../../engine/core/user-error.ts';
import type { RunRecord } from '../run-record.ts';
import { type CampaignOptions, jobIn } from './campaign-options.ts';
import { concluded, metaOf, replayRegressions, shrinkAll } from './conclude.ts';
import { determinismOf } from './determinism.ts';
import { prepare } from './job.ts';
import { RunSummary } from './run-summary.ts';
import { seedOf, shardRange } from './seeds.ts';
import { type BlobCampaign, campaignOf, fingerprintsOf, type ShardBlob } from './shard-blob.ts';
import type { ShrinkOutcomes } from './shrink-failures.ts';
import { WorkerPool } from './worker-pool.ts';

/** A blob, and where it was found. */
export interface FoundBlob {
  readonly file: string;
  readonly blob: ShardBlob;
}

/** How shards are merged; what was run is in the blobs. */
export type MergeOptions = Pick<CampaignOptions, 'workers' | 'out' | 'signal' | 'onProgress'>;

/** Sorts blobs by the scenario that they are of, and by shard. */
export function campaignsAmong(found: readonly FoundBlob[]): readonly (readonly FoundBlob[])[] {
  const byScenario = Map.groupBy(found, ({ blob }) => blob.campaign.scenario);
  return [...byScenario.values()]
    .map((group) => group.toSorted((a, b) => a.blob.shard.index - b.blob.shard.index))
    .sort(([a], [b]) => (a!.blob.name < b!.blob.name ? -1 : 1));
}

/**
 * Refuses blobs that are not all shards of one campaign (M2); in the order of {@link campaignsAmong}.
 *
 * @throws UserError `different-campaigns`, `overlapping-shards` or `missing-shards`
 */
export function checkComplete(shards: readonly FoundBlob[]): void {
  const [first, ...others] = shards as readonly [FoundBlob, ...FoundBlob[]];
  for (const other of others) checkAlike(first, other);
  const { of } = first.blob.shard;
  const twice = shards.findIndex(({ blob }, i) => blob.shard.index === shards[i + 1]?.blob.shard.index);
  if (twice >= 0) {
    const [one, two] = [shards[twice]!, shards[twice + 1]!];
    throw new UserError(
      'overlapping-shards',
      `${one.file} and ${two.file} are both shard ${one.blob.shard.index} of ${of} of ${one.blob.name}`,
      'Give every shard once.',
    );
  }
  const there = new Set(shards.map(({ blob }) => blob.shard.index));
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((index) => !there.has(index));
  if (missing.length === 0) return;
  const which = missing.length === 1 ? `shard ${missing[0]}` : `shards ${listed(missing)}`;
  throw new UserError(
    'missing-shards',
    `${which} of ${of} of ${first.blob.name} ${missing.length === 1 ? 'is' : 'are'} missing`,
    `Run it with --shard ${missing[0]}/${of} and the other flags as they were, and merge all.`,
  );
}

const LISTED_MAX = 10;

function listed(numbers: readonly number[]): string {
  const shown = numbers.slice(0, LISTED_MAX).join(', ');
  return numbers.length > LISTED_MAX ? `${shown}, …` : shown;
}

/** How people call what shards have in common, in the order in which a difference is told. */
const TOLD: Readonly<Record<keyof BlobCampaign, string>> = {
  version: 'version of sagastorm',
  scenario: 'scenario',
  scenarioHash: 'text of the scenario',
  saga: 'saga',
  rootSeed: '--seed',
  seeds: '--seeds',
  sagas: '--sagas',
  profile: '--profile',
  protocol: '--protocol',
  policy: '--policy',
  policySpec: 'policy',
  policyInForce: 'policy',
  faultPermille: '--fault-rate',
  atOnce: 'start of the sagas',
  determinismChecks: '--check-determinism',
  shrinkBudget: '--shrink-budget',
  strict: '--strict',
};

function checkAlike(one: FoundBlob, other: FoundBlob): void {
  const [split, otherSplit] = [one.blob.shard.of, other.blob.shard.of];
  const what =
    differenceOf(one.blob.campaign, other.blob.campaign) ??
    (split === otherSplit ? undefined : `number of shards (${split}, and ${otherSplit})`);
  if (what === undefined) return;
  throw new UserError(
    'different-campaigns',
    `${one.file} and ${other.file} are not of one campaign, they differ in the ${what}`,
    'Merge shards of one command, each run with the same flags but --shard.',
  );
}

/** The first member in which two campaigns differ, and what it is in each where that is short. */
function differenceOf(one: BlobCampaign, other: BlobCampaign, and = 'and'): string | undefined {
  const member = (Object.keys(TOLD) as (keyof BlobCampaign)[]).find(
    (key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]),
  );
  if (member === undefined) return undefined;
  const [a, b] = [one[member] ?? 'default', other[member] ?? 'default'];
  return typeof a === 'object' || typeof b === 'object'
    ? TOLD[member]
    : `${TOLD[member]} (${a}, ${and} ${b})`;
}

/**
 * Merges the shards of one campaign, complete and in order; see {@link checkComplete}.
 *
 * @throws UserError `blob-drifted` when the scenario, the policy or this package are not those of the shards any more
 */
export async function mergeShards(shards: readonly FoundBlob[], how: MergeOptions): Promise<RunRecord> {
  const [first] = shards as readonly [FoundBlob, ...FoundBlob[]];
  const { rootSeed, seeds, sagas, determinismChecks, shrinkBudget, strict, ...rest } = first.blob.campaign;
  const options: CampaignOptions = {
    ...jobIn({ ...rest, sagas }),
    rootSeed,
    seeds,
    strict,
    ...how,
    ...(determinismChecks === undefined ? {} : { determinismChecks }),
    ...(shrinkBudget === undefined ? {} : { shrinkBudget }),
  };
  const prepared = await prepare(options);
  checkDrift(first, campaignOf(options, prepared));
  const start = performance.now();
  const regressions = await replayRegressions(prepared);
  const blobs = shards.map(({ blob }) => blob);
  const summary = summaryOf(blobs);
  const shrunk = await shrunkIn(options, summary);
  const meta = mergedMeta(blobs, summary, performance.now() - start);
  const determinism = determinismOf(blobs.map(({ runs }) => runs.repeated));
  return concluded(options, prepared, { summary, regressions, determinism, shrunk, meta });
}

function checkDrift({ file, blob }: FoundBlob, now: BlobCampaign): void {
  const differs = differenceOf(blob.campaign, now, 'now');
  if (differs === undefined) return;
  throw new UserError(
    'blob-drifted',
    `${file} cannot be merged here: since it was written there is another ${differs}`,
    'Merge with the same sources that the shards ran.',
  );
}

/** M1. A shard that was stopped before its first run has nothing to add. */
function summaryOf(blobs: readonly ShardBlob[]): RunSummary {
  const summary = new RunSummary();
  for (const blob of blobs) {
    const { summary: packed } = blob.runs;
    const { rootSeed, seeds } = blob.campaign;
    const { from } = shardRange(blob.shard, seeds);
    const fingerprints = fingerprintsOf(blob).map(
      (fingerprint, i) => [seedOf(rootSeed, from + i, seeds), fingerprint] as const,
    );
    if (packed.runs.total > 0) summary.add({ ...packed, fingerprints });
  }
  return summary;
}

/** Threads are only started for a failure. */
async function shrunkIn(options: CampaignOptions, summary: RunSummary): Promise<ShrinkOutcomes> {
  if (summary.failures.size === 0 || options.shrinkBudget === 0) return new Map();
  const { workers = availableParallelism() } = options;
  const threads = Math.min(workers, summary.failures.size);
  const pool = new WorkerPool(jobIn(options), threads);
  try {
    return await shrinkAll(options, summary, pool, threads);
  } finally {
    await pool.close();
  }
}

/** Shards run side by side: the slowest says how long it took. */
function mergedMeta(blobs: readonly ShardBlob[], summary: RunSummary, mergeMs: number): RunRecord['meta'] {
  const metas = blobs.map(({ meta }) => meta);
  const slowest = (of: (meta: ShardBlob['meta']) => number): number => Math.max(...metas.map(of));
  return metaOf(summary, {
    startedAt: metas.map(({ startedAt }) => startedAt).sort()[0]!,
    runsMs: slowest(({ runsMs }) => runsMs),
    wallMs: slowest(({ wallMs }) => wallMs) + mergeMs,
    workers: metas.reduce((sum, { workers }) => sum + workers, 0),
  });
}
