// Panels above one another that share an axis of time: rates, and percentiles of how long things took.

import type { Scale } from 'd3-node';
import { number } from '../../wording.ts';
import {
  apart,
  decadesAround,
  drawXAxis,
  drawYAxis,
  numberTicks,
  type Plot,
  type Tick,
  timeTicks,
} from '../axes.ts';
import { type Canvas, label, mark, widthOf } from '../pen.ts';

const HEAD = 20;
const PANEL = 190;
const GAP = 16;
/** From here on the top of a linear axis hides what happens at its bottom. */
const SPIKE = 25;

/** One line in a panel: a value per bucket, none where nothing is known. */
export interface Series {
  readonly name: string;
  /** Number of its dash and colour. */
  readonly series: number;
  readonly values: readonly (number | undefined)[];
}

export interface Panel {
  readonly title: string;
  readonly kind: 'rate' | 'time';
  readonly series: readonly Series[];
}

/** A stretch of time that is shaded. */
export interface Window {
  readonly kind: 'chaos' | 'incident';
  readonly name: string;
  readonly fromUs: number;
  readonly untilUs: number;
}

interface Drawn {
  readonly panels: readonly Panel[];
  readonly windows: readonly Window[];
  readonly bucketUs: number;
  /** How many of them are drawn. */
  readonly buckets: number;
}

/** What a panel is drawn with. */
interface Frame {
  readonly plot: Plot;
  readonly x: Scale;
  readonly y: Scale;
  readonly bucketUs: number;
}

export function heightOf(panels: readonly Panel[]): number {
  return HEAD + panels.length * (PANEL + GAP) - 8;
}

export function drawPanels(canvas: Canvas, { panels, windows, bucketUs, buckets }: Drawn): void {
  const shown = panels.map((panel) => ({ ...panel, series: panel.series.map((one) => cut(one, buckets)) }));
  const names = shown.flatMap(({ series }) => series.map(({ name }) => 1.1 * widthOf(name)));
  const [left, right] = [52, canvas.width - 8 - Math.max(...names)];
  const untilUs = buckets * bucketUs;
  const x = canvas.d3.scaleLinear().domain([0, untilUs]).range([left, right]).clamp(true);
  shown.forEach((panel, i) => {
    const top = HEAD + i * (PANEL + GAP) + 22;
    const plot = { left, right, top, bottom: top + PANEL - 38 };
    shade(canvas, plot, windows, x);
    drawPanel(canvas, plot, panel, x, { bucketUs, untilUs });
  });
  nameWindows(canvas, windows, x, right);
}

function cut(series: Series, buckets: number): Series {
  return { ...series, values: series.values.slice(0, buckets) };
}

function drawPanel(
  canvas: Canvas,
  plot: Plot,
  { title, kind, series }: Panel,
  x: Scale,
  { bucketUs, untilUs }: { readonly bucketUs: number; readonly untilUs: number },
): void {
  const values = series.flatMap((one) => one.values.filter((value) => value !== undefined));
  const axis = kind === 'time' ? times(canvas, plot, values) : rates(canvas, plot, values);
  const frame = { plot, x, y: axis.scale, bucketUs };
  drawXAxis(canvas, plot, x, timeTicks(untilUs, canvas.isNarrow ? 4 : 9), '');
  drawYAxis(canvas, plot, axis.scale, axis.ticks, `${title}${axis.note}`);
  const lasts = series.map((one) => axis.scale(one.values.findLast((value) => value !== undefined) ?? 0));
  const heights = apart(lasts, plot.top + 6, plot.bottom);
  series.forEach((one, i) => {
    const d = kind === 'time' ? levels(canvas, one, frame) : steps(canvas, one, frame);
    mark(canvas.svg, 'path', { class: `series s${one.series}`, d });
    const text = { class: `halo strong t${one.series}`, x: plot.right + 6, y: heights[i]! + 4 };
    label(canvas.svg, one.name, text);
  });
}

interface Axis {
  readonly scale: Scale;
  readonly ticks: readonly Tick[];
  readonly note: string;
}

/** From 0; by powers of ten where one spike would flatten all the rest. */
function rates({ d3 }: Canvas, plot: Plot, values: readonly number[]): Axis {
  const most = Math.max(...values, 0.001);
  const some = values.filter((value) => value > 0).toSorted((a, b) => a - b);
  const middle = some[Math.floor(some.length / 2)] ?? most;
  if (most < SPIKE * middle) {
    const scale = d3.scaleLinear().domain([0, most]).nice().range([plot.bottom, plot.top]);
    return { scale, ticks: numberTicks(scale, 4, rateText), note: '' };
  }
  const powers = [0.001, 0.01, 0.1, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
  const least = powers.findLast((power) => power <= some[0]!) ?? powers[0]!;
  const above = powers.find((power) => power >= most) ?? most;
  const scale = d3.scaleSymlog().constant(least).domain([0, above]).range([plot.bottom, plot.top]);
  const ticks = [0, ...powers.filter((power) => power > least && power <= above)];
  return { scale, ticks: ticks.map((at) => ({ at, text: rateText(at) })), note: ', by powers of ten' };
}

function rateText(value: number): string {
  return value >= 10 || value === 0 ? number(value) : String(Number(value.toPrecision(3)));
}

function times({ d3 }: Canvas, plot: Plot, values: readonly number[]): Axis {
  const high = Math.max(1_000, ...values);
  const ticks = decadesAround(Math.max(1, Math.min(high, ...values)), high);
  const ends = [ticks[0]!.at, ticks.at(-1)!.at];
  return { scale: d3.scaleLog().domain(ends).range([plot.bottom, plot.top]).clamp(true), ticks, note: '' };
}

/** A rate is the same for the whole of its bucket. */
function steps({ d3 }: Canvas, { values }: Series, { x, y, bucketUs }: Frame): string {
  const points = [...values, values.at(-1)].map((value, i) => [x(i * bucketUs), y(value ?? 0)] as const);
  return d3.line().digits(1).curve(d3.curveStepAfter)(points) ?? '';
}

/** A percentile is a level over its bucket; there is a gap where no saga ended. */
function levels({ d3 }: Canvas, { values }: Series, { x, y, bucketUs }: Frame): string {
  const points = values.flatMap((value, i) => {
    const level = value === undefined ? Number.NaN : y(value);
    return [[x(i * bucketUs), level] as const, [x((i + 1) * bucketUs), level] as const];
  });
  const line = d3.line().digits(1);
  return line.defined(([, level]) => !Number.isNaN(level))(points) ?? '';
}

function shade({ svg }: Canvas, { top, bottom }: Plot, windows: readonly Window[], x: Scale): void {
  for (const { kind, fromUs, untilUs } of windows) {
    const [from, until] = [x(fromUs), x(untilUs)];
    mark(svg, 'rect', {
      class: `w-${kind}`,
      x: from,
      y: top,
      width: Math.max(until - from, 1),
      height: bottom - top,
    });
  }
}

/** Above the first panel, each over its window; one that would cover another is left to the note and the table. */
function nameWindows({ svg }: Canvas, windows: readonly Window[], x: Scale, right: number): void {
  let free = 0;
  for (const { kind, name, fromUs } of windows.toSorted((a, b) => a.fromUs - b.fromUs)) {
    const width = widthOf(name) + 18;
    const at = Math.min(x(fromUs), right - width);
    if (at < free) continue;
    mark(svg, 'rect', { class: `w-${kind} outline-thin`, x: at, y: 1, width: 12, height: 12 });
    label(svg, name, { x: at + 16, y: 11 });
    free = at + width + 8;
  }
}
