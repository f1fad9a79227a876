// The versioned result of a campaign: all that reports may read. Additions only; run-record.schema.json is its
// published JSON Schema.

import type { IncidentResult, LoadCourse, PlannedFault, TimelineBucket } from './run-result.ts';

/** The `schema` of every {@link RunRecord}. */
export const RUN_RECORD_SCHEMA = 'sagastorm/run@1';

/** What a campaign came to, as its exit code says: 0, 1, 2, 3 and 4. */
export type Verdict = 'held' | 'violated' | 'inconclusive' | 'slo-missed' | 'nondeterministic';

/** Percentiles of a set of durations, in virtual microseconds; all 0 when `count` is 0. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** A service level that was declared, and what the campaign came to. */
export interface Objective {
  /** `slo/` and its name in the scenario. */
  readonly id: string;
  readonly statement: string;
  /** Bare, like `actual`: milliseconds, or of a thousand sagas so many; the id ends in `Ms` or `Permille`. -1: never. */
  readonly limit: number;
  readonly actual?: number;
  readonly state: 'met' | 'missed' | 'not-measured';
}

/** A cell of the coverage matrix that was hit. */
export interface CellHit {
  readonly times: number;
  /** The first seed that hit it. */
  readonly seed: string;
}

/** What the search found out about a fault that is left. */
export interface FaultMark {
  /** Without it the run does not fail so. */
  readonly isNecessary: boolean;
  /** With milder parameters that were tried, down to 5 % less of a number, it does not either. */
  readonly needsItsParameters: boolean;
}

/** A failure made small: see `sagastorm shrink`. */
export interface ShrunkFailure {
  /** What happens, in one sentence. */
  readonly sentence: string;
  /** The faults that are left, in words, in the order of `faults`. */
  readonly faults: readonly string[];
  /** Of each of them: whether the run fails so without it, and whether it does with milder parameters. */
  readonly marks: readonly FaultMark[];
  readonly sagas: number;
  readonly events: number;
  /** Without any one of its faults or sagas it does not fail so; false when the budget was spent before. */
  readonly isMinimal: boolean;
  /** Runs that were made on the way. */
  readonly attempts: number;
  /** What it was before. */
  readonly from: { readonly faults: number; readonly sagas: number; readonly events: number };
}

/** One distinct failure: the first seed that showed it, and how often it came again. */
export interface RecordedViolation {
  readonly invariant: string;
  readonly statement: string;
  readonly message: string;
  readonly seed: string;
  readonly atUs: number;
  readonly saga?: string;
  /** Path of the capsule file, relative to where the command ran. */
  readonly capsule?: string;
  /** The command that runs it again. */
  readonly replay: string;
  readonly signature: string;
  /** Where something was thrown, relative to where the command ran: when its file is below that. */
  readonly place?: { readonly file: string; readonly line: number };
  /** Runs of this campaign that failed in the same way, at least. */
  readonly runs: number;
  readonly faults: readonly PlannedFault[];
  /** The small run, which message, time, saga and faults are then of. */
  readonly shrunk?: ShrunkFailure;
  /** Why it was not made small although it was to be. */
  readonly notShrunk?: string;
  /** Further invariants that the same faults break at the same points. */
  readonly also?: readonly string[];
  /** A failure of the corpus, which comes before the runs of the campaign and is none of them. */
  readonly pinned?: true;
  /** Further failures in the same words that could not be made as small: likely the same bug. */
  readonly alike?: number;
  /** Path of a vitest test that fails until the bug is mended, relative to where the command ran. */
  readonly test?: string;
  /** The command that runs the test. */
  readonly runTest?: string;
  /** Path of the debugger's page of its run, relative to where the command ran. */
  readonly debug?: string;
}

/** The first event in which two runs of one seed differ. */
export interface Divergence {
  readonly seed: string;
  readonly index: number;
  readonly first: string;
  readonly second: string;
}

/** Load over all runs; of incidents, where the scenario has some. */
export interface RecordedLoad {
  readonly callsPerSaga: number;
  /** Of all calls the share that did not become an effect of a saga that completed; 0 to 1. */
  readonly wastedCalls: number;
  /** How long circuits were not closed in a run, on average, summed over processes and services. */
  readonly circuitOpenUs: number;
  readonly incidents?: readonly IncidentResult[];
  /** Over time, all runs together. */
  readonly course?: Omit<LoadCourse, 'recoveredUs'>;
  /** Of the runs in which it can be told, those whose load fell back; the longest of them, -1 when one never did. */
  readonly recovery?: { readonly runs: number; readonly recovered: number; readonly longestUs: number };
  /** Sagas asked for before the incidents, and from five minutes after them. `compensated`: did not complete. */
  readonly quiet?: {
    readonly sagas: number;
    readonly compensated: number;
    readonly meanUs?: number;
    readonly latencyUs: Percentiles;
  };
}

/** All runs over time, one above the other. */
export interface RecordedTimeline {
  readonly bucketUs: number;
  readonly buckets: readonly TimelineBucket[];
  /** From then on no fault was injected (S8). */
  readonly healAtUs: number;
}

/** What one step cost over all runs. */
export interface RecordedStep {
  readonly saga: string;
  readonly step: string;
  readonly service: string;
  /** Sagas in which its call was sent once, twice, three times, four times, more often. */
  readonly forward: readonly number[];
  /** The same for its undo. */
  readonly undo: readonly number[];
  /** From the first call until it stood in the log; at most a quarter above what was observed. */
  readonly p50Us?: number;
  readonly p99Us?: number;
}

