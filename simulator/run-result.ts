// What one simulated run says of itself. Plain data: it crosses worker threads, and is merged into a run record.

/** How a run ended. `inconclusive`: a bound was hit before an answer was there (S10). */
export type RunVerdict = 'held' | 'violated' | 'inconclusive';

/** One fault that was injected, as data (S11): what, where, how. The list of them replays the run. */
export interface PlannedFault {
  readonly kind: string;
  /** The point where it struck, e.g. `s12/credit/forward#2` or `s12@3`. Keyed: it does not shift with others. */
  readonly at: string;
  readonly params: Readonly<Record<string, number>>;
}

/** Every fault of a run, each at the named point where it strikes (S11): it alone replays the run. */
export type FaultPlan = readonly PlannedFault[];

/** One statement that did not hold. */
export interface Violation {
  readonly invariant: string;
  readonly statement: string;
  readonly message: string;
  readonly atUs: number;
  /** The saga concerned, when it is one. */
  readonly saga?: string;
  /** Equal for failures of the same nature: the invariant and the shape of the saga. */
  readonly signature: string;
}

/** Sagas by where they stood when the run ended. `started` counts all. */
export interface SagaCounts {
  readonly started: number;
  readonly completed: number;
  readonly compensated: number;
  readonly failed: number;
  readonly compensationFailed: number;
  /** Not ended when the run stopped. */
  readonly open: number;
  /** Asked for a person on the way, and went on after one helped. */
  readonly resumed: number;
  /** Turned away for want of room before they began; see `admission` of a policy. */
  readonly shed: number;
  /** Ended with something that a person had taken over; left out: none. */
  readonly resolved?: number;
}

/** Durations in virtual microseconds, one number per observation. */
export interface LatencySamples {
  readonly saga: readonly number[];
  readonly compensation: readonly number[];
  readonly step: readonly number[];
}

/** What befell a service in a run. */
export interface IncidentResult {
  readonly kind: string;
  readonly service: string;
  readonly fromUs: number;
  readonly untilUs: number;
  /** Requests that it refused, lost or slowed (S7). */
  readonly requestsHurt: number;
  /** How long after it began a log first said that a call to the service had failed. */
  readonly noticedAfterUs?: number;
}

/** Sagas asked for, sagas that completed, and calls sent, in one stretch of time. */
export type LoadBucket = readonly [started: number, completed: number, calls: number];

/** How the load went over time. */
export interface LoadCourse {
  readonly bucketUs: number;
  readonly buckets: readonly LoadBucket[];
  /** How long after the last incident the load was back for good; -1: never while sagas came. Absent: cannot be told. */
  readonly recoveredUs?: number;
}

/** The sagas that were asked for before the incidents of a scenario, or from five minutes after them. */
export interface QuietTimes {
  readonly sagas: number;
  /** Ended otherwise than completed. */
  readonly compensated: number;
  readonly latencyUs: readonly number[];
}

/** What a run tells of load; of incidents, where its scenario has some. */
export interface LoadResult {
  /** Calls of which each became an effect of a saga that completed: one per step. */
  readonly usefulCalls: number;
  /** How long circuits were not closed, summed over processes and services. */
  readonly circuitOpenUs: number;
  readonly incidents?: readonly IncidentResult[];
  readonly course?: LoadCourse;
  readonly quiet?: QuietTimes;
}

/** A run over time, as `Timeline` keeps it: counts by bucket, and durations of sagas by bucket and bin. */
export interface TimelineResult {
  readonly bucketUs: number;
  readonly counts: readonly number[];
  readonly durations: readonly (readonly [key: number, sagas: number])[];
}

/** One stretch of time: sagas asked for, completed and undone, calls, faults; how long the sagas took that ended in it. */
export interface TimelineBucket {
  readonly started: number;
  readonly completed: number;
  /** Compensated, or failed with nothing to undo. */
  readonly undone: number;
  readonly calls: number;
  readonly faults: number;
  readonly p50Us?: number;
  readonly p99Us?: number;
}

/** What one step cost: sagas in which it was sent once, twice, three times, four times, more often; see `StepTally`. */
export interface StepResult {
  readonly saga: string;
  readonly step: string;
  readonly service: string;
  readonly forward: readonly number[];
  readonly undo: readonly number[];
  /** From the first call to the log, by bin. */
  readonly durations: readonly (readonly [bin: number, sagas: number])[];
}

/** What one run came to. */
export interface RunResult {
  readonly seed: string;
  readonly verdict: RunVerdict;
  /** Why the run is inconclusive. */
  readonly inconclusive?: string;
  readonly sagas: SagaCounts;
  /** Kinds that were switched on in this run (after swarm), with their rate in parts per million. */
  readonly faultsEnabled: Readonly<Record<string, number>>;
  /** How often each kind was really delivered (S7). */
  readonly faultsDelivered: Readonly<Record<string, number>>;
  /** The first violations, at most 100; `violationsTotal` counts all. */
  readonly violations: readonly Violation[];
  readonly violationsTotal: number;
  /** Cells `status × fault` that were hit, with counts. */
  readonly coverage: Readonly<Record<string, number>>;
  /** How often each `sometimes` of the scenario was true, by its name. */
  readonly sometimes: Readonly<Record<string, number>>;
  /** Ids of the invariants that judged something in this run. */
  readonly invariantsExercised: readonly string[];
  readonly latencyUs: LatencySamples;
  /** How long participants of two-phase commit held their locks, one number per prepared step; left out: none did. */
  readonly lockedUs?: readonly number[];
  /** Why forward work ended early, in words (`credit: the credit failed`, `deadline`), and for how many sagas. */
  readonly stopReasons: Readonly<Record<string, number>>;
  /** 128 bits in hex over the whole trace (S6). */
  readonly fingerprint: string;
  readonly events: number;
  /** Calls that were sent to participants, repetitions and undos included; one that a crash prevents counts, too. */
  readonly calls: number;
  readonly load: LoadResult;
  readonly timeline: TimelineResult;
  readonly steps: readonly StepResult[];
  readonly virtualUs: number;
  /** Every fault that was injected, in order; empty when the run was told not to keep it. */
  readonly plan: FaultPlan;
}
