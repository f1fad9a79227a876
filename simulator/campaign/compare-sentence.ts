// What a comparison comes to, in one sentence: only what can be told apart is said.
//
// N1. A policy is better than the baseline when the first metric of PRIORITY that can be told apart is an improvement;
//     the best is the one with the largest improvement in the earliest such metric.
// N2. A policy that broke an invariant is never recommended, nor one that completes fewer sagas or fails more.
// N3. Nor one that misses a service level while another meets all of them; then another takes the place of the baseline,
//     too (kept-promises.ts).

import type { ComparedPolicy, MeasuredMetric, Metric, MetricDifference } from '../compare-record.ts';
import { UNITS_NEEDED } from '../statistics/index.ts';
import { METRICS } from './compare-metrics.ts';
import { bestKeeper, promiseKeepers, promiseSentences } from './kept-promises.ts';

/** What no gain in another metric makes up for. */
const GOALS: readonly string[] = ['completed', 'failed'];
/** Sagas that reach their goal first, then those that need a person, then time, then load. */
const PRIORITY = ['completed', 'failed', 'latency-p99', 'latency-mean', 'latency-p50', 'calls'] as const;
const SHOWN_MAX = 3;
/** From ten times as much on, percent are hard to read. */
const TIMES_FROM = 9;

export interface Conclusion {
  readonly recommended: string;
  readonly sentence: string;
}

/** The baseline comes first, the control last. */
export function conclude(
  policies: readonly ComparedPolicy[],
  seeds: number,
  what: 'policy' | 'protocol' = 'policy',
): Conclusion {
  const [baseline, ...others] = policies;
  const contenders = others.filter(({ role }) => role === 'contender');
  const better = contenders.filter(isDistinguishablyBetter);
  const keepers = promiseKeepers(policies);
  const allowed = better.filter((policy) => keepers.includes(policy)); // N3
  const best = PRIORITY.flatMap((id) => improvedFirstIn(allowed, id))[0];
  const instead = keepers.includes(baseline!) ? undefined : bestKeeper(keepers); // N3
  const sentences = [
    best !== undefined
      ? `${inWords(best, baseline!.name)}.`
      : instead !== undefined
        ? promisesMore(instead, baseline!, seeds, what)
        : nothingBetter(baseline!, contenders, seeds, what),
    ...promiseSentences(policies, [baseline!, ...better], what),
    ...policies.filter(({ role }) => role !== 'control').flatMap(broken),
    ...policies.filter(({ role }) => role === 'control').flatMap(noise),
  ];
  return { recommended: (best ?? instead ?? baseline!).name, sentence: sentences.join(' ') };
}

/** Whether a policy may be recommended over the baseline (N1, N2). */
export function isDistinguishablyBetter(policy: ComparedPolicy): boolean {
  const first = firstTold(policy);
  const gains = first !== undefined && isBetter(metricOf(first), differenceIn(policy, first)!);
  return gains && policy.runs.violated === 0 && !missesGoals(policy);
}

function missesGoals(policy: ComparedPolicy): boolean {
  return GOALS.some((id) => {
    const difference = differenceIn(policy, id);
    return difference?.isDistinguishable === true && !isBetter(metricOf(id), difference);
  });
}

/** Policies in which this is the first metric of PRIORITY to differ; the one that differs most first. */
function improvedFirstIn(policies: readonly ComparedPolicy[], id: string): readonly ComparedPolicy[] {
  const gain = (policy: ComparedPolicy): number => Math.abs(differenceIn(policy, id)?.value ?? 0);
  return policies.filter((policy) => firstTold(policy) === id).sort((a, b) => gain(b) - gain(a));
}

function firstTold(policy: ComparedPolicy): string | undefined {
  return PRIORITY.find((id) => differenceIn(policy, id)?.isDistinguishable === true);
}

function differenceIn(policy: ComparedPolicy, id: string): MetricDifference | undefined {
  return policy.metrics.find((metric) => metric.id === id)?.difference;
}

function metricOf(id: string): Metric {
  return METRICS.find((metric) => metric.id === id)!;
}

function isBetter({ better }: Metric, { value }: MetricDifference): boolean {
  return better === 'higher' ? value > 0 : value < 0;
}

