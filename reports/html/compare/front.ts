// The Pareto front: how long sagas take at worst, what that costs in calls, and how many complete. Nothing is better than a
// policy of the front in all three.

import type { ComparedPolicy, CompareRecord } from '../../../simulator/compare-record.ts';
import { contendersOf } from '../../compare-rows.ts';
import { duration, percent } from '../../wording.ts';
import { decadesAround, drawXAxis, drawYAxis, durationTicks, numberTicks, type Plot } from '../axes.ts';
import { figure } from '../figure.ts';
import type { Markup } from '../markup.ts';
import { type Canvas, mark, type Pen } from '../pen.ts';
import { type NamedPoint, nameAll } from '../point-labels.ts';

const HEIGHT = 320;
/** Times that differ more than so many times are drawn on a logarithm. */
const SPREAD = 5;
/** Beside all points, of what they span and of the largest value. */
const ROOM = 0.25;
const ROOM_LEAST = 0.1;
/** So many points find room for their names; each more needs a line. */
const POINTS_FEW = 8;
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
      HEIGHT + LINE * Math.max(0, points.length - POINTS_FEW),
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
  const { svg, d3, width, height, isNarrow } = canvas;
  const plot: Plot = { left: 46, top: 26, right: width - 16, bottom: height - 44 };
  const times = points.map(({ p99Us }) => Math.max(1, p99Us));
  const decades = decadesAround(Math.min(...times), Math.max(...times));
  const isWide = Math.max(...times) > SPREAD * Math.min(...times);
  const domain = isWide ? ([decades[0]!.at, decades.at(-1)!.at] as const) : withRoom(times);
  const x = (isWide ? d3.scaleLog() : d3.scaleLinear()).domain(domain).range([plot.left + 6, plot.right - 6]);
  const xTicks = isWide ? decades : durationTicks(domain[0], domain[1], isNarrow ? 5 : 8);
  const y = d3
    .scaleLinear()
    .domain(withRoom(points.map(({ calls }) => calls)))
    .nice()
    .range([plot.bottom, plot.top]);
  drawXAxis(canvas, plot, x, xTicks, 'p99 latency');
  const yTicks = numberTicks(y, 5, (value) => `${Number(value.toPrecision(6))}`);
  drawYAxis(canvas, plot, y, yTicks, 'calls per saga');
  const named = points.map(({ name, p99Us, calls, completed }): NamedPoint => {
    const isStrong = name === recommended;
    const rest = `${isStrong ? ' ★' : ''} ${percent(completed)}`;
    return { at: [x(Math.max(1, p99Us)), y(calls)], name, rest, isStrong };
  });
  nameAll(canvas, named, plot);
  for (const [i, { isOnFront }] of points.entries()) {
    const [cx, cy] = named[i]!.at;
    mark(svg, 'rect', { class: isOnFront ? 'told' : 'untold', x: cx - 5, y: cy - 5, width: 10, height: 10 });
  }
}

/** Some more than all values; what differs by less than {@link ROOM_LEAST} looks like little. */
function withRoom(values: readonly number[]): readonly [low: number, high: number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(ROOM * (most - least), ROOM_LEAST * most) || 1;
  return [Math.max(0, least - room), most + room];
}
