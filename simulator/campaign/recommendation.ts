// Which policy a search recommends, why, and where it is worse than the one that is there.
//
// R1. Recommended is only what can be told from the baseline, for the better, on seeds that the search has not seen, and
//     what held in all runs.
// R2. Of those: who leaves the fewest sagas uncompleted, then the shortest p99, then the fewest calls. Whoever cannot be
//     told from the best in one of them goes on to the next.
// R3. While one meets all service levels, nobody who misses one: then the baseline makes way even for who cannot be told
//     from it (kept-promises.ts).

import type { ComparedPolicy } from '../compare-record.ts';
import { PooledSamples, paretoFront, type Resamples, UNITS_NEEDED } from '../statistics/index.ts';
import type { LostSeed } from '../tune-record.ts';
import { FRONT_METRICS, frontMetricsOf, frontObjectives } from './compare-metrics.ts';
import { broken, gainsAndCosts, isDistinguishablyBetter, noise } from './compare-sentence.ts';
import { compared } from './compare-statistics.ts';
import { promiseKeepers, promiseSentences } from './kept-promises.ts';
import type { SeedMeasure } from './measure.ts';

const P99_PERMILLE = 990;
const LOST_SHOWN_MAX = 10;

/** A finalist with its runs, in seed order. */
export interface Finalist {
  readonly policy: ComparedPolicy;
  readonly runs: readonly SeedMeasure[];
}

/** The policies of a comparison with their place on the front of those that held in all runs. */
export function withSoundFront(policies: readonly ComparedPolicy[]): readonly ComparedPolicy[] {
  const sound = policies.filter(({ role, runs }) => role !== 'control' && runs.held === runs.total);
  const front = paretoFront(sound.map(({ metrics }) => frontObjectives(metrics)));
  return policies.map((policy) => ({ ...policy, isOnFront: front[sound.indexOf(policy)] ?? false }));
}

/** The finalist to take (R1, R2); the first is the baseline. */
export function recommend(finalists: readonly Finalist[], resamples: Resamples): Finalist {
  const [baseline, ...others] = finalists;
  const keepers = promiseKeepers(finalists.map(({ policy }) => policy));
  const sound = others.filter(
    ({ policy }) => keepers.includes(policy) && policy.runs.held === policy.runs.total,
  );
  let left: readonly Finalist[] = sound.filter(
    ({ policy }) => policy.isOnFront && isDistinguishablyBetter(policy),
  );
  if (left.length === 0 && !keepers.includes(baseline!.policy)) left = sound; // R3
  FRONT_METRICS.forEach((_, at) => {
    left = alikeToBest(left, at, resamples);
  });
  return left[0] ?? baseline!;
}

/** Those that cannot be told from the best in one of FRONT_METRICS, the best first. */
function alikeToBest(finalists: readonly Finalist[], at: number, resamples: Resamples): readonly Finalist[] {
  const id = FRONT_METRICS[at]!;
  const worth = ({ policy }: Finalist): number => {
    const value = policy.metrics.find((metric) => metric.id === id)?.value ?? Number.POSITIVE_INFINITY;
    return id === 'completed' ? 1 - value : value;
  };
  const [best, ...others] = finalists.toSorted((a, b) => worth(a) - worth(b));
  if (best === undefined) return [];
  const standard = frontMetricsOf(best.runs);
  const alike = others.filter(({ runs }) => {
    const { difference } = compared(standard, frontMetricsOf(runs), resamples)[at]!;
    return difference?.isDistinguishable !== true;
  });
  return [best, ...alike];
}

/** What a search comes to, in a few sentences. */
export function recommendation(
  recommended: ComparedPolicy,
  policies: readonly ComparedPolicy[],
  { tried, seeds, lost }: { readonly tried: number; readonly seeds: number; readonly lost: number },
): string {
  const [baseline] = policies;
  const name = `"${baseline!.name}"`;
  const sentences = [
    recommended === baseline
      ? `Keep ${name}: ${whyNothing(policies, tried, seeds)}`
      : `Take "${recommended.name}" in place of ${name}: ${evidence(recommended)}. It does worse on ${lost === 0 ? 'none' : lost} of ${seeds} seeds.`,
    ...promiseSentences(policies, [baseline!, ...policies.filter(isWanted)]),
    ...policies.filter(({ role }) => role !== 'control').flatMap(broken),
    ...policies.filter(({ role }) => role === 'control').flatMap(noise),
  ];
  return sentences.join(' ');
}

function isWanted(policy: ComparedPolicy): boolean {
  return policy.role === 'contender' && policy.isOnFront && isDistinguishablyBetter(policy);
}

/** Of the three objectives, or of whatever else it is better in; what R3 alone speaks for meets what it was asked to. */
function evidence(policy: ComparedPolicy): string {
  const promise = isDistinguishablyBetter(policy) ? [] : ['it meets all service levels'];
  const told = gainsAndCosts(policy, FRONT_METRICS) || gainsAndCosts(policy);
  return [...promise, ...(told === '' ? [] : [told])].join('; ');
}

function whyNothing(policies: readonly ComparedPolicy[], tried: number, seeds: number): string {
  const finalists = policies.filter(({ role }) => role === 'contender').length;
  if (seeds < UNITS_NEEDED)
    return `${seeds} seeds are too few to tell policies apart; at least ${UNITS_NEEDED} are needed.`;
  const left =
    finalists === 1 ? 'the one that was left cannot' : `none of the ${finalists} that were left can`;
  return `of ${tried} candidates, ${left} be recommended over it on ${seeds} seeds.`;
}

/** A seed that was lost, without the command that runs it. */
export type Loss = Omit<LostSeed, 'command'>;

/** Seeds on which `recommended` did worse than `baseline`: how many, and the worst of them. */
export function losses(
  recommended: readonly SeedMeasure[],
  baseline: readonly SeedMeasure[],
): { readonly total: number; readonly worst: readonly Loss[] } {
  const all = recommended.flatMap((run, i) => lossOf(run, baseline[i]!));
  const worst = all.toSorted((a, b) => (a.by === b.by ? size(b) - size(a) : a.by === 'completed' ? -1 : 1));
  return { total: all.length, worst: worst.slice(0, LOST_SHOWN_MAX) };
}

function size({ recommended, baseline }: Loss): number {
  return Math.abs(recommended - baseline);
}

function lossOf(recommended: SeedMeasure, baseline: SeedMeasure): readonly Loss[] {
  const { seed } = recommended;
  const [own, other] = [recommended.sagas.completed, baseline.sagas.completed];
  if (own !== other) return own > other ? [] : [{ seed, by: 'completed', recommended: own, baseline: other }];
  const [ownUs, otherUs] = [p99Us(recommended), p99Us(baseline)];
  return ownUs > otherUs ? [{ seed, by: 'latency-p99', recommended: ownUs, baseline: otherUs }] : [];
}

function p99Us({ sagaUs }: SeedMeasure): number {
  return new PooledSamples([sagaUs]).at(P99_PERMILLE);
}
