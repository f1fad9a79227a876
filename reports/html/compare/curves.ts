// How long sagas took under each policy: which share had ended after so long.

import type { CompareRecord } from '../../../simulator/compare-record.ts';
import { duration, percent } from '../../wording.ts';
import { decadesAround, drawXAxis, drawYAxis, type Plot } from '../axes.ts';
import { figure } from '../figure.ts';
import { drawLegend, LEGEND_ROW, legendRows } from '../legend.ts';
import type { Markup } from '../markup.ts';
import { type Canvas, mark, type Pen, rounded } from '../pen.ts';

const HEIGHT = 320;
const LINES_MAX = 5;
const SHARES = [0, 250, 500, 750, 900, 1_000];

interface Curve {
  readonly name: string;
  readonly permille: readonly number[];
  readonly us: readonly number[];
}

export function latencies(pen: Pen, { policies }: CompareRecord): Markup | undefined {
  const curves = policies.flatMap(({ name, role, curves: own }): readonly Curve[] =>
    role === 'control' || own === undefined || own.sagaUs.length === 0
      ? []
      : [{ name, permille: own.permille, us: own.sagaUs }],
  );
  if (curves.length === 0) return undefined;
  const drawn = curves.slice(0, LINES_MAX);
  const left = curves.length - drawn.length;
  return figure({
    id: 'latencies',
    title: 'How long sagas take',
    note: `The share of sagas that had ended after so long, over all seeds. Further to the left is faster.${left > 0 ? ` The first ${LINES_MAX} policies are drawn; ${left} more are in the table.` : ''}`,
    drawing: pen.draw(
      {
        name: 'Latency of sagas by policy',
        description: drawn
          .map(({ name, us, permille }) => `half of ${name} within ${duration(us[permille.indexOf(500)]!)}`)
          .join(', '),
      },
      (isNarrow) => HEIGHT + legendHeight(drawn, isNarrow),
      (canvas) => paint(canvas, drawn),
    ),
    table: {
      name: 'Latency of sagas',
      columns: [
        { title: 'Share' },
        ...curves.map(({ name }) => ({ title: name, isNumber: true, csv: `${name}_us` })),
      ],
      rows: curves[0]!.permille.map((permille, i) => [
        percent(permille / 1_000),
        ...curves.map(({ us }) => ({ text: duration(us[i]!), value: us[i]! })),
      ]),
    },
  });
}

function legendHeight(curves: readonly Curve[], isNarrow: boolean): number {
  const names = curves.map(({ name }) => name);
  return legendRows(names, isNarrow) * LEGEND_ROW;
}

/** Names stand above: those of a sweep are too long to stand beside their lines. */
function paint(canvas: Canvas, curves: readonly Curve[]): void {
  const { svg, d3, width, height, isNarrow } = canvas;
  const top = 26 + legendHeight(curves, isNarrow);
  const plot: Plot = { left: 46, top, right: width - 16, bottom: height - 44 };
  drawLegend(
    canvas,
    curves.map(({ name }, i) => ({ line: `series s${i + 1}`, text: name })),
    12,
  );
  const all = curves.flatMap(({ us }) => us).map((us) => Math.max(1, us));
  const ticks = decadesAround(Math.min(...all), Math.max(...all));
  const x = d3
    .scaleLog()
    .domain([ticks[0]!.at, ticks.at(-1)!.at])
    .range([plot.left + 4, plot.right]);
  const y = d3.scaleLinear().domain([0, 1_000]).range([plot.bottom, plot.top]);
  drawXAxis(canvas, plot, x, ticks, 'from the request to the end');
  drawYAxis(
    canvas,
    plot,
    y,
    SHARES.map((at) => ({ at, text: `${at / 10} %` })),
    'share of sagas',
  );
  curves.forEach(({ us, permille }, i) => {
    const d = us
      .map(
        (value, k) => `${k === 0 ? 'M' : 'L'}${rounded(x(Math.max(1, value)))},${rounded(y(permille[k]!))}`,
      )
      .join('');
    mark(svg, 'path', { class: `series s${i + 1}`, d });
  });
}
