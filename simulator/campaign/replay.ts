// One run again, exactly: from its seed, or from the fault plan in a capsule. In this thread, so that its trace
// can be kept.

import { performance } from 'node:perf_hooks';
import { TraceLog } from '../kernel/trace.ts';
import type { RunRecord } from '../run-record.ts';
import type { RunResult, Violation } from '../run-result.ts';
import { type Capsule, checkDrift, jobOf } from './capsule.ts';
import { type Job, prepare, type RunExtras, runSeed } from './job.ts';
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
  return replay(jobOf(capsule), capsule.seed, { ...options, plan: capsule.plan }, capsule);
}

async function replay(job: Job, seed: string, extras: RunExtras, capsule?: Capsule): Promise<Replay> {
  const prepared = await prepare(job);
  if (capsule !== undefined) checkDrift(capsule, prepared.hash);
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const result = runSeed(prepared, seed, extras);
  const wallMs = performance.now() - start;
  const summary = new RunSummary();
  summary.addRun(capsule === undefined ? result : { ...result, violations: inOrderFor(capsule, result) });
  const record = runRecordOf({
    job: prepared,
    rootSeed: seed,
    planned: 1,
    summary,
    violations: recordFailures(job, prepared, summary.failures.values()),
    determinism: { checked: 0, equal: 0 },
    strict: false,
    meta: {
      wallMs: Math.round(wallMs),
      eventsPerSecond: Math.round((result.events / wallMs) * 1000),
      sagasPerSecond: Math.round((prepared.sagas / wallMs) * 1000),
      startedAt,
      workers: 0,
    },
  });
  return { record, runFingerprint: result.fingerprint };
}

/** The violations of a run, but the one that the capsule was made for comes first: it is what its reader looks for. */
function inOrderFor({ violation }: Capsule, { violations }: RunResult): RunResult['violations'] {
  const isIt = ({ invariant, saga, atUs }: Violation): boolean =>
    invariant === violation.invariant && saga === violation.saga && atUs === violation.atUs;
  return [...violations.filter(isIt), ...violations.filter((other) => !isIt(other))];
}
