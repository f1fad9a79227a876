// What many runs come to: counts, histograms, and each distinct failure once. Summaries of consecutive batches
// add up to the summary of all of them.
//
// R1. Summaries are added in seed order, so that the first seed of a failure, and the fingerprint over all runs,
//     do not depend on workers or batches.
// R2. Constant memory in the number of runs that hold.

import { createHash } from 'node:crypto';
import type { CellHit, Percentiles } from '../run-record.ts';
import type {
  FaultPlan,
  RunResult,
  SagaCounts,
  StepResult,
  TimelineResult,
  Violation,
} from '../run-result.ts';
import { joinSteps } from '../step-tally.ts';
import { Timeline } from '../timeline.ts';
import { Durations, type PackedDurations } from './durations.ts';
import { LoadSummary, type PackedLoad } from './load-summary.ts';

/** A failure of one nature: the first run that showed it, and how many did. */
export interface Failure {
  readonly violation: Violation;
  readonly seed: string;
  /** Fingerprint of the first run. */
  readonly fingerprint: string;
  /** Every fault of the first run. */
  readonly plan: FaultPlan;
  readonly runs: number;
}

/** A summary as plain data, to cross threads. */
export interface PackedSummary {
  readonly runs: RunCounts;
  readonly sagas: SagaCounts;
  readonly faultsEnabled: readonly string[];
  readonly faultsDelivered: Readonly<Record<string, number>>;
  readonly stopReasons: Readonly<Record<string, number>>;
  readonly cellsHit: readonly (readonly [cell: string, hit: CellHit])[];
  readonly invariantsExercised: readonly string[];
  readonly sometimes: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
  readonly inconclusive: readonly { readonly seed: string; readonly reason: string }[];
  /** Seed and fingerprint of every run of the batch, in order. */
  readonly fingerprints: readonly (readonly [seed: string, fingerprint: string])[];
  readonly durations: {
    readonly saga: PackedDurations;
    readonly compensation: PackedDurations;
    readonly step: PackedDurations;
  };
  readonly load: PackedLoad;
  readonly timeline: TimelineResult;
  readonly steps: readonly StepResult[];
  readonly events: number;
  readonly virtualUs: number;
}

export interface RunCounts {
  readonly total: number;
  readonly held: number;
  readonly violated: number;
  readonly inconclusive: number;
}

const NO_SAGAS: SagaCounts = {
  started: 0,
  completed: 0,
  compensated: 0,
  failed: 0,
  compensationFailed: 0,
  open: 0,
  resumed: 0,
  shed: 0,
};

export class RunSummary {
  runs: RunCounts = { total: 0, held: 0, violated: 0, inconclusive: 0 };
  sagas: SagaCounts = NO_SAGAS;
  events = 0;
  virtualUs = 0;
  readonly faultsEnabled = new Set<string>();
  readonly faultsDelivered: Record<string, number> = {};
  readonly stopReasons: Record<string, number> = {};
  readonly cellsHit = new Map<string, CellHit>();
  readonly invariantsExercised = new Set<string>();
  readonly sometimes: Record<string, number> = {};
  readonly failures = new Map<string, Failure>();
  readonly inconclusive: { readonly seed: string; readonly reason: string }[] = [];
  readonly load = new LoadSummary();
  /** All runs, one above the other. */
  readonly timeline = new Timeline();
  steps: readonly StepResult[] = [];
  readonly #durations = { saga: new Durations(), compensation: new Durations(), step: new Durations() };
  readonly #hash = createHash('sha256');
  /** Kept only until the batch is packed. */
  readonly #fingerprints: (readonly [string, string])[] = [];