/** What speaks for a policy that is recommended because it keeps its promises, and nothing else says so. */
function promisesMore(
  policy: ComparedPolicy,
  baseline: ComparedPolicy,
  seeds: number,
  what: 'policy' | 'protocol',
): string {
  const names = `"${policy.name}" and "${baseline.name}"`;
  const beside =
    seeds < UNITS_NEEDED
      ? tooFew(seeds, what)
      : told(policy).length === 0
        ? `${seeds} seeds cannot tell ${names} apart.`
        : `${inWords(policy, baseline.name)}.`;
  return `"${policy.name}" meets all service levels. ${beside}`;
}

function tooFew(seeds: number, what: 'policy' | 'protocol'): string {
  return `${seeds} seeds are too few to tell ${what === 'policy' ? 'policies' : 'protocols'} apart; at least ${UNITS_NEEDED} are needed.`;
}

function nothingBetter(
  baseline: ComparedPolicy,
  contenders: readonly ComparedPolicy[],
  seeds: number,
  what: 'policy' | 'protocol',
): string {
  const name = `"${baseline.name}"`;
  if (seeds < UNITS_NEEDED) return tooFew(seeds, what);
  const different = contenders.filter((policy) => told(policy).length > 0);
  const [only] = contenders;
  if (different.length === 0) {
    return contenders.length === 1
      ? `${seeds} seeds cannot tell "${only!.name}" and ${name} apart.`
      : `${seeds} seeds cannot tell any ${what} and ${name} apart.`;
  }
  const nearest = different.length === 1 ? `: ${inWords(different[0]!, baseline.name)}` : '';
  return `No ${what} can be recommended over ${name}${nearest}.`;
}

/** `"a" against "b": 2.1 points more completed sagas; at 31 % more p99 latency`. */
function inWords(policy: ComparedPolicy, baseline: string): string {
  return `"${policy.name}" against "${baseline}": ${gainsAndCosts(policy)}`;
}

/** `2.1 points more completed sagas; at 31 % more p99 latency`: what can be told apart, of some metrics or all. */
export function gainsAndCosts(policy: ComparedPolicy, ids?: readonly string[]): string {
  const all = told(policy, ids);
  const gains = all.filter(({ better }) => better).map(({ words }) => words);
  const costs = all.filter(({ better }) => !better).map(({ words }) => words);
  const list = (words: readonly string[]): string => words.slice(0, SHOWN_MAX).join(', ');
  const at = costs.length === 0 ? [] : [`${gains.length === 0 ? '' : 'at '}${list(costs)}`];
  const gained = gains.length === 0 ? [] : [list(gains)];
  return [...gained, ...at].join('; ');
}

/** What can be told apart, in the order of the metrics. */
function told(
  { metrics }: ComparedPolicy,
  ids?: readonly string[],
): readonly { readonly better: boolean; readonly words: string }[] {
  return metrics.flatMap(({ id, difference }: MeasuredMetric) => {
    const metric = metricOf(id);
    if (ids?.includes(id) === false) return [];
    if (difference?.isDistinguishable !== true || metric.better === 'neither') return [];
    return [{ better: isBetter(metric, difference), words: amount(metric, difference) }];
  });
}

function amount({ unit, title }: Metric, { value, relative }: MetricDifference): string {
  if (unit === 'share') {
    return `${trimmed(Math.abs(value) * 100)} points ${value > 0 ? 'more' : 'fewer'} ${title}`;
  }
  const direction = value > 0 ? 'more' : 'less';
  if (relative === undefined) return `${direction} ${title}`;
  if (relative >= TIMES_FROM) return `${trimmed(relative + 1)} times the ${title}`;
  return `${trimmed(Math.abs(relative) * 100)} % ${unit === 'number' && value < 0 ? 'fewer' : direction} ${title}`;
}

/** Two digits that say something, at most one decimal from ten up. */
function trimmed(value: number): string {
  return String(Number(value >= 10 ? value.toFixed(1) : value.toPrecision(2)));
}

/** `"a" broke at-most-once in 3 of 60 runs.` */
export function broken({ name, runs, violations }: ComparedPolicy): readonly string[] {
  const [first] = violations;
  return first === undefined
    ? []
    : [`"${name}" broke ${first.invariant} in ${runs.violated} of ${runs.total} runs.`];
}

/** What differs where nothing can. */
export function noise(control: ComparedPolicy): readonly string[] {
  const differing = control.metrics.filter(({ difference }) => difference?.isDistinguishable === true);
  if (differing.length === 0) return [];
  const titles = differing.map(({ id }) => metricOf(id).title).join(', ');
  return [`Careful: on other seeds the baseline differs from itself in ${titles}.`];
}
