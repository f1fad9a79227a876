// One run again, exactly: from its seed, or from the fault plan in a capsule. In this thread, so that its trace
// can be kept.

import { performance } from 'node:perf_hooks';
import type { RunRecord } from '../run-record.ts';
import type { RunResult, Violation } from '../run-result.ts';
import { type Capsule, jobOf } from './capsule.ts';
import { type Job, type PreparedJob, prepare, type RunExtras, runSeed } from './job.ts';
import { shownPath } from './load-scenario.ts';
import type { MarkedTrace } from './marked-trace.ts';
import { recordFailures } from './record-failures.ts';
import { capsuleCommand } from './replay-command.ts';
import { runRecordOf } from './run-record-of.ts';
import { RunSummary } from './run-summary.ts';
import type { ShrinkOutcomes } from './shrink-failures.ts';
import type { ShrunkRun } from './shrink-run.ts';

export interface ReplayOptions {
  /** Receives the events of the run, and the points where faults could strike. */
  readonly trace?: MarkedTrace;
}

/** What a replay came to. */
export interface Replay {
  readonly record: RunRecord;
  /** Of the run itself. */
  readonly result: RunResult;
}

/**
 * Runs one seed of a job again.
 *
 * @throws UserError when the scenario, its saga or its policy is wrong, or a run asks for real time or chance
 */
export function replaySeed(job: Job, seed: string, options: ReplayOptions = {}): Promise<Replay> {
  return replay(job, seed, {}, options);
}

/**
 * Runs a capsule again, which was read from `path`: its faults, and no others, strike.
 *
 * @throws UserError as {@link replaySeed}
 */
export async function replayCapsule(
  capsule: Capsule,
  path: string,
  options: ReplayOptions = {},
): Promise<Replay> {
  const { seed, plan, only } = capsule;
  const again = { plan, ...(only === undefined ? {} : { only }) };
  const { record, result } = await replay(jobOf(capsule), seed, again, options, capsule);
  const command = { capsule: shownPath(path), replay: capsuleCommand(path) };
  const violations = record.violations.map((violation) => ({ ...violation, ...command }));
  return { record: { ...record, violations }, result };
}

async function replay(
  job: Job,
  seed: string,
  extras: RunExtras,
  { trace }: ReplayOptions,
  capsule?: Capsule,
): Promise<Replay> {
  const prepared = await prepare(job);
  const traced = trace === undefined ? extras : { ...extras, trace, visit: trace.visit };
  const run = runOnce(prepared, seed, traced, capsule);
  const { summary, result } = run;
  const outcomes = capsule === undefined ? NOT_SHRUNK : storyOf(capsule, result);
  const violations = recordFailures(job, prepared, summary.failures.values(), outcomes);
  return { record: recordOfOne(prepared, seed, run, violations), result };
}

const NOT_SHRUNK: ShrinkOutcomes = new Map();

/** A capsule of a small run tells what it was before, as long as it is that run. */
function storyOf({ shrunk, only, violation, fingerprint }: Capsule, result: RunResult): ShrinkOutcomes {
  const found = result.violations.find(({ signature }) => signature === violation.signature);
  if (shrunk === undefined || only === undefined || found === undefined || result.fingerprint !== fingerprint)
    return NOT_SHRUNK;
  const { plan, events } = result;
  const run: ShrunkRun = { ...shrunk, only, plan, violation: found, fingerprint, events };
  return new Map([[violation.signature, { kind: 'shrunk', run }]]);
}

/** One run in this thread, and what it came to. */
export interface OneRun {
  readonly summary: RunSummary;
  readonly result: RunResult;
  /** Sagas that came. */
  readonly sagas: number;
  readonly startedAt: string;
  readonly wallMs: number;
}

/** Runs one seed, of a capsule if it is one's: then what the capsule was made for comes first. */
export function runOnce(prepared: PreparedJob, seed: string, extras: RunExtras, capsule?: Capsule): OneRun {
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const result = runSeed(prepared, seed, extras);
  const wallMs = performance.now() - start;
  const summary = new RunSummary();
  summary.addRun(capsule === undefined ? result : { ...result, violations: inOrderFor(capsule, result) });
  const sagas = extras.only?.length ?? prepared.sagas;
  return { summary, result, sagas, startedAt, wallMs };
}

/** The record of one run. */
export function recordOfOne(
  prepared: PreparedJob,
  seed: string,
  { summary, sagas, startedAt, wallMs }: OneRun,
  violations: RunRecord['violations'],
): RunRecord {
  const perSecond = (count: number): number => Math.round((count / wallMs) * 1000);
  return runRecordOf({
    job: { ...prepared, sagas },
    rootSeed: seed,
    summary,
    violations,
    determinism: { checked: 0, equal: 0 },
    strict: false,
    judgesPromises: false,
    meta: {
      wallMs: Math.round(wallMs),
      eventsPerSecond: perSecond(summary.events),
      sagasPerSecond: perSecond(sagas),
      startedAt,
      workers: 0,
    },
  });
}

/** The violations of a run, but the one that the capsule was made for comes first: it is what its reader looks for. */
function inOrderFor({ violation }: Capsule, { violations }: RunResult): RunResult['violations'] {
  const isIt = ({ invariant, saga, atUs }: Violation): boolean =>
    invariant === violation.invariant && saga === violation.saga && atUs === violation.atUs;
  return [...violations.filter(isIt), ...violations.filter((other) => !isIt(other))];
}
