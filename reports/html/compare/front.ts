// The Pareto front: how long sagas take at worst, what that costs in calls, and how many complete. Nothing is better than a
// policy of the front in all three.

import type { ComparedPolicy, CompareRecord } from '../../../simulator/compare-record.ts';
import { contendersOf } from '../../compare-rows.ts';
import { duration, percent } from '../../wording.ts';
import { decadesAround, drawXAxis, drawYAxis, numberTicks, type Plot } from '../axes.ts';
import { figure } from '../figure.ts';
import type { Markup } from '../markup.ts';
import { type Canvas, label, mark, type Pen, widthOf } from '../pen.ts';

const HEIGHT = 320;
/** Times that differ more than so many times are drawn on a logarithm. */
const SPREAD = 5;
/** Between names. */
const LINE = 15;

interface Point {
  readonly name: string;
  readonly p99Us: number;
  readonly calls: number;
  readonly completed: number;
  readonly isOnFront: boolean;
}

export function front(pen: Pen, record: CompareRecord): Markup | undefined {
  const { policies, recommended } = record;
  const { one, many, One } = contendersOf(record);
  const points = policies.filter(({ role }) => role !== 'control').flatMap(pointOf);
  if (points.length < 2) return undefined;
  return figure({
    id: 'front',
    title: `Which ${many} are not beaten by another`,
    note: `Down and to the left is better; the number says how many sagas complete. Filled squares are on the front: no other ${one} is as good in all three and better in one.`,
    drawing: pen.draw(
      {
        name: `Pareto front of the ${many}`,
        description: points
          .map(({ name, isOnFront }) => `${name} ${isOnFront ? 'on the front' : 'beaten'}`)
          .join(', '),
      },
      HEIGHT,
      (canvas) => paint(canvas, points, recommended),
    ),
    table: {
      name: 'Pareto front',
      columns: [
        { title: One },
        { title: 'p99 latency', isNumber: true, csv: 'p99_us' },
        { title: 'Calls per saga', isNumber: true },
        { title: 'Completed', isNumber: true },
        { title: 'On the front' },
      ],
      rows: points.map(({ name, p99Us, calls, completed, isOnFront }) => [
        name,
        { text: duration(p99Us), value: p99Us },
        { text: calls.toFixed(2), value: calls },
        { text: percent(completed), value: completed },
        isOnFront ? 'yes' : 'no',
      ]),
    },
  });
}

function pointOf({ name, metrics, isOnFront }: ComparedPolicy): readonly Point[] {
  const value = (id: string): number | undefined => metrics.find((metric) => metric.id === id)?.value;
  const [p99Us, calls, completed] = [value('latency-p99'), value('calls'), value('completed')];
  if (p99Us === undefined || calls === undefined || completed === undefined) return [];
  return [{ name, p99Us, calls, completed, isOnFront }];
}

function paint(canvas: Canvas, points: readonly Point[], recommended: string): void {
  const { svg, d3, width, height } = canvas;
  const plot: Plot = { left: 46, top: 26, right: width - 16, bottom: height - 44 };
  const times = points.map(({ p99Us }) => Math.max(1, p99Us));
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const isWide = most > SPREAD * least;
  const decades = decadesAround(least, most);
  const room = Math.max(1, 0.25 * (most - least));
  const domain = isWide ? [decades[0]!.at, decades.at(-1)!.at] : [Math.max(0, least - room), most + room];
  const x = (isWide ? d3.scaleLog() : d3.scaleLinear()).domain(domain).range([plot.left + 6, plot.right - 6]);
  const xTicks = isWide ? decades : numberTicks(x, canvas.isNarrow ? 3 : 6, (us) => duration(Math.round(us)));
  const calls = points.map((point) => point.calls);
  const spread = Math.max(0.1, Math.max(...calls) - Math.min(...calls));
  const y = d3
    .scaleLinear()
    .domain([Math.max(0, Math.min(...calls) - 0.3 * spread), Math.max(...calls) + 0.3 * spread])
    .nice()
    .range([plot.bottom, plot.top]);
  drawXAxis(canvas, plot, x, xTicks, 'p99 latency');
  drawYAxis(
    canvas,
    plot,
    y,
    numberTicks(y, 5, (value) => `${Number(value.toFixed(2))}`),
    'calls per saga',
  );
  const places = points.map(({ p99Us, calls: perSaga }): readonly [number, number] => [
    x(Math.max(1, p99Us)),
    y(perSaga),
  ]);
  for (const [i, { isOnFront }] of points.entries()) {
    const [cx, cy] = places[i]!;
    mark(svg, 'rect', { class: isOnFront ? 'told' : 'untold', x: cx - 5, y: cy - 5, width: 10, height: 10 });
  }
  nameAll(canvas, points, places, plot, recommended);
}

/** Each name beside its mark, or above it where there is no room; under a name that stands there already. */
function nameAll(
  { svg, width }: Canvas,
  points: readonly Point[],
  places: readonly (readonly [number, number])[],
  plot: Plot,
  recommended: string,
): void {
  const taken: { readonly left: number; readonly right: number; readonly y: number }[] = [];
  points.forEach(({ name, completed }, i) => {
    const [cx, cy] = places[i]!;
    const text = `${name}${name === recommended ? ' ★' : ''} ${percent(completed)}`;
    const size = 1.1 * widthOf(text);
    const isRight = cx + 12 + size < plot.right;
    const isAbove = !isRight && cx - 12 - size < plot.left;
    const middle = Math.min(Math.max(cx, size / 2), width - size / 2);
    const left = isAbove ? middle - size / 2 : isRight ? cx + 11 : cx - 11 - size;
    let at = isAbove ? cy - 10 : cy + 4;
    const isTaken = (one: (typeof taken)[number]): boolean =>
      one.left < left + size && left < one.right && Math.abs(one.y - at) < LINE;
    while (taken.some(isTaken)) at += LINE;
    taken.push({ left, right: left + size, y: at });
    label(svg, text, {
      class: name === recommended ? 'strong halo' : 'halo',
      x: isAbove ? middle : isRight ? left : left + size,
      y: at,
      'text-anchor': isAbove ? 'middle' : isRight ? 'start' : 'end',
    });
  });
}
