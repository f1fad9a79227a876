// How long sagas, undos and steps took: the share that ended within a time, the slow tail, and the percentiles as numbers.

import type { Point } from 'd3-node';
import type { Percentiles, RecordedCurves, RunRecord } from '../../../simulator/run-record.ts';
import { duration, number } from '../../wording.ts';
import { apart, decadesAround, drawXAxis, drawYAxis, type Plot, type Tick } from '../axes.ts';
import { type Cell, type DataTable, dataTable } from '../data-table.ts';
import { figure } from '../figure.ts';
import { besideLines } from '../line-labels.ts';
import { html, type Markup } from '../markup.ts';
import { type Canvas, label, mark, type Pen, widthOf } from '../pen.ts';
import { absent, type Section } from '../section.ts';
import { timeWord } from './summary.ts';

interface Curve {
  readonly name: string;
  /** Number of its dash and colour. */
  readonly series: number;
  /** By the shares of `permille`. */
  readonly us: readonly number[];
}

/** Where the slow tail ends that is drawn: one in a thousand. */
const TAIL_PERMILLE = 999;
const TAIL_TICKS: readonly Tick[] = [
  { at: 1, text: '0 %' },
  { at: 0.5, text: '50 %' },
  { at: 0.1, text: '90 %' },
  { at: 0.01, text: '99 %' },
  { at: 0.001, text: '99.9 %' },
];

export function latencySection(record: RunRecord, pen: Pen): Section {
  const { curves } = record;
  const drawn = curves === undefined ? [] : curvesOf(curves);
  const charts =
    curves === undefined || drawn.length === 0
      ? absent(
          curves === undefined
            ? 'This record has no curves: it was made by an older version.'
            : 'No saga ended.',
        )
      : html`${spread(curves, drawn, record, pen)}${tail(curves, drawn, record, pen)}`;
  return {
    id: 'latency',
    title: `Latency in ${timeWord(record)} time`,
    body: html`${percentiles(record)}${charts}`,
  };
}

function curvesOf({ saga, compensation, step }: RecordedCurves): readonly Curve[] {
  return [
    { name: 'saga', series: 1, us: saga },
    { name: 'undo', series: 2, us: compensation },
    { name: 'step', series: 3, us: step },
  ].filter(({ us }) => us.length > 0);
}

function percentiles({ latencyUs }: RunRecord): Markup {
  const rows = (
    [
      ['saga', latencyUs.saga],
      ['undo', latencyUs.compensation],
      ['step', latencyUs.step],
    ] as const
  ).map(([name, of]) => rowOf(name, of));
  const times = ['p50', 'p90', 'p99', 'p99.9', 'max'];
  return html`<p class="note">A saga from the request to its end; an undo from its begin to its end; a step from its first call until it stood in the log.</p>
${dataTable({
  name: 'Percentiles of latency',
  columns: [
    { title: 'Of a' },
    { title: 'Observed', isNumber: true },
    ...times.map((title) => ({ title, isNumber: true, csv: `${title} in µs` })),
  ],
  rows,
})}`;
}

function rowOf(name: string, { count, p50, p90, p99, p999, max }: Percentiles): readonly Cell[] {
  const times = [p50, p90, p99, p999, max].map((us) =>
    count === 0 ? { text: '–', value: '' } : { text: duration(us), value: us },
  );
  return [name, { text: number(count), value: count }, ...times];
}

function plotOf({ width, height }: Canvas): Plot {
  return { left: 46, top: 26, right: width - 12, bottom: height - 40 };
}

/** The ends of an axis of durations: what nobody's eye can tell from 0 is drawn at its left end. */
function rangeOf(curves: readonly Curve[]): readonly Tick[] {
  const all = curves.flatMap(({ us }) => us).filter((us) => us > 0);
  const high = Math.max(1_000, ...all);
  return decadesAround(Math.max(Math.min(high, ...all), 1), high);
}

function spread(curves: RecordedCurves, drawn: readonly Curve[], record: RunRecord, pen: Pen): Markup {
  const caption = {
    name: 'Share that ended within a time',
    description: `${drawn.map((curve) => `Half of all ${plural(curve)} within ${duration(at(curves, curve, 500))}, 99 % within ${duration(at(curves, curve, 990))}`).join('. ')}.`,
  };
  const drawing = pen.draw(caption, 300, (canvas) =>
    drawSpread(canvas, curves, drawn, `${timeWord(record)} time, by powers of ten`),
  );
  return figure({
    id: 'latency-spread',
    title: 'Share that ended within a time',
    note: 'The steeper and the further left, the better.',
    drawing,
    table: curveTable('Latency by share', curves, drawn),
  });
}

