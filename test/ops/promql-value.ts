// What an expression of PromQL comes to at a time, over series that are kept here. The arithmetic of rates, quantiles and
// staleness is that of Prometheus (promql/functions.go, promql/quantile.go).

import type { Expression, Labels, Matcher } from './promql.ts';

/** `value` undefined: from here on the series is gone. */
export interface Sample {
  readonly atMs: number;
  readonly value: number | undefined;
}

export interface Element {
  readonly labels: Labels;
  readonly value: number;
}

/** A number, or one for each of some series. */
export type Value = number | readonly Element[];

interface Series {
  readonly labels: Labels;
  readonly samples: Sample[];
}

const LOOKBACK_MS = 300_000;

/** Series by their labels; samples of one come in the order of time. */
export class SeriesStore {
  /** By name, then by all labels. */
  readonly #series = new Map<string, Map<string, Series>>();

  add(labels: Labels, sample: Sample): void {
    const named = this.#series.get(labels.__name__!) ?? new Map<string, Series>();
    this.#series.set(labels.__name__!, named);
    const key = keyOf(labels);
    const known = named.get(key) ?? { labels, samples: [] };
    named.set(key, known);
    known.samples.push(sample);
  }

  /** @throws Error when no name is asked for */
  select(matchers: readonly Matcher[]): readonly Series[] {
    const name = matchers.find(({ label, op }) => label === '__name__' && op === '=');
    if (name === undefined) throw new Error('a selector without a name');
    const named = [...(this.#series.get(name.value)?.values() ?? [])];
    return named.filter(({ labels }) => matchers.every((matcher) => matches(matcher, labels)));
  }
}

/** @throws Error where Prometheus would refuse */
export function evaluated(expression: Expression, store: SeriesStore, atMs: number): Value {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'select':
      return store.select(expression.matchers).flatMap(({ labels, samples }) => {
        const last = samples.findLast((sample) => sample.atMs <= atMs);
        return last?.value === undefined || last.atMs <= atMs - LOOKBACK_MS
          ? []
          : [{ labels, value: last.value }];
      });
    case 'call':
      return called(expression, store, atMs);
    case 'aggregate':
      return aggregated(expression, vectorOf(expression.of, store, atMs));
    case 'binary':
      return combined(
        expression.op,
        evaluated(expression.left, store, atMs),
        evaluated(expression.right, store, atMs),
      );
  }
}

/** The same, which must be a vector. */
export function vectorOf(expression: Expression, store: SeriesStore, atMs: number): readonly Element[] {
  const value = evaluated(expression, store, atMs);
  if (typeof value === 'number') throw new Error('a number where series are wanted');
  return value;
}

/** Labels in an order of their own, as one text. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function matches({ label, op, value }: Matcher, labels: Labels): boolean {
  const found = labels[label] ?? '';
  const isMatch = op.endsWith('~') ? new RegExp(`^(?:${value})$`).test(found) : found === value;
  return op.startsWith('!') ? !isMatch : isMatch;
}

function called(
  { name, args }: Extract<Expression, { readonly kind: 'call' }>,
  store: SeriesStore,
  atMs: number,
): readonly Element[] {
  const [first, second] = args;
  if (name === 'absent') {
    return vectorOf(first!, store, atMs).length > 0 ? [] : [{ labels: {}, value: 1 }];
  }
  if (name === 'histogram_quantile')
    return quantiles(evaluated(first!, store, atMs), vectorOf(second!, store, atMs));
  if (first?.kind !== 'select' || first.rangeMs === undefined)
    throw new Error(`${name} wants a range of a series`);
  const { rangeMs, matchers } = first;
  return store.select(matchers).flatMap(({ labels, samples }) => {
    const value = increase(samples, atMs - rangeMs, atMs);
    if (value === undefined) return [];
    return [{ labels: unnamed(labels), value: name === 'rate' ? value / (rangeMs / 1_000) : value }];
  });
}

/** How much a counter grew, as if it had been read at both ends; a fall is a restart from zero. */
function increase(all: readonly Sample[], fromMs: number, toMs: number): number | undefined {
  const samples = all.filter(({ atMs, value }) => atMs > fromMs && atMs <= toMs && value !== undefined);
  if (samples.length < 2) return undefined;
  const [first, last] = [samples[0]!, samples.at(-1)!];
  let grown = last.value! - first.value!;
  for (const [i, { value }] of samples.entries())
    if (i > 0 && value! < samples[i - 1]!.value!) grown += samples[i - 1]!.value!;
  const seenMs = last.atMs - first.atMs;
  const meanMs = seenMs / (samples.length - 1);
  const beyond = (gapMs: number): number => (gapMs < meanMs * 1.1 ? gapMs : meanMs / 2);
  let beforeMs = beyond(first.atMs - fromMs);
  if (grown > 0 && first.value! >= 0) beforeMs = Math.min(beforeMs, seenMs * (first.value! / grown));
  return (grown * (seenMs + beforeMs + beyond(toMs - last.atMs))) / seenMs;
}

function quantiles(quantile: Value, buckets: readonly Element[]): readonly Element[] {
  const groups = Map.groupBy(buckets, ({ labels: { le, ...others } }) => keyOf(unnamed(others)));
  return [...groups.values()].map((group) => {
    const { le: _, ...labels } = unnamed(group[0]!.labels);
    const sorted = group
      .map(({ labels: { le = '' }, value }) => ({
        le: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
        value,
      }))
      .sort((a, b) => a.le - b.le);
    return { labels, value: quantileOf(quantile as number, sorted) };
  });
}

function quantileOf(
  quantile: number,
  buckets: readonly { readonly le: number; readonly value: number }[],
): number {
  const total = buckets.at(-1)!.value;
  if (buckets.at(-1)!.le !== Number.POSITIVE_INFINITY || buckets.length < 2 || !(total > 0))
    return Number.NaN;
  const rank = quantile * total;
  const at = buckets.findIndex(({ value }) => value >= rank);
  if (at === buckets.length - 1) return buckets.at(-2)!.le;
  const { le, value } = buckets[at]!;
  const before = at === 0 ? { le: 0, value: 0 } : buckets[at - 1]!;
  return before.le + (le - before.le) * ((rank - before.value) / (value - before.value));
}

function aggregated(
  { op, isBy, labels: wanted }: Extract<Expression, { readonly kind: 'aggregate' }>,
  elements: readonly Element[],
): readonly Element[] {
  const kept = (labels: Labels): Labels =>
    Object.fromEntries(Object.entries(unnamed(labels)).filter(([label]) => wanted.includes(label) === isBy));
  const groups = Map.groupBy(elements, ({ labels }) => keyOf(kept(labels)));
  return [...groups.values()].map((group) => {
    const values = group.map(({ value }) => value);
    const value =
      op === 'sum'
        ? values.reduce((a, b) => a + b, 0)
        : op === 'count'
          ? values.length
          : op === 'max'
            ? Math.max(...values)
            : Math.min(...values);
    return { labels: kept(group[0]!.labels), value };
  });
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};
const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

/** Series match when they have the same labels, but for the name. */
function combined(op: string, left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return ARITHMETIC[op]!(left, right);
  if (op === 'and' || op === 'or') return joined(op, left, right);
  if (typeof left === 'number')
    return (right as readonly Element[]).flatMap((one) => pair(op, left, one.value, one));
  if (typeof right === 'number') return left.flatMap((one) => pair(op, one.value, right, one));
  const others = new Map(right.map((other) => [keyOf(unnamed(other.labels)), other.value]));
  if (others.size < right.length) throw new Error(`many series on the right of ${op} have the same labels`);
  return left.flatMap((one) => {
    const other = others.get(keyOf(unnamed(one.labels)));
    return other === undefined ? [] : pair(op, one.value, other, one);
  });
}

function joined(op: 'and' | 'or', left: Value, right: Value): Value {
  if (typeof left === 'number' || typeof right === 'number')
    throw new Error(`${op} wants series on both sides`);
  const keys = (elements: readonly Element[]): ReadonlySet<string> =>
    new Set(elements.map(({ labels }) => keyOf(unnamed(labels))));
  const [lefts, rights] = [keys(left), keys(right)];
  return op === 'and'
    ? left.filter(({ labels }) => rights.has(keyOf(unnamed(labels))))
    : [...left, ...right.filter(({ labels }) => !lefts.has(keyOf(unnamed(labels))))];
}

/** A comparison keeps the element, or drops it. */
function pair(op: string, a: number, b: number, element: Element): readonly Element[] {
  const compare = COMPARISONS[op];
  if (compare !== undefined) return compare(a, b) ? [element] : [];
  return [{ labels: unnamed(element.labels), value: ARITHMETIC[op]!(a, b) }];
}

function unnamed({ __name__, ...labels }: Labels): Labels {
  return labels;
}
