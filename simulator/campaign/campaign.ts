// Many runs of one scenario: seeds handed to worker threads in batches, merged into one record. Or a part of these runs,
// left in a blob for `merge.ts` to make the same record of.
//
// The record, `meta` aside, depends on the options only (C1 in seed-runs.ts). A single run, too, has its thread: the main
// thread stays free for progress and for ctrl-C.

import { performance } from 'node:perf_hooks';
import { UserError } from '../../engine/core/user-error.ts';
import type { RunRecord } from '../run-record.ts';
import type { CampaignOptions } from './campaign-options.ts';
import { concluded, metaOf, replayRegressions, shrinkAll } from './conclude.ts';
import { determinismOf } from './determinism.ts';
import { prepare } from './job.ts';
import { SeedRuns } from './seed-runs.ts';
import { shardRange } from './seeds.ts';
import { blobOf, type Shard, type ShardBlob } from './shard-blob.ts';

const WHOLE: Shard = { index: 1, of: 1 };

/**
 * Runs a campaign. `onBlob` is given the runs as the one shard that they are, before anything is concluded from them.
 *
 * @throws UserError when the scenario, its saga or its policy is wrong; with code `ambient-access` when a run asked
 * the real world for time or chance
 * @throws InternalError when a run or a thread breaks
 * @example
 * const record = await runCampaign({ scenario: 'bank-transfer', profile: 'storm', rootSeed: 'nightly', seeds: 1000 });
 */
export async function runCampaign(
  options: CampaignOptions,
  onBlob?: (blob: ShardBlob) => void,
): Promise<RunRecord> {
  const prepared = await prepare(options);
  const startedAt = new Date().toISOString();
  const regressions = await replayRegressions(prepared); // before anything new is looked for
  const runs = new SeedRuns(options, prepared, shardRange(WHOLE, options.seeds), onBlob !== undefined);
  const { summary, workers } = runs;
  const start = performance.now();
  const pool = runs.pool();
  try {
    await runs.run(pool);
    const runsMs = performance.now() - start;
    const meta = () => metaOf(summary, { startedAt, runsMs, wallMs: performance.now() - start, workers });
    const repeated = await runs.repeat(pool);
    onBlob?.(blobOf(options, prepared, WHOLE, runs, repeated, { ...meta(), runsMs }));
    const shrunk = await shrinkAll(options, summary, pool, workers);
    const determinism = determinismOf([repeated]);
    return concluded(options, prepared, { summary, regressions, determinism, shrunk, meta: meta() });
  } finally {
    await pool.close();
  }
}

/** @throws UserError `too-many-shards` */
export function checkEnoughRuns({ of }: Shard, seeds: number): void {
  if (of <= seeds) return;
  throw new UserError(
    'too-many-shards',
    `${of} shards are too many for ${seeds} ${seeds === 1 ? 'run' : 'runs'}: some would have nothing to do`,
    'Ask for more with --seeds, or use fewer shards.',
  );
}

/**
 * Runs one shard of a campaign: its part of the seeds, and of those among them that the campaign repeats. Pinned failures
 * are run, and failures made small, when the shards are merged.
 *
 * @throws UserError as {@link runCampaign}, and `too-many-shards`
 */
export async function runShard(options: CampaignOptions, shard: Shard): Promise<ShardBlob> {
  const { seeds } = options;
  checkEnoughRuns(shard, seeds);
  const prepared = await prepare(options);
  const startedAt = new Date().toISOString();
  const runs = new SeedRuns(options, prepared, shardRange(shard, seeds), true);
  const start = performance.now();
  const pool = runs.pool();
  try {
    await runs.run(pool);
    const runsMs = performance.now() - start;
    const repeated = await runs.repeat(pool);
    const times = { startedAt, runsMs, wallMs: performance.now() - start, workers: runs.workers };
    return blobOf(options, prepared, shard, runs, repeated, { ...metaOf(runs.summary, times), runsMs });
  } finally {
    await pool.close();
  }
}