function drawSpread(
  canvas: Canvas,
  { permille }: RecordedCurves,
  drawn: readonly Curve[],
  title: string,
): void {
  const plot = plotOf(canvas);
  const ticks = rangeOf(drawn);
  const x = canvas.d3
    .scaleLog()
    .domain([ticks[0]!.at, ticks.at(-1)!.at])
    .range([plot.left, plot.right])
    .clamp(true);
  const y = canvas.d3.scaleLinear().domain([0, 1_000]).range([plot.bottom, plot.top]);
  drawXAxis(canvas, plot, x, ticks, title);
  drawYAxis(
    canvas,
    plot,
    y,
    [0, 250, 500, 750, 1_000].map((at) => ({ at, text: `${at / 10} %` })),
    'ended within',
  );
  const points = drawn.map(({ us }) => us.map((value, i): Point => [x(Math.max(value, 1)), y(permille[i]!)]));
  const line = canvas.d3.line().digits(1);
  drawn.forEach(({ series }, i) => {
    mark(canvas.svg, 'path', { class: `series s${series}`, d: line(points[i]!) ?? '' });
  });
  const places = besideLines(
    points,
    drawn.map(({ name }) => name),
    plot,
  );
  drawn.forEach(({ name, series }, i) => {
    const { x, y, anchor } = places[i]!;
    label(canvas.svg, name, { class: `halo strong t${series}`, x, y, 'text-anchor': anchor });
  });
}

function tail(curves: RecordedCurves, drawn: readonly Curve[], record: RunRecord, pen: Pen): Markup {
  const caption = {
    name: 'The slow tail',
    description: `${drawn.map((curve) => `The slowest of a thousand ${plural(curve)} took ${duration(at(curves, curve, TAIL_PERMILLE))}, the slowest of all ${duration(at(curves, curve, 1_000))}`).join('. ')}.`,
  };
  return figure({
    id: 'latency-tail',
    title: 'The slow tail',
    note: 'Each mark to the right is ten times as rare: one in ten, in a hundred, in a thousand.',
    drawing: pen.draw(caption, 320, (canvas) => drawTail(canvas, curves, drawn, `${timeWord(record)} time`)),
    table: curveTable('Latency by percentile', curves, drawn),
  });
}

function drawTail(
  canvas: Canvas,
  { permille }: RecordedCurves,
  drawn: readonly Curve[],
  title: string,
): void {
  const names = Math.max(...drawn.map(({ name }) => widthOf(name)));
  const inner = plotOf(canvas);
  const plot: Plot = { ...inner, left: 56, right: inner.right - (canvas.isNarrow ? 0 : names) };
  const ticks = rangeOf(drawn);
  const x = canvas.d3.scaleLog().domain([1, 0.001]).range([plot.left, plot.right]);
  const y = canvas.d3
    .scaleLog()
    .domain([ticks[0]!.at, ticks.at(-1)!.at])
    .range([plot.bottom, plot.top])
    .clamp(true);
  drawXAxis(canvas, plot, x, TAIL_TICKS, 'of all ended within the time');
  drawYAxis(canvas, plot, y, ticks, title);
  const line = canvas.d3.line().digits(1);
  const until = permille.findLastIndex((share) => share <= TAIL_PERMILLE);
  const ends = drawn.map(({ us }) => y(Math.max(us[until]!, 1)));
  const heights = apart(ends, plot.top + (canvas.isNarrow ? 16 : 4), plot.bottom);
  drawn.forEach(({ name, series, us }, i) => {
    const points = us
      .slice(0, until + 1)
      .map((value, k) => [x(1 - permille[k]! / 1_000), y(Math.max(value, 1))] as const);
    mark(canvas.svg, 'path', { class: `series s${series}`, d: line(points) ?? '' });
    const isInside = canvas.isNarrow;
    label(canvas.svg, name, {
      class: `halo strong t${series}`,
      x: plot.right + (isInside ? -2 : 6),
      y: heights[i]! + (isInside ? -5 : 4),
      'text-anchor': isInside ? 'end' : 'start',
    });
  });
}

function plural({ name }: Curve): string {
  return `${name}s`;
}

function at({ permille }: RecordedCurves, { us }: Curve, share: number): number {
  return us[permille.findIndex((one) => one >= share)] ?? us.at(-1)!;
}

function curveTable(name: string, { permille }: RecordedCurves, drawn: readonly Curve[]): DataTable {
  return {
    name,
    columns: [
      { title: 'Within the time', csv: 'share in %' },
      ...drawn.map((curve) => ({ title: curve.name, isNumber: true, csv: `${curve.name} in µs` })),
    ],
    rows: permille.map((share, i): readonly Cell[] => [
      { text: `${Number((share / 10).toFixed(2))} %`, value: Number((share / 10).toFixed(2)) },
      ...drawn.map(({ us }) => ({ text: duration(us[i]!), value: us[i]! })),
    ]),
  };
}
