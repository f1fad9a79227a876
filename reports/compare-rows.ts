// A comparison as a table of texts: per metric one row per policy. What the terminal and Markdown both show.

import type {
  ComparedPolicy,
  CompareRecord,
  MeasuredMetric,
  Metric,
  MetricUnit,
} from '../simulator/compare-record.ts';
import { duration, number, percent } from './wording.ts';

/** One policy in one metric. */
export interface CompareRow {
  readonly policy: string;
  readonly role: ComparedPolicy['role'];
  readonly value: string;
  /** `~` where it cannot be told apart; empty for the baseline. */
  readonly difference: string;
  readonly isDistinguishable: boolean;
  /** The interval, or why there is none. */
  readonly interval: string;
}

export interface CompareBlock {
  readonly title: string;
  /** What is the same nothing for everybody: every value is zero, or nobody has one. */
  readonly nothing?: 'zero' | 'none';
  readonly rows: readonly CompareRow[];
}

/** The sign for "cannot be told apart". */
export const ALIKE = '~';

export function blocksOf({
  metrics,
  policies,
}: Pick<CompareRecord, 'metrics' | 'policies'>): readonly CompareBlock[] {
  return metrics.map((metric) => {
    const values = policies.map(({ metrics: all }) => all.find(({ id }) => id === metric.id)?.value);
    return {
      title: titleOf(metric),
      ...nothingIn(values),
      rows: policies.map((policy) => rowOf(metric, policy)),
    };
  });
}

/** Zero of something and no value at all are two things: no p99 is not a p99 of 0 ms. */
function nothingIn(values: readonly (number | undefined)[]): Pick<CompareBlock, 'nothing'> {
  if (values.every((value) => value === 0)) return { nothing: 'zero' };
  return values.every((value) => value === undefined) ? { nothing: 'none' } : {};
}

/** What the columns are about. */
export function legendOf({ policies, seeds, sagasPerRun, statistics }: CompareRecord): string {
  const [baseline] = policies;
  return [
    `Difference: to "${baseline!.name}" on the same ${number(seeds)} seeds of ${number(sagasPerRun)} sagas, with its 95 % interval`,
    `${ALIKE}: cannot be told apart (Holm over the metrics that can be judged, at ${percent(statistics.familyError)}, ${number(statistics.resamples)} resamples)`,
    'again: the baseline on other seeds, what noise alone does',
  ].join(' · ');
}

function titleOf({ title, better }: Metric): string {
  return better === 'neither' ? title : `${title} (${better} is better)`;
}

function rowOf({ id, unit }: Metric, { name, role, metrics }: ComparedPolicy): CompareRow {
  const measured = metrics.find((metric) => metric.id === id);
  return {
    policy: role === 'control' ? `${name} again` : name,
    role,
    value: measured?.value === undefined ? 'none' : valueText(unit, measured.value),
    ...differenceTexts(unit, measured),
  };
}

function differenceTexts(
  unit: MetricUnit,
  measured: MeasuredMetric | undefined,
): Pick<CompareRow, 'difference' | 'interval' | 'isDistinguishable'> {
  const difference = measured?.difference;
  if (difference === undefined) return { difference: '', interval: '', isDistinguishable: false };
  const { value, relative, interval, hidden = '', isDistinguishable } = difference;
  const share = unit === 'share' || relative === undefined ? '' : ` (${relativeText(relative)})`;
  return {
    isDistinguishable,
    difference: isDistinguishable ? `${differenceText(unit, value)}${share}` : ALIKE,
    interval:
      interval === undefined
        ? hidden
        : `${differenceText(unit, interval.low)} … ${differenceText(unit, interval.high)}`,
  };
}

/** From ten times as much on, percent are hard to read. */
function relativeText(relative: number): string {
  return relative >= 9 ? `× ${(relative + 1).toFixed(1)}` : signed(relative, percent);
}

function valueText(unit: MetricUnit, value: number): string {
  switch (unit) {
    case 'share':
      return percent(value);
    case 'us':
      return duration(value);
    case 'number':
      return value.toFixed(2);
    case 'usd':
      return `$${value.toFixed(2)}`;
  }
}

function differenceText(unit: MetricUnit, value: number): string {
  switch (unit) {
    case 'share':
      return `${signed(value * 100, (points) => points.toFixed(2))} pt`;
    case 'us':
      return signed(value, duration);
    case 'number':
      return signed(value, (count) => count.toFixed(2));
    case 'usd':
      return signed(value, (dollars) => `$${dollars.toFixed(2)}`);
  }
}

function signed(value: number, text: (size: number) => string): string {
  return `${value > 0 ? '+' : value < 0 ? '−' : '±'}${text(Math.abs(value))}`;
}

/** What a comparison is about, in words. */
export function contendersOf({ compared }: Pick<CompareRecord, 'compared'>) {
  return compared === 'protocols'
    ? ({ one: 'protocol', many: 'protocols', One: 'Protocol', Many: 'Protocols' } as const)
    : ({ one: 'policy', many: 'policies', One: 'Policy', Many: 'Policies' } as const);
}
