// Statistics of comparisons: pure functions of numbers. Nothing here is part of a run or of its fingerprint.

export { FAMILY_ERROR, holm } from './holm.ts';
export { mcnemar } from './mcnemar.ts';
export { meanOf, type PerSeed, pairedDifference } from './paired-means.ts';
export { dominates, type Objectives, paretoFront, paretoRanks } from './pareto.ts';
export { type Clusters, PooledSamples, pooledDifference, samplesNeeded } from './pooled-percentile.ts';
export { CONFIDENCE, type Estimate, Resamples, UNITS_NEEDED } from './resamples.ts';
export { wilson } from './wilson.ts';
