// Axes of charts: where their ticks are and what they say, drawn as thin lines with labels.

import type { Scale, Selection } from 'd3-node';
import { type Canvas, label, mark, rounded, widthOf } from './pen.ts';

/** The rectangle that is drawn in. */
export interface Plot {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Tick {
  readonly at: number;
  readonly text: string;
}

const UNITS: readonly (readonly [us: number, name: string])[] = [
  [86_400_000_000, 'd'],
  [3_600_000_000, 'h'],
  [60_000_000, 'min'],
  [1_000_000, 's'],
  [1_000, 'ms'],
  [1, 'µs'],
];

/** Steps by which people divide time, and between which the axis of a logarithm has its ticks. */
const DECADES: readonly number[] = UNITS.toReversed().flatMap(([us, name]) =>
  (name === 'µs' || name === 'ms' ? [1, 10, 100] : name === 'd' ? [1, 10, 100, 1_000, 10_000] : [1, 10]).map(
    (n) => n * us,
  ),
);
const STEPS: readonly number[] = UNITS.toReversed().flatMap(([us, name]) => {
  const counts =
    name === 's' || name === 'min'
      ? [1, 2, 5, 10, 15, 30]
      : name === 'h'
        ? [1, 2, 3, 6, 12]
        : [1, 2, 5, 10, 20, 50, 100, 200, 500];
  return counts.map((n) => n * us);
});

/** A duration on an axis, in the largest unit that it is a whole number of: `30 s`, `1 min`. */
export function tickText(us: number): string {
  if (us === 0) return '0';
  const [size, name] = UNITS.find(([unit]) => us % unit === 0) ?? UNITS.at(-1)!;
  return `${us / size} ${name}`;
}

/** Ticks of a logarithmic axis of durations, and its ends: the ticks around all values. */
export function decadesAround(lowUs: number, highUs: number): readonly Tick[] {
  const below = DECADES.findLast((us) => us <= lowUs) ?? DECADES[0]!;
  const above = DECADES.find((us) => us > below && us >= highUs) ?? DECADES.at(-1)!;
  return DECADES.filter((us) => us >= below && us <= above).map((at) => ({ at, text: tickText(at) }));
}

/** Ticks of an axis of time that begins with 0, about so many. */
export function timeTicks(untilUs: number, count: number): readonly Tick[] {
  const step = STEPS.find((us) => untilUs / us <= count) ?? STEPS.at(-1)!;
  return Array.from({ length: Math.floor(untilUs / step) + 1 }, (_, i) => ({
    at: i * step,
    text: inUnitOf(step, i * step),
  }));
}

/** All ticks of an axis in one unit: `0`, `30 s`, `60 s`. */
function inUnitOf(step: number, us: number): string {
  if (us === 0) return '0';
  const [size, name] = UNITS.find(([unit]) => step % unit === 0) ?? UNITS.at(-1)!;
  return `${us / size} ${name}`;
}

/** Ticks of durations between these, at most so many (from 5): each with the digits that tell it from the next. */
export function durationTicks(lowUs: number, highUs: number, most: number): readonly Tick[] {
  const first = (step: number): number => Math.ceil(lowUs / step);
  const count = (step: number): number => Math.max(0, Math.floor(highUs / step) - first(step) + 1);
  const step = STEPS.find((us) => count(us) <= most) ?? STEPS.at(-1)!;
  return Array.from({ length: count(step) }, (_, i) => {
    const at = (first(step) + i) * step;
    return { at, text: withDigitsOf(step, at, highUs) };
  });
}

/** `1.95 s`, `2.00 s` rather than `1950 ms`, `2000 ms`: thousandths are counted in the unit that there is a whole one of. */
function withDigitsOf(step: number, us: number, highUs: number): string {
  const unit = UNITS.findIndex(([size]) => step % size === 0);
  const [size] = UNITS[unit]!;
  const [above, name] = UNITS[unit - 1] ?? UNITS[0]!;
  if (us === 0 || above !== 1_000 * size || highUs < above) return inUnitOf(step, us);
  const steps = step / size;
  return `${(us / above).toFixed(steps % 100 === 0 ? 1 : steps % 10 === 0 ? 2 : 3)} ${name}`;
}

/** Ticks of counts, rates or shares, about so many; fewer where two would say the same. */
export function numberTicks(scale: Scale, count: number, text: (value: number) => string): readonly Tick[] {
  const ticks = scale.ticks(count).map((at) => ({ at, text: text(at) }));
  const distinct = new Set(ticks.map((tick) => tick.text));
  return distinct.size === ticks.length || count <= 1 ? ticks : numberTicks(scale, count - 1, text);
}

/** Ticks whose labels would touch are thinned: every second, every third … */
function thinned(ticks: readonly Tick[], scale: Scale): readonly Tick[] {
  const widest = Math.max(0, ...ticks.map(({ text }) => widthOf(text))) + 14;
  for (let every = 1; every < ticks.length; every++) {
    const kept = ticks.filter((_, i) => i % every === 0);
    const gaps = kept.slice(1).map(({ at }, i) => Math.abs(scale(at) - scale(kept[i]!.at)));
    if (gaps.every((gap) => gap >= widest)) return kept;
  }
  return ticks.slice(0, 1);
}

/** The axis below, with its title at the right end. */
export function drawXAxis(
  { svg }: Canvas,
  plot: Plot,
  scale: Scale,
  ticks: readonly Tick[],
  title: string,
): Selection {
  const axis = mark(svg, 'g', { class: 'axis' });
  for (const { at } of ticks) {
    mark(axis, 'path', {
      class: 'grid',
      d: `M${rounded(scale(at))},${rounded(plot.top)}V${rounded(plot.bottom)}`,
    });
  }
  for (const { at, text } of thinned(ticks, scale)) {
    const x = scale(at);
    const half = widthOf(text) / 2;
    const anchor = x - half < 0 ? 'start' : x + half > plot.right + 8 ? 'end' : 'middle';
    label(axis, text, { x, y: plot.bottom + 16, 'text-anchor': anchor });
  }
  mark(axis, 'path', {
    class: 'base',
    d: `M${rounded(plot.left)},${rounded(plot.bottom)}H${rounded(plot.right)}`,
  });
  label(axis, title, { class: 'axis-title', x: plot.right, y: plot.bottom + 32, 'text-anchor': 'end' });
  return axis;
}

/** The axis on the left, with its title above. */
export function drawYAxis(
  { svg }: Canvas,
  plot: Plot,
  scale: Scale,
  ticks: readonly Tick[],
  title: string,
): Selection {
  const axis = mark(svg, 'g', { class: 'axis' });
  for (const { at, text } of ticks) {
    const y = scale(at);
    mark(axis, 'path', { class: 'grid', d: `M${rounded(plot.left)},${rounded(y)}H${rounded(plot.right)}` });
    label(axis, text, { x: plot.left - 6, y: y + 4, 'text-anchor': 'end' });
  }
  label(axis, title, { class: 'axis-title', x: 0, y: plot.top - 10 });
  return axis;
}

/** Labels beside one another's lines are moved apart, the top one first; returns where each is to be. */
export function apart(wanted: readonly number[], low: number, high: number, gap = 15): readonly number[] {
  const order = wanted.map((_, i) => i).toSorted((a, b) => wanted[a]! - wanted[b]! || a - b);
  const placed = [...wanted];
  let least = low;
  for (const i of order) {
    placed[i] = Math.max(wanted[i]!, least);
    least = placed[i]! + gap;
  }
  let most = high;
  for (const i of order.toReversed()) {
    placed[i] = Math.min(placed[i]!, most);
    most = placed[i]! - gap;
  }
  return placed;
}
