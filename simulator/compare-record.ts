// The versioned result of a comparison of policies. Additions only; compare-record.schema.json is its published JSON
// Schema.

import type { Objective } from './run-record.ts';
import type { RunVerdict, SagaCounts } from './run-result.ts';

/** The `schema` of every {@link CompareRecord}. */
export const COMPARE_RECORD_SCHEMA = 'sagastorm/compare@1';

/** `share`: between 0 and 1. `us`: virtual microseconds. `number`: a count per saga. `usd`: US dollars. */
export type MetricUnit = 'share' | 'us' | 'number' | 'usd';

/** One declared metric. */
export interface Metric {
  readonly id: string;
  readonly title: string;
  readonly unit: MetricUnit;
  /** Which direction is an improvement; `neither` for what only explains the others. */
  readonly better: 'higher' | 'lower' | 'neither';
  /** `seed-mean`: the mean of one number per seed. `pooled`: over the sagas of all seeds. `seed-rate`: share of seeds. */
  readonly over: 'seed-mean' | 'pooled' | 'seed-rate';
}

/** An interval of 95 %, both bounds included, in the unit of its metric. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A metric of one policy, less that of the baseline. */
export interface MetricDifference {
  readonly value: number;
  /** In parts of the baseline's value, if that is not zero. */
  readonly relative?: number;
  /** 95 %, before the correction for many metrics; absent when `hidden` says why. */
  readonly interval?: Interval;
  readonly hidden?: string;
  /** Two-sided; 1 where there is no interval. */
  readonly p: number;
  /** After Holm's correction over the metrics of this policy. */
  readonly pHolm: number;
  /** False is shown as `~`. */
  readonly isDistinguishable: boolean;
}

/** What one metric came to for one policy, and its difference against the baseline. */
export interface MeasuredMetric {
  readonly id: string;
  /** Absent without a sample. */
  readonly value?: number;
  /** Samples behind the value: seeds, or sagas. */
  readonly samples: number;
  /** Of a rate of seeds: its Wilson interval. */
  readonly interval?: Interval;
  /** Absent in the baseline, and where one of the two values is. */
  readonly difference?: MetricDifference;
}

/** A policy and the baseline, seed by seed, in one metric. */
export interface PairedDifferences {
  /** Of the metric. */
  readonly id: string;
  /** Seeds on which the policy does better, as well, and worse. */
  readonly better: number;
  readonly equal: number;
  readonly worse: number;
  /** Differences by size: so many from `from` on, in steps of `width`; those that are zero are in none. */
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
  /** Seeds on which it does worse, the worst first, with the command that runs one with the policy, if it has a name. */
  readonly worst: readonly {
    readonly seed: string;
    readonly value: number;
    readonly baseline: number;
    readonly replay?: string;
  }[];
}

/** Durations that so many of a thousand sagas do not exceed, over all seeds. */
export interface ComparedCurves {
  readonly permille: readonly number[];
  readonly sagaUs: readonly number[];
}

/** `control`: the baseline once more, on other seeds. What differs there is noise. */
export type PolicyRole = 'baseline' | 'contender' | 'control';

/** One policy of a comparison: its runs, its metrics, and what broke under it. */
export interface ComparedPolicy {
  readonly name: string;
  readonly role: PolicyRole;
  readonly rootSeed: string;
  /** The policy written out, if it was made by `--sweep`. */
  readonly spec?: unknown;
  readonly runs: Readonly<Record<RunVerdict | 'total', number>>;
  /** Invariants that did not hold, first in each run, each with the first seed. */
  readonly violations: readonly {
    readonly invariant: string;
    readonly seed: string;
    readonly runs: number;
  }[];
  readonly sagas: SagaCounts;
  readonly metrics: readonly MeasuredMetric[];
  /** What the service levels came to that the scenario promises in this weather; absent when it promises none. */
  readonly slo?: readonly Objective[];
  /** No other policy is at least as good in p99, in calls per saga and in sagas completed, and better in one of them. */
  readonly isOnFront: boolean;
  readonly curves?: ComparedCurves;
  /** Absent in the baseline. */
  readonly pairs?: readonly PairedDifferences[];
  /** Over the fingerprints of all its runs, in seed order. */
  readonly fingerprint: string;
}

/** What many runs of one policy came to under one fault rate and one timeout. */
export interface SensitivityCell {
  /** Share of the sagas. */
  readonly completed: number;
  /** Over the sagas of all seeds; absent when fewer ended than a p99 needs. */
  readonly p99Us?: number;
  /** Runs in which an invariant broke, and the first of them with the command that runs it again. */
  readonly violated: number;
  readonly firstViolation?: { readonly invariant: string; readonly seed: string; readonly replay?: string };
  /** Runs that came to no verdict. */
  readonly inconclusive: number;
}

/** How the recommended policy does in better and worse weather, with more and less patience. */
export interface Sensitivity {
  readonly policy: string;
  /** Runs per cell: the seeds of the comparison from its second on; the first has every fault of the profile. */
  readonly seeds: number;
  /** A row each: all faults of the profile, in parts per thousand of their rates. */
  readonly faultPermille: readonly number[];
  /** A column each. */
  readonly callTimeoutMs: readonly number[];
  /** The policy's own. */
  readonly ownTimeoutMs: number;
  /** Row by row. */
  readonly cells: readonly (readonly SensitivityCell[])[];
}

/** The result of `sagastorm compare`, as it is stored and as `--json` prints it. */
export interface CompareRecord {
  readonly schema: typeof COMPARE_RECORD_SCHEMA;
  readonly scenario: string;
  readonly scenarioHash: string;
  readonly version: string;
  readonly node: string;
  readonly rootSeed: string;
  readonly profile: string;
  /** Runs per policy. */
  readonly seeds: number;
  readonly sagasPerRun: number;
  readonly verdict: RunVerdict;
  /** What the comparison comes to. */
  readonly sentence: string;
  /** The policy that the sentence is for: the baseline when none does better. */
  readonly recommended: string;
  readonly metrics: readonly Metric[];
  readonly statistics: {
    readonly unit: 'seed';
    readonly confidence: number;
    readonly resamples: number;
    readonly correction: 'holm';
    /** How often a policy that is the baseline is told apart from it in any metric, at most. */
    readonly familyError: number;
    /** Under so many seeds no interval is shown. */
    readonly seedsNeeded: number;
  };
  /** What the numbers rest on, in sentences. */
  readonly assumptions: readonly string[];
  /** What the contenders are; left out: `policies`. Each is under `policies` all the same. */
  readonly compared?: 'protocols';
  /** The baseline, the contenders as they were named, the control. */
  readonly policies: readonly ComparedPolicy[];
  /** Only when it was asked for. */
  readonly sensitivity?: Sensitivity;
  /** The only part that differs between two runs of the same command. */
  readonly meta: { readonly wallMs: number; readonly startedAt: string; readonly workers: number };
}
