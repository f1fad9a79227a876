// Seed by seed: how a policy fared against the baseline on the same seeds. For pictures, and for those who want to see the
// seeds on which a recommendation loses.

import type { ComparedCurves, PairedDifferences } from '../compare-record.ts';
import { PooledSamples } from '../statistics/index.ts';
import type { Job } from './job.ts';
import type { SeedMeasure } from './measure.ts';
import { seedCommand } from './replay-command.ts';

const BINS = 31;
const WORST_MAX = 5;
/** Of a thousand: close together where the longest are. */
const PERMILLE: readonly number[] = [
  0, 10, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600, 650, 700, 750, 800, 850, 900, 925, 950,
  970, 980, 990, 995, 998, 999, 1000,
];

interface PairedMetric {
  readonly id: string;
  /** Larger is better. */
  readonly isGain: boolean;
  of(run: SeedMeasure): number | undefined;
}

const PAIRED: readonly PairedMetric[] = [
  { id: 'completed', isGain: true, of: ({ sagas }) => sagas.completed / sagas.started },
  { id: 'latency-mean', isGain: false, of: ({ sagaUs }) => meanOf(sagaUs) },
];

/** @param job of the policy, with which its seeds can be run again; undefined when no command names it */
export function pairsOf(
  baseline: readonly SeedMeasure[],
  runs: readonly SeedMeasure[],
  job: Job | undefined,
): readonly PairedDifferences[] {
  return PAIRED.flatMap(({ id, isGain, of }) => {
    const pairs = runs.flatMap((run, i) => {
      const [now, before] = [of(run), of(baseline[i]!)];
      return now === undefined || before === undefined ? [] : [{ seed: run.seed, now, before }];
    });
    if (pairs.length === 0) return [];
    const differences = pairs.map(({ now, before }) => now - before);
    const gains = differences.map((difference) => (isGain ? difference : -difference));
    const worst = pairs
      .map((pair, i) => ({ ...pair, gain: gains[i]! }))
      .filter(({ gain }) => gain < 0)
      .sort((a, b) => a.gain - b.gain || (a.seed < b.seed ? -1 : 1))
      .slice(0, WORST_MAX);
    return [
      {
        id,
        better: gains.filter((gain) => gain > 0).length,
        equal: gains.filter((gain) => gain === 0).length,
        worse: gains.filter((gain) => gain < 0).length,
        ...binned(differences),
        worst: worst.map(({ seed, now, before }) => ({
          seed,
          value: now,
          baseline: before,
          ...(job === undefined ? {} : { replay: seedCommand(job, seed) }),
        })),
      },
    ];
  });
}

/** Zero is an edge between two steps; seeds without a difference are in none. */
function binned(differences: readonly number[]): Pick<PairedDifferences, 'from' | 'width' | 'counts'> {
  const told = differences.filter((difference) => difference !== 0);
  const [least, most] = [Math.min(0, ...told), Math.max(0, ...told)];
  const width = (most - least) / BINS;
  if (width === 0) return { from: 0, width: 0, counts: [] };
  const below = Math.ceil(-least / width);
  const counts = new Array<number>(below + Math.ceil(most / width)).fill(0);
  for (const difference of told) {
    const bin = below + Math.floor(difference / width);
    counts[Math.min(counts.length - 1, Math.max(0, bin))]!++;
  }
  return { from: -below * width, width, counts };
}

/** How long sagas took, over all seeds together: the durations that so many of a thousand do not exceed. */
export function curvesOf(runs: readonly SeedMeasure[]): ComparedCurves {
  const pooled = new PooledSamples(runs.map(({ sagaUs }) => sagaUs));
  const sagaUs = pooled.count === 0 ? [] : PERMILLE.map((permille) => pooled.at(Math.max(1, permille)));
  return { permille: PERMILLE, sagaUs };
}

function meanOf(values: Float64Array): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
