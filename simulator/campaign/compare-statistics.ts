// From the metrics of two policies to differences with intervals.
//
// D1. The unit is the seed: what is resampled are whole seeds, the same ones for both policies.
// D2. The family of Holm's correction is the metrics of one policy that can be judged. One without enough samples, or
//     the same for both in every seed, tests nothing (R. E. Tarone, Biometrics 46, 1990); the cost follows from the calls.
// D3. A difference is distinguishable when its corrected p-value is under 1 % and its interval excludes zero.

import type { Interval, MeasuredMetric, MetricDifference } from '../compare-record.ts';
import {
  type Estimate,
  FAMILY_ERROR,
  holm,
  mcnemar,
  meanOf,
  pairedDifference,
  pooledDifference,
  type Resamples,
  samplesNeeded,
  UNITS_NEEDED,
  wilson,
} from '../statistics/index.ts';
import type { MetricData } from './compare-metrics.ts';

type PerSeedRate = readonly (boolean | undefined)[];

/** The metrics of a policy without a baseline. */
export function measured(metrics: readonly MetricData[]): readonly MeasuredMetric[] {
  return metrics.map((data) => ({ id: data.id, ...measuredOne(data) }));
}

function measuredOne(data: MetricData): Omit<MeasuredMetric, 'id'> {
  switch (data.over) {
    case 'seed-mean': {
      const value = meanOf(data.values);
      const samples = data.values.filter((one) => one !== undefined).length;
      return value === undefined ? { samples } : { value, samples };
    }
    case 'pooled': {
      const { count: samples } = data.pooled;
      return samples === 0 ? { samples } : { value: data.pooled.at(data.permille), samples };
    }
    case 'seed-rate': {
      const told = data.holds.filter((holds) => holds !== undefined);
      const [hits, samples] = [told.filter(Boolean).length, told.length];
      if (samples === 0) return { samples };
      return { value: hits / samples, samples, interval: wilson(hits, samples) };
    }
  }
}

/** A difference that no correction has been made to. */
interface Raw {
  readonly value: number;
  readonly interval?: Interval;
  readonly hidden?: string;
  readonly p: number;
}

/** The metrics of a policy, each with its difference to the baseline, of which the same metrics are given. */
export function compared(
  baseline: readonly MetricData[],
  other: readonly MetricData[],
  resamples: Resamples,
): readonly MeasuredMetric[] {
  const own = measured(other);
  const base = measured(baseline);
  const raw = other.map((data, i) => differenceOf(baseline[i]!, data, resamples));
  const adjusted = adjust(own, raw);
  return own.map((metric, i) => {
    const difference = raw[i];
    if (difference === undefined) return metric;
    const pHolm = adjusted.get(FOLLOWS[metric.id] ?? metric.id) ?? 1;
    return { ...metric, difference: corrected(difference, base[i]!.value, pHolm) };
  });
}

/** Metrics that another one settles. */
const FOLLOWS: Readonly<Record<string, string>> = { cost: 'calls' };

/** The corrected p-values of the family, by metric (D2). */
function adjust(
  metrics: readonly MeasuredMetric[],
  raw: readonly (Raw | undefined)[],
): ReadonlyMap<string, number> {
  const family = metrics.flatMap(({ id }, i) => {
    const difference = raw[i];
    const isJudged = difference?.interval !== undefined && !isNothing(difference.interval);
    return isJudged && FOLLOWS[id] === undefined ? [{ id, p: difference.p }] : [];
  });
  const adjusted = holm(family.map(({ p }) => p));
  return new Map(family.map(({ id }, i) => [id, adjusted[i]!]));
}

function isNothing({ low, high }: Interval): boolean {
  return low === 0 && high === 0;
}

function corrected(raw: Raw, base: number | undefined, pHolm: number): MetricDifference {
  const { interval } = raw;
  const excludesZero = interval !== undefined && (interval.low > 0 || interval.high < 0);
  return {
    ...raw,
    ...(base === undefined || base === 0 ? {} : { relative: raw.value / base }),
    pHolm,
    isDistinguishable: excludesZero && pHolm < FAMILY_ERROR, // D3
  };
}

function differenceOf(baseline: MetricData, other: MetricData, resamples: Resamples): Raw | undefined {
  if (baseline.over === 'seed-mean' && other.over === 'seed-mean') {
    const estimate = pairedDifference(baseline.values, other.values, resamples);
    return estimate && shown(estimate, pairsOf(baseline.values, other.values));
  }
  if (baseline.over === 'pooled' && other.over === 'pooled') {
    return pooled(baseline, other, resamples);
  }
  if (baseline.over === 'seed-rate' && other.over === 'seed-rate') {
    const only = (yes: PerSeedRate, no: PerSeedRate): number =>
      yes.filter((holds, i) => holds === true && no[i] === false).length;
    const p = mcnemar(only(baseline.holds, other.holds), only(other.holds, baseline.holds));
    const numbers = (holds: PerSeedRate) => holds.map((one) => (one === undefined ? undefined : Number(one)));
    const estimate = pairedDifference(numbers(baseline.holds), numbers(other.holds), resamples);
    return estimate && { ...shown(estimate, pairsOf(baseline.holds, other.holds)), p };
  }
  throw new TypeError('metrics of two kinds cannot be compared');
}

type Pooled = Extract<MetricData, { readonly over: 'pooled' }>;

function pooled(baseline: Pooled, other: Pooled, resamples: Resamples): Raw | undefined {
  const { permille } = baseline;
  const samples = Math.min(baseline.pooled.count, other.pooled.count);
  if (samples === 0) return undefined;
  const needed = samplesNeeded(permille);
  if (samples < needed) {
    const value = other.pooled.at(permille) - baseline.pooled.at(permille);
    return { value, hidden: `${samples} sagas, ${needed} are needed`, p: 1 };
  }
  const estimate = pooledDifference(baseline.pooled, other.pooled, permille, resamples);
  if (estimate !== undefined) return shown(estimate, resamples.units);
  const value = other.pooled.at(permille) - baseline.pooled.at(permille);
  return { value, hidden: 'too few seeds have samples', p: 1 };
}

/** Seeds in which both have a value. */
function pairsOf(a: readonly unknown[], b: readonly unknown[]): number {
  return a.filter((value, i) => value !== undefined && b[i] !== undefined).length;
}

function shown({ value, low, high, p }: Estimate, seeds: number): Raw {
  if (seeds >= UNITS_NEEDED) return { value, interval: { low, high }, p };
  return { value, hidden: `${seeds} seeds, ${UNITS_NEEDED} are needed`, p: 1 };
}