  /** Adds one run. */
  addRun(result: RunResult): void {
    const { seed, verdict, fingerprint } = result;
    this.runs = sum(this.runs, { total: 1, held: 0, violated: 0, inconclusive: 0, [verdict]: 1 });
    this.#addCounts({
      ...result,
      faultsEnabled: Object.keys(result.faultsEnabled),
      cellsHit: Object.entries(result.coverage).map(([cell, times]) => [cell, { times, seed }]),
    });
    this.#fingerprints.push([seed, fingerprint]);
    this.#noteFingerprint(seed, fingerprint);
    if (verdict === 'inconclusive')
      this.inconclusive.push({ seed, reason: result.inconclusive ?? 'no reason' });
    for (const violation of firstOfEach(result.violations)) {
      this.#addFailure({ violation, seed, fingerprint, plan: result.plan, runs: 1 });
    }
    this.load.addRun(result);
    this.timeline.merge(result.timeline);
    this.steps = joinSteps(this.steps, result.steps);
    this.#durations.saga.record(result.latencyUs.saga);
    this.#durations.compensation.record(result.latencyUs.compensation);
    this.#durations.step.record(result.latencyUs.step);
  }

  /** Adds the batch that comes next in seed order (R1). */
  add(batch: PackedSummary): void {
    this.runs = sum(this.runs, batch.runs);
    this.#addCounts(batch);
    this.inconclusive.push(...batch.inconclusive);
    for (const failure of batch.failures) this.#addFailure(failure);
    for (const [seed, fingerprint] of batch.fingerprints) this.#noteFingerprint(seed, fingerprint);
    this.load.add(batch.load);
    this.timeline.merge(batch.timeline);
    this.steps = joinSteps(this.steps, batch.steps);
    this.#durations.saga.add(batch.durations.saga);
    this.#durations.compensation.add(batch.durations.compensation);
    this.#durations.step.add(batch.durations.step);
  }

  pack(): PackedSummary {
    const { saga, compensation, step } = this.#durations;
    return {
      runs: this.runs,
      sagas: this.sagas,
      faultsEnabled: [...this.faultsEnabled],
      faultsDelivered: this.faultsDelivered,
      stopReasons: this.stopReasons,
      cellsHit: [...this.cellsHit],
      invariantsExercised: [...this.invariantsExercised],
      sometimes: this.sometimes,
      failures: [...this.failures.values()],
      inconclusive: this.inconclusive,
      fingerprints: this.#fingerprints,
      durations: { saga: saga.pack(), compensation: compensation.pack(), step: step.pack() },
      load: this.load.pack(),
      timeline: this.timeline.result(),
      steps: this.steps,
      events: this.events,
      virtualUs: this.virtualUs,
    };
  }

  latencyUs(): {
    readonly saga: Percentiles;
    readonly compensation: Percentiles;
    readonly step: Percentiles;
  } {
    const { saga, compensation, step } = this.#durations;
    return {
      saga: saga.percentiles(),
      compensation: compensation.percentiles(),
      step: step.percentiles(),
    };
  }

  /** The durations that so many of a thousand do not exceed. */
  curves(permille: readonly number[]): {
    readonly saga: readonly number[];
    readonly compensation: readonly number[];
    readonly step: readonly number[];
  } {
    const { saga, compensation, step } = this.#durations;
    return {
      saga: saga.curve(permille),
      compensation: compensation.curve(permille),
      step: step.curve(permille),
    };
  }

  /** 128 bits in hex over `seed:fingerprint` of every run so far, one per line, in the order they were added. */
  fingerprint(): string {
    return this.#hash.copy().digest('hex').slice(0, 32);
  }

  #addCounts(counts: Counted): void {
    this.sagas = sum(this.sagas, counts.sagas);
    this.events += counts.events;
    this.virtualUs += counts.virtualUs;
    for (const kind of counts.faultsEnabled) this.faultsEnabled.add(kind);
    for (const [kind, times] of Object.entries(counts.faultsDelivered)) {
      this.faultsDelivered[kind] = (this.faultsDelivered[kind] ?? 0) + times;
    }
    for (const [reason, sagas] of Object.entries(counts.stopReasons)) {
      this.stopReasons[reason] = (this.stopReasons[reason] ?? 0) + sagas;
    }
    for (const [cell, { times, seed }] of counts.cellsHit) {
      const known = this.cellsHit.get(cell);
      this.cellsHit.set(
        cell,
        known === undefined ? { times, seed } : { ...known, times: known.times + times },
      );
    }
    for (const [name, times] of Object.entries(counts.sometimes)) {
      this.sometimes[name] = (this.sometimes[name] ?? 0) + times;
    }
    for (const id of counts.invariantsExercised) this.invariantsExercised.add(id);
  }

  #addFailure(failure: Failure): void {
    const { signature } = failure.violation;
    const known = this.failures.get(signature);
    this.failures.set(
      signature,
      known === undefined ? failure : { ...known, runs: known.runs + failure.runs },
    );
  }

  #noteFingerprint(seed: string, fingerprint: string): void {
    this.#hash.update(`${seed}:${fingerprint}\n`);
  }
}

/** What is only counted, of a run or of a batch. */
type Counted = Pick<
  PackedSummary,
  | 'sagas'
  | 'events'
  | 'virtualUs'
  | 'faultsEnabled'
  | 'faultsDelivered'
  | 'stopReasons'
  | 'cellsHit'
  | 'invariantsExercised'
  | 'sometimes'
>;

function firstOfEach(violations: readonly Violation[]): readonly Violation[] {
  const first = new Map<string, Violation>();
  for (const violation of violations) {
    if (!first.has(violation.signature)) first.set(violation.signature, violation);
  }
  return [...first.values()];
}

/** Adds two records of numbers with the same keys. */
function sum<T extends { readonly [Key in keyof T]: number }>(a: T, b: T): T {
  return Object.fromEntries(
    Object.keys({ ...a, ...b }).map((key) => [key, (a[key as keyof T] ?? 0) + (b[key as keyof T] ?? 0)]),
  ) as T;
}