/** Durations that so many of a thousand do not exceed: the same shares for all; empty where nothing was observed. */
export interface RecordedCurves {
  readonly permille: readonly number[];
  readonly saga: readonly number[];
  readonly compensation: readonly number[];
  readonly step: readonly number[];
}

/** How a scenario was run for real. Nothing of such a run comes out the same a second time. */
export interface RecordedLive {
  readonly store: 'sqlite' | 'postgres';
  readonly orchestrators: number;
  /** Waits of the policy, and times of faults, were divided by this. */
  readonly pace: number;
  /** Deaths by SIGKILL, of faults or at random moments. */
  readonly kills: { readonly orchestrator: number; readonly participant: number };
  /** Processes that were started, all together. */
  readonly lives: number;
  /** The folder with everything that the processes wrote; removed when all held. */
  readonly evidence: string;
}

/** The result of a campaign, as `run.json` stores it and as `--json` prints it. */
export interface RunRecord {
  readonly schema: typeof RUN_RECORD_SCHEMA;
  readonly scenario: string;
  readonly scenarioHash: string;
  /**
   * Where the scenario is defined: a file, relative to where the command ran and with `/` on every system, and a line of
   * it, from 1. Absent when the file is somewhere else.
   */
  readonly source?: { readonly file: string; readonly line: number };
  /** The command that runs the run of one seed again, less the seed, which follows it. Of campaigns whose saga is no file. */
  readonly seedCommand?: string;
  readonly version: string;
  readonly node: string;
  readonly rootSeed: string;
  readonly profile: string;
  /** How the steps were brought together; left out: `saga`. */
  readonly protocol?: 'choreography' | '2pc';
  readonly policy: string;
  /** The policy written out, if there is one for all sagas and `definePolicy` made it. */
  readonly policySpec?: Readonly<Record<string, unknown>>;
  readonly verdict: Verdict;
  readonly runs: {
    readonly total: number;
    readonly held: number;
    readonly violated: number;
    readonly inconclusive: number;
  };
  readonly sagasPerRun: number;
  readonly sagas: {
    readonly started: number;
    readonly completed: number;
    readonly compensated: number;
    readonly failed: number;
    readonly compensationFailed: number;
    readonly open: number;
    readonly resumed: number;
    readonly shed: number;
    /** Ended with something that a person had taken over; left out: none. */
    readonly resolved?: number;
  };
  /** Why forward work ended early: the most frequent reasons, at most ten, and for how many sagas. */
  readonly stopped?: readonly { readonly reason: string; readonly sagas: number }[];
  readonly faults: {
    /** The profile's ceiling per kind, as a rate between 0 and 1. */
    readonly configured: Readonly<Record<string, number>>;
    readonly delivered: Readonly<Record<string, number>>;
    /** Kinds that were on in at least one run and never delivered (S7). */
    readonly undelivered: readonly string[];
  };
  readonly invariants: readonly {
    readonly id: string;
    readonly statement: string;
    readonly state: 'held' | 'violated' | 'not-exercised';
    /** Of one that the scenario adds: where its name stands in the file of `source`. */
    readonly line?: number;
  }[];
  readonly violations: readonly RecordedViolation[];
  readonly inconclusive: readonly { readonly seed: string; readonly reason: string }[];
  /** Phases of a saga × kinds of faults. `examples`: how often each cell was hit, and the first seed that did. */
  readonly coverage: {
    readonly cells: number;
    readonly hit: number;
    readonly missing: readonly string[];
    readonly examples?: Readonly<Record<string, CellHit>>;
  };
  /** Pinned failures that were run again, first of all; a stale one has faults that strike nothing any more. */
  readonly regressions?: {
    readonly total: number;
    readonly held: number;
    readonly failed: number;
    readonly stale: number;
    /** Paths of those that could not be run. */
    readonly lost: readonly string[];
  };
  /** What must be true at least once: how often each was, over all runs. A campaign in which one never was fails. */
  readonly sometimes?: readonly { readonly name: string; readonly times: number }[];
  /** The service levels that the scenario declares. */
  readonly slo?: readonly Objective[];
  readonly latencyUs: {
    readonly saga: Percentiles;
    readonly compensation: Percentiles;
    readonly step: Percentiles;
  };
  readonly curves?: RecordedCurves;
  readonly timeline?: RecordedTimeline;
  readonly steps?: readonly RecordedStep[];
  /** What the runs tell of load. */
  readonly load?: RecordedLoad;
  /** Over the fingerprints of all runs, in seed order. */
  readonly fingerprint: string;
  readonly determinism: {
    readonly checked: number;
    readonly equal: number;
    readonly divergence?: Divergence;
  };
  /** For zero violations: the violation rate per run that 95 % confidence still allows; otherwise absent. */
  readonly bound95?: number;
  /**
   * Of an exhaustive exploration: plans of at most `k` faults, over the `points` that the run without a fault comes to.
   * `pruned`: pairs whose second cannot strike, which would be the run of the first alone. `total` is all of them; of
   * pairs that was cut short, all that are known: those of a first fault are counted when it is explored.
   */
  readonly explored?: {
    readonly k: number;
    readonly points: number;
    readonly total: number;
    readonly run: number;
    readonly pruned: number;
  };
  /** Of a run for real, which has no virtual time: what took part, and what was done to it. */
  readonly live?: RecordedLive;
  /** Of a run for real: how long it took. */
  readonly virtualUs: number;
  readonly events: number;
  /** The only part that differs between two runs of the same command. */
  readonly meta: {
    readonly wallMs: number;
    readonly eventsPerSecond: number;
    readonly sagasPerSecond: number;
    readonly startedAt: string;
    readonly workers: number;
  };
}
