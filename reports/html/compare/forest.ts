// Differences to the baseline with their intervals, one panel per metric: to the right of the line is more, to the left
// less; a filled mark can be told apart from noise, a hollow one cannot.

import type { Scale } from 'd3-node';
import type {
  ComparedPolicy,
  CompareRecord,
  MeasuredMetric,
  Metric,
} from '../../../simulator/compare-record.ts';
import { blocksOf, type CompareBlock } from '../../compare-rows.ts';
import { type Figure, figure } from '../figure.ts';
import { html, lines, type Markup } from '../markup.ts';
import { type Canvas, fitting, label, mark, NARROW, type Pen, rounded, WIDE, widthOf } from '../pen.ts';

const ROW = 26;
const ROW_STACKED = 44;
/** Columns of names and of differences, where there is room. */
const NAMES = 170;
const TEXTS = 150;
const SAME = 'the same';
const TOP = 8;
const BOTTOM = 34;

interface Row {
  readonly name: string;
  readonly isControl: boolean;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly hasInterval: boolean;
  readonly isTold: boolean;
  readonly text: string;
}

/** A panel per metric that has differences. */
export function forest(pen: Pen, record: CompareRecord): Markup {
  const blocks = blocksOf(record);
  return lines(
    record.metrics.map((metric, i) => {
      const rows = rowsOf(metric, record.policies, blocks[i]!);
      return rows.length === 0 ? undefined : figure(panel(pen, metric, rows, blocks[i]!));
    }),
  );
}

function rowsOf({ id }: Metric, policies: readonly ComparedPolicy[], block: CompareBlock): readonly Row[] {
  return policies.flatMap(({ name, role, metrics }, i) => {
    const measured: MeasuredMetric | undefined = metrics.find((metric) => metric.id === id);
    const difference = measured?.difference;
    if (difference === undefined) return [];
    const { value, interval, isDistinguishable } = difference;
    const shown = block.rows[i]!;
    return [
      {
        name: role === 'control' ? `${name} again` : name,
        isControl: role === 'control',
        value,
        low: interval?.low ?? value,
        high: interval?.high ?? value,
        hasInterval: interval !== undefined,
        isTold: isDistinguishable,
        text: shown.difference,
      },
    ];
  });
}

function panel(pen: Pen, metric: Metric, rows: readonly Row[], block: CompareBlock): Figure {
  const said = rows.map(({ name, text }) => `${name} ${text}`).join(', ');
  return {
    id: `difference-${metric.id}`,
    title: block.title,
    drawing: pen.draw(
      { name: `Differences in ${metric.title}`, description: said },
      (isNarrow) => heightOf(rows, isNarrow),
      (canvas) => paint(canvas, rows),
    ),
    table: {
      name: metric.title,
      columns: [
        { title: 'Policy' },
        { title: 'Value', isNumber: true },
        { title: 'Difference', isNumber: true },
        { title: '95 % interval' },
      ],
      rows: block.rows.map(({ policy, value, difference, interval }) => [
        policy,
        value,
        difference,
        interval,
      ]),
    },
  };
}

/** Where the parts of a panel stand. `isStacked`: names above their marks, because they are too long for a column. */
interface Layout {
  readonly isStacked: boolean;
  readonly row: number;
  readonly left: number;
  readonly right: number;
}

function layoutOf(rows: readonly Row[], isNarrow: boolean): Layout {
  const isStacked = isNarrow || rows.some(({ name }) => 1.1 * widthOf(name) > NAMES - 10);
  if (!isStacked) return { isStacked, row: ROW, left: NAMES, right: WIDE - TEXTS };
  return isNarrow
    ? { isStacked, row: ROW_STACKED, left: 8, right: NARROW - 8 }
    : { isStacked, row: ROW_STACKED, left: 8, right: WIDE - TEXTS };
}

function heightOf(rows: readonly Row[], isNarrow: boolean): number {
  return TOP + BOTTOM + layoutOf(rows, isNarrow).row * rows.length;
}

function paint(canvas: Canvas, rows: readonly Row[]): void {
  const { svg, d3, width, isNarrow } = canvas;
  const layout = layoutOf(rows, isNarrow);
  const ends = rows.flatMap(({ low, high, value }) => [low, high, value, 0]);
  const x = d3
    .scaleLinear()
    .domain([Math.min(...ends), Math.max(...ends)])
    .nice()
    .range([layout.left, layout.right]);
  const bottom = TOP + layout.row * rows.length;
  mark(svg, 'path', { class: 'zero', d: `M${rounded(x(0))},${TOP}V${bottom + 6}` });
  const half = widthOf(SAME) / 2;
  const at = Math.min(Math.max(x(0), half), width - half);
  label(svg, SAME, { class: 'dimmed', x: at, y: bottom + 22, 'text-anchor': 'middle' });
  rows.forEach((row, i) => {
    drawRow(canvas, row, x, { ...layout, top: TOP + layout.row * i });
  });
}

function drawRow(
  { svg, width, isNarrow }: Canvas,
  row: Row,
  x: Scale,
  { isStacked, row: height, left, right, top }: Layout & { readonly top: number },
): void {
  const y = top + (isStacked ? height - 14 : height / 2);
  const textY = isStacked ? top + 14 : y + 4;
  const look = row.isTold ? 'strong' : 'dimmed';
  const text = isNarrow ? { x: width, y: textY, 'text-anchor': 'end' } : { x: right + 10, y: y + 4 };
  const room = isNarrow ? width - 1.1 * widthOf(row.text) - 12 : width;
  label(svg, fitting(row.name, room / 1.1), {
    class: `${row.isControl ? 'dimmed' : 'strong'} halo`,
    ...(isStacked ? { x: 0, y: textY } : { x: left - 10, y: textY, 'text-anchor': 'end' }),
  });
  if (row.hasInterval) {
    const [from, to] = [rounded(x(row.low)), rounded(x(row.high))];
    mark(svg, 'path', {
      class: 'interval',
      d: `M${from},${rounded(y - 5)}v10M${from},${rounded(y)}H${to}M${to},${rounded(y - 5)}v10`,
    });
  }
  mark(svg, 'circle', { class: row.isTold ? 'told' : 'untold', cx: x(row.value), cy: y, r: 5 });
  label(svg, row.text, { class: `${look} halo`, ...text });
}

/** How the marks look. */
export const FOREST_STYLE = `
.same { fill: var(--card); stroke: var(--dim); stroke-width: 1.5 } .zero { stroke: var(--dim); stroke-width: 1; stroke-dasharray: 3 3; fill: none } .interval { stroke: var(--ink);
  stroke-width: 1.5; fill: none } .told { fill: var(--c1); stroke: var(--c1); stroke-width: 2 } .untold { fill: var(--card);
  stroke: var(--dim); stroke-width: 2 } .leader { stroke: var(--dim); stroke-width: 1; fill: none } #policies tbody th { overflow-wrap: anywhere; min-width: 9rem }
`;

/** How to read it. */
export function forestNote(baseline: string): Markup {
  return html`<p class="note">Each mark is a policy less “${baseline}” on the same seeds, with its 95 % interval. Filled: can be
told apart from noise. Hollow, and ~: cannot. “Again” is the baseline on other seeds, which is what noise alone does: it is
not paired seed by seed, so its intervals are wider, and one in twenty of them misses zero by chance.</p>`;
}
