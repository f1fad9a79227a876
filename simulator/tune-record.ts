// The versioned result of a search for a policy. Additions only; tune-record.schema.json is its published JSON Schema.

import type { CompareRecord } from './compare-record.ts';
import type { RunVerdict } from './run-result.ts';

/** The `schema` of every {@link TuneRecord}. */
export const TUNE_RECORD_SCHEMA = 'sagastorm/tune@1';

/** What is minimised: each is better when lower. */
export interface TuneObjectives {
  /** Share of sagas that did not complete. */
  readonly notCompleted: number;
  /** Of the sagas that ended; absent when none did. */
  readonly p99Us?: number;
  readonly callsPerSaga: number;
}

/** One policy that was tried. */
export interface TunedCandidate {
  readonly name: string;
  /** `baseline`: the one to beat. `known`: it has a name that `--policy` takes. `drawn`: from the space. */
  readonly origin: 'baseline' | 'known' | 'drawn';
  /** Written out; absent where it cannot be. */
  readonly spec?: unknown;
  /** Of the search; 0 when there was no need for one, or it was stopped before. */
  readonly seeds: number;
  /** Over these seeds. */
  readonly objectives?: TuneObjectives;
  /** `broke`: an invariant did not hold. `undecided`: a run was inconclusive. */
  readonly fate: 'finalist' | 'left-behind' | 'broke' | 'undecided';
  /** Of who broke something or is undecided: the first invariant that did not hold, and the seed. */
  readonly fault?: { readonly invariant?: string; readonly seed: string };
}

/** One seed on which the recommended policy did worse than the baseline. */
export interface LostSeed {
  readonly seed: string;
  /** Fewer sagas completed; or as many, and the p99 of the seed was longer. */
  readonly by: 'completed' | 'latency-p99';
  /** Sagas, or microseconds. */
  readonly recommended: number;
  readonly baseline: number;
  /** Runs the seed under the recommended policy. */
  readonly command: string;
}

/** A policy of the final front. */
export interface FrontMember {
  readonly name: string;
  readonly objectives: TuneObjectives;
  /** The file that `--policy` takes, or the name; absent for the scenario's own policy. */
  readonly policy?: string;
}

/** The result of `sagastorm tune`, as it is stored and as `--json` prints it. */
export interface TuneRecord {
  readonly schema: typeof TUNE_RECORD_SCHEMA;
  readonly scenario: string;
  readonly scenarioHash: string;
  readonly version: string;
  readonly node: string;
  readonly rootSeed: string;
  readonly profile: string;
  readonly sagasPerRun: number;
  /** Of the recommended policy and the baseline; `inconclusive` also when it was stopped. */
  readonly verdict: RunVerdict;
  /** What the search comes to. */
  readonly sentence: string;
  /** The baseline when nothing is distinguishably better. */
  readonly recommended: string;
  readonly baseline: string;
  /** It was stopped before it was done: what is recommended is the best so far, and nothing tells it from chance. */
  readonly isStopped: boolean;
  /** Members of the policy that varied. */
  readonly space: readonly string[];
  /** Runs: how many there might be, and how many there were. */
  readonly budget: { readonly runs: number; readonly used: number };
  /** Successive halving: so many candidates on so many seeds; `done` of them. */
  readonly search: {
    readonly rungs: readonly { readonly candidates: number; readonly seeds: number }[];
    readonly done: number;
  };
  readonly candidates: readonly TunedCandidate[];
  /** The finalists against the baseline, on seeds that the search has not seen; absent when it was stopped before. */
  readonly comparison?: Pick<CompareRecord, 'seeds' | 'metrics' | 'statistics' | 'policies'>;
  /** The finalists that held and that no other one betters in every respect; without a comparison, what the search says. */
  readonly front: readonly FrontMember[];
  /** The recommended policy as a `definePolicy` call; absent when it is the baseline, or cannot be written. */
  readonly definition?: string;
  /** Seeds of the comparison on which the recommended policy did worse: how many, of how many, and the worst. */
  readonly losses: { readonly total: number; readonly of: number; readonly worst: readonly LostSeed[] };
  /** What the numbers rest on, in sentences. */
  readonly assumptions: readonly string[];
  /** The only part that differs between two runs of the same command. */
  readonly meta: { readonly wallMs: number; readonly startedAt: string; readonly workers: number };
}
