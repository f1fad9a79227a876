// What a campaign is asked to do, and how it says how far it is.

import type { Job } from './job.ts';

/** How far a campaign is. */
export interface CampaignProgress {
  readonly phase: 'runs' | 'determinism' | 'shrinking' | 'exploring' | 'sensitivity';
  /** What is counted: the sagas of a single run, runs, failures that are made small, or faults that are explored. */
  readonly unit: 'sagas' | 'runs' | 'failures' | 'faults';
  readonly done: number;
  readonly total: number;
}

export interface CampaignOptions extends Job {
  readonly rootSeed: string;
  /** Number of runs, from 1. One run uses the root seed itself, more use `<root>/0`, `<root>/1`, … */
  readonly seeds: number;
  /** Threads, from 1; default one per core. Never more than there are batches. */
  readonly workers?: number;
  /** Runs to repeat; 0 for none. Default 2 % of the runs, at least 1, at most 20. */
  readonly determinismChecks?: number;
  /** Sagas that may be run, all together, to make failures small; 0: not at all. Default 200,000. */
  readonly shrinkBudget?: number;
  /** Folder for capsules; none are written without it. */
  readonly out?: string;
  /** An enabled fault that was never delivered makes the campaign inconclusive. */
  readonly strict?: boolean;
  /** Aborted: the runs in hand are finished and reported. */
  readonly signal?: AbortSignal;
  onProgress?(progress: CampaignProgress): void;
}

/** Only what crosses threads and lies in blobs: what makes a run, and no others. */
export function jobIn({ scenario, saga, profile, protocol, policy, sagas, faultPermille }: Job): Job {
  return {
    scenario,
    profile,
    ...(saga === undefined ? {} : { saga }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(policy === undefined ? {} : { policy }),
    ...(sagas === undefined ? {} : { sagas }),
    ...(faultPermille === undefined ? {} : { faultPermille }),
  };
}
