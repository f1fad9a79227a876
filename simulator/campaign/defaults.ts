// What a campaign goes by when nothing is said. A file of its own: the command line needs these words before it needs
// anything that runs.

import { join } from 'node:path';

/**
 * Enough seeds for a difference of 5 % in a mean whose paired differences scatter by up to 12 % of it; see
 * bench/compare.bench.ts.
 */
export const COMPARE_SEEDS_DEFAULT = 200;

/** Runs of a search for a policy, all together. */
export const TUNE_BUDGET_DEFAULT = 1_500;

/** Where capsules are pinned, relative to where commands run. */
export const CORPUS_FOLDER = join('scenarios', 'regressions');
