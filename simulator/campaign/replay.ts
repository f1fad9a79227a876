// One run again, exactly: from its seed, or from the fault plan in a capsule. In this thread, so that its trace
// can be kept.

import { performance } from 'node:perf_hooks';
import { TraceLog } from '../kernel/trace.ts';
import type { RunRecord } from '../run-record.ts';
import type { RunResult, Violation } from '../run-result.ts';
import { type Capsule, checkDrift, jobOf } from './capsule.ts';
import { type Job, type PreparedJob, prepare, type RunExtras, runSeed } from './job.ts';
import { recordFailures } from './record-failures.ts';
import { runRecordOf } from './run-record-of.ts';
import { RunSummary } from './run-summary.ts';

export interface ReplayOptions {
  /** Receives the events of the run. */
  readonly trace?: TraceLog;
}

/** What a replay came to. */
export interface Replay {
  readonly record: RunRecord;
  /** Of the run itself, as it stands in a capsule. */
  readonly runFingerprint: string;
}

/** A trace that ends early: later events are not kept. */
export class TraceUntil extends TraceLog {
  readonly #untilUs: number;

  /** @param untilUs the last virtual microsecond that is kept */
  constructor(untilUs: number) {
    super();
    this.#untilUs = untilUs;
  }

  override note(timeUs: number, code: number, x: number, y: number, z: number): void {
    if (timeUs <= this.#untilUs) super.note(timeUs, code, x, y, z);
  }
}

/**
 * Runs one seed of a job again.
 *
 * @throws UserError when the scenario, its saga or its policy is wrong, or a run asks for real time or chance
 */
export function replaySeed(job: Job, seed: string, options: ReplayOptions = {}): Promise<Replay> {
  return replay(job, seed, options);
}

/**
 * Runs a capsule again: its faults, and no others, strike.
 *
 * @throws UserError as {@link replaySeed}, and `capsule-drifted` when the scenario has changed
 */
export function replayCapsule(capsule: Capsule, options: ReplayOptions = {}): Promise<Replay> {
  const { seed, plan, only } = capsule;
  return replay(jobOf(capsule), seed, { ...options, plan, ...(only === undefined ? {} : { only }) }, capsule);
}

async function replay(job: Job, seed: string, extras: RunExtras, capsule?: Capsule): Promise<Replay> {
  const prepared = await prepare(job);
  if (capsule !== undefined) checkDrift(capsule, prepared.hash);
  const run = runOnce(prepared, seed, extras, capsule);
  const violations = recordFailures(job, prepared, run.summary.failures.values(), new Map());
  return { record: recordOfOne(prepared, seed, run, violations), runFingerprint: run.fingerprint };
}

/** One run in this thread, and what it came to. */
export interface OneRun {
  readonly summary: RunSummary;
  readonly fingerprint: string;
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
  return { summary, fingerprint: result.fingerprint, startedAt, wallMs };
}

/** The record of one run. */
export function recordOfOne(
  prepared: PreparedJob,
  seed: string,
  { summary, startedAt, wallMs }: OneRun,
  violations: RunRecord['violations'],
): RunRecord {
  const perSecond = (count: number): number => Math.round((count / wallMs) * 1000);
  return runRecordOf({
    job: prepared,
    rootSeed: seed,
    planned: 1,
    summary,
    violations,
    determinism: { checked: 0, equal: 0 },
    strict: false,
    judgesPromises: false,
    meta: {
      wallMs: Math.round(wallMs),
      eventsPerSecond: perSecond(summary.events),
      sagasPerSecond: perSecond(prepared.sagas),
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
