// From runs that are done to the record of a campaign: failures are made small, written down, and judged together with
// everything else. The same for runs of this process and for those of shards.

import type { RunRecord } from '../run-record.ts';
import type { CampaignOptions } from './campaign-options.ts';
import { type CheckedRegression, check, pinnedFor } from './corpus.ts';
import type { PreparedJob } from './job.ts';
import { recordFailures } from './record-failures.ts';
import { anySeedCommand } from './replay-command.ts';
import { runRecordOf } from './run-record-of.ts';
import type { RunSummary } from './run-summary.ts';
import { type ShrinkOutcomes, shrinkFailures } from './shrink-failures.ts';
import { SHRINK_BUDGET_DEFAULT } from './shrink-run.ts';
import type { WorkerPool } from './worker-pool.ts';

/** What was found once must hold now. */
export async function replayRegressions(prepared: PreparedJob): Promise<readonly CheckedRegression[]> {
  const checked: CheckedRegression[] = [];
  for (const regression of await pinnedFor(prepared)) checked.push(await check(regression));
  return checked;
}

/** Failures of one nature were counted as one before: each is made small once. */
export function shrinkAll(
  { shrinkBudget: budget = SHRINK_BUDGET_DEFAULT, signal, onProgress }: CampaignOptions,
  summary: RunSummary,
  pool: WorkerPool,
  lanes: number,
): Promise<ShrinkOutcomes> {
  return shrinkFailures({
    failures: [...summary.failures.values()],
    budget,
    lanes,
    signal,
    shrink: (request) => pool.shrink(request),
    onProgress: (done, total) => onProgress?.({ phase: 'shrinking', unit: 'failures', done, total }),
  });
}

/** What all runs of a campaign came to. */
export interface Outcome {
  readonly summary: RunSummary;
  readonly regressions: readonly CheckedRegression[];
  readonly determinism: RunRecord['determinism'];
  readonly shrunk: ShrinkOutcomes;
  readonly meta: RunRecord['meta'];
}

/** The record; writes a capsule per failure, if there is a folder for them. */
export function concluded(options: CampaignOptions, prepared: PreparedJob, outcome: Outcome): RunRecord {
  const { rootSeed, seeds, strict = false } = options;
  const { summary, regressions, determinism, shrunk, meta } = outcome;
  const { total } = summary.runs;
  return runRecordOf({
    job: prepared,
    rootSeed,
    ...(options.saga === undefined
      ? { seedCommand: anySeedCommand({ ...options, sagas: prepared.sagas }) }
      : {}),
    ...(total < seeds ? { cutShort: `${total} of ${seeds} runs` } : {}),
    summary,
    regressions,
    violations: [
      ...regressions.flatMap(({ violation }) => violation ?? []),
      ...recordFailures(options, prepared, summary.failures.values(), shrunk),
    ],
    determinism,
    strict,
    meta,
  });
}

/** What the clock says of a campaign: `runsMs` for the runs alone, `wallMs` for all of it. */
export function metaOf(
  { events, sagas }: RunSummary,
  {
    startedAt,
    runsMs,
    wallMs,
    workers,
  }: Pick<RunRecord['meta'], 'startedAt' | 'wallMs' | 'workers'> & {
    readonly runsMs: number;
  },
): RunRecord['meta'] {
  const perSecond = (count: number): number => Math.round((count / runsMs) * 1000);
  return {
    wallMs: Math.round(wallMs),
    eventsPerSecond: perSecond(events),
    sagasPerSecond: perSecond(sagas.started),
    startedAt,
    workers,
  };
}
