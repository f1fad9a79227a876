// How a search spends its budget: which candidates there are, on how many seeds they are halved, and how many runs are
// kept for the comparison of those that are left.

import { UserError } from '../../engine/core/user-error.ts';
import { refuseTooMuch } from './compare.ts';
import { COMPARE_SEEDS_DEFAULT, TUNE_BUDGET_DEFAULT } from './defaults.ts';
import { leastBudget, planRungs, type Rung, runsOf } from './halving.ts';
import type { PreparedJob } from './job.ts';
import { type Candidate, type CandidateOptions, drawnCandidates, knownCandidates } from './policy-space.ts';

/** What a search is allowed, and what it may try. */
export interface TuneExtent extends CandidateOptions {
  /** Runs, all together, at most. Default 1,500. */
  readonly budget?: number;
  /** Policies to draw from the space, from 1; default so many that each gets about four seeds at first. */
  readonly candidates?: number;
  /** Runs per finalist in the comparison, from 2; default two fifths of the budget, at most 200 seeds. */
  readonly seeds?: number;
}

/** Policies that are compared in the end, the baseline among them; its control comes on top. */
export const FINALISTS_MAX = 8;
const FINAL_SHARE = 0.4;
/** Of the search, per candidate, when nobody says how many there are: some four seeds in the first rung. */
const RUNS_PER_CANDIDATE = 10;
const DRAWN_MAX = 500;
/** All durations of a rung are kept. */
const SEARCH_SAGAS_MAX = 20_000_000;

/** A search that is planned. */
export interface TunePlan {
  readonly candidates: readonly Candidate[];
  readonly rungs: readonly Rung[];
  /** Of the comparison. */
  readonly seeds: number;
  readonly budget: number;
  readonly searchRuns: number;
  /** Runs of the comparison when nobody fell out. */
  readonly finalRuns: number;
}

/**
 * Plans a search.
 *
 * @throws UserError `unknown-policy`, `no-settings`, `no-candidates`, `budget-too-small` or `too-many-sagas`
 */
export function planOf(extent: TuneExtent, { scenario, sagas }: PreparedJob): TunePlan {
  const budget = extent.budget ?? TUNE_BUDGET_DEFAULT;
  const share = Math.floor((budget * FINAL_SHARE) / (FINALISTS_MAX + 1));
  const seeds = extent.seeds ?? Math.min(COMPARE_SEEDS_DEFAULT, Math.max(2, share));
  const known = knownCandidates(scenario, extent);
  const affordable = Math.floor((budget - seeds * (FINALISTS_MAX + 1)) / RUNS_PER_CANDIDATE) - known.length;
  const count = extent.candidates ?? Math.min(DRAWN_MAX, Math.max(1, affordable));
  const candidates = [...known, ...drawnCandidates(scenario, known, count, extent)];
  if (candidates.length === 1) {
    throw new UserError(
      'no-candidates',
      `there is no other policy than "${known[0]!.name}" to try on scenario "${scenario.name}"`,
      'Others may not fit the deadlines of its sagas; narrow --space less.',
    );
  }
  const finalRuns = seeds * (Math.min(FINALISTS_MAX, candidates.length) + 1);
  const rungs = planRungs(candidates.length, budget - finalRuns, FINALISTS_MAX);
  const least = leastBudget(candidates.length, FINALISTS_MAX) + finalRuns;
  if (rungs === undefined || budget < least) {
    throw new UserError(
      'budget-too-small',
      `${candidates.length} candidates and ${seeds} seeds for the last of them need ${least} runs, not ${budget}`,
      `Give --budget ${least} or more, or fewer --candidates or --seeds.`,
    );
  }
  refuseTooMuch(seeds, sagas);
  refuseTooLong(rungs, sagas);
  return { candidates, rungs, seeds, budget, searchRuns: runsOf(rungs), finalRuns };
}

function refuseTooLong(rungs: readonly Rung[], sagas: number): void {
  const most = Math.max(0, ...rungs.map(({ candidates, seeds }) => candidates * seeds * sagas));
  if (most <= SEARCH_SAGAS_MAX) return;
  throw new UserError(
    'too-many-sagas',
    `a search keeps the durations of ${SEARCH_SAGAS_MAX} sagas at a time, and this one would have ${most}`,
    'Take fewer --sagas, or a smaller --budget.',
  );
}
