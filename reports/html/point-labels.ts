// Names of points: each beside its mark where there is room, else further off, with a line that leads back to it.
//
// P1. A name covers no mark, its own included, and no other name while there is room for that.
// P2. Names stay inside the plot. One that is too long for it loses its beginning.

import type { Point } from 'd3-node';
import type { Plot } from './axes.ts';
import { type Box, overlap } from './line-labels.ts';
import { type Canvas, fitting, label, mark, rounded, widthOf } from './pen.ts';

/** A point with what stands beside it. */
export interface NamedPoint {
  readonly at: Point;
  readonly name: string;
  /** What follows the name, never shortened. */
  readonly rest: string;
  /** The first choice of a place, in a heavier hand. */
  readonly isStrong: boolean;
}

interface Place {
  readonly box: Box;
  readonly anchor: 'start' | 'middle' | 'end';
  /** From the mark to the nearest of the name. */
  readonly leader: readonly [Point, Point];
  readonly isLed: boolean;
  readonly cost: number;
}

/** Half the side of a mark, with its stroke. */
const MARK = 6;
const GAP = 11;
const HALF_HEIGHT = 8;
const STRIDE = 5;
/** Of its width so much may stand to the left of the point. */
const SHIFTS: readonly number[] = [0.5, 0.25, 0.75];
/** From so many points on, names are short. */
const MANY = 9;
/** Names further off than this, or nearer to another mark, have a leader. */
const NEAR = 14;
/** Letters differ, and those of a heavier hand are wider. */
const WIDER = 1.12;
const WIDER_STRONG = 1.25;
/** What is worse than any distance, the worst first. */
const COST = { name: 100_000, mark: 20_000, crossing: 2_000, astray: 60 } as const;

/** Draws the names; the marks are drawn over their leaders by who calls, afterwards. */
export function nameAll(canvas: Canvas, points: readonly NamedPoint[], plot: Plot): void {
  const marks = points.map(({ at }) => around(at));
  const taken: Place[] = [];
  const order = points.toSorted((a, b) => Number(b.isStrong) - Number(a.isStrong));
  for (const point of order) {
    const wider = point.isStrong ? WIDER_STRONG : WIDER;
    const most = (plot.right - plot.left - 4) / (points.length < MANY ? 1 : 2);
    const room = most / wider - widthOf(point.rest);
    const text = `${fitting(point.name, room)}${point.rest}`;
    const places = placesOf(point.at, wider * widthOf(text), plot, { marks, taken });
    const place = places.reduce((best, one) => (one.cost < best.cost ? one : best));
    taken.push(place);
    draw(canvas, text, point.isStrong, place);
  }
}

function draw({ svg }: Canvas, text: string, isStrong: boolean, { box, anchor, leader, isLed }: Place): void {
  if (isLed) {
    const [from, to] = leader.map(([x, y]) => `${rounded(x)},${rounded(y)}`);
    mark(svg, 'path', { class: 'leader', d: `M${from}L${to}` });
  }
  const { left, right } = box;
  label(svg, text, {
    class: isStrong ? 'strong halo' : 'halo',
    x: anchor === 'start' ? left : anchor === 'end' ? right : (left + right) / 2,
    y: (box.top + box.bottom) / 2 + 4,
    'text-anchor': anchor,
  });
}

interface Others {
  readonly marks: readonly Box[];
  readonly taken: readonly Place[];
}

/** To the right, to the left, and above or below, in every height of the plot; of equals the first. */
function placesOf(at: Point, width: number, plot: Plot, others: Others): readonly Place[] {
  const [x, y] = at;
  const rows = Math.ceil((plot.bottom - plot.top) / STRIDE);
  const heights = Array.from({ length: 2 * rows + 1 }, (_, i) => y + (i - rows) * STRIDE).filter(
    (height) => height >= plot.top + HALF_HEIGHT && height <= plot.bottom - HALF_HEIGHT,
  );
  const sides = [
    { anchor: 'start', wanted: x + GAP },
    { anchor: 'end', wanted: x - GAP - width },
    ...SHIFTS.map((share) => ({ anchor: 'middle', wanted: x - share * width }) as const),
  ] as const;
  return heights.flatMap((height) =>
    sides.map(({ anchor, wanted }, bias): Place => {
      const left = Math.max(plot.left + 2, Math.min(wanted, plot.right - 2 - width)); // P2
      const box = { left, right: left + width, top: height - HALF_HEIGHT, bottom: height + HALF_HEIGHT };
      const leader = leaderTo(box, at);
      const isLed = isAstray(box, at, others) || lengthOf(leader) > NEAR;
      const off = (left === wanted ? bias : sides.length) + Math.abs(height - y) / 1_000;
      return { box, anchor, leader, isLed, cost: off + costOf(box, leader, isLed, at, others) };
    }),
  );
}

function costOf(
  box: Box,
  leader: Place['leader'],
  isLed: boolean,
  at: Point,
  { marks, taken }: Others,
): number {
  const names = taken.filter((other) => overlap(box, other.box)).length;
  const covered = marks.filter((one) => overlap(box, one)).length;
  const struck = taken.filter((other) => other.isLed && crosses(other.leader, box)).length;
  const own = around(at);
  const others = marks.filter((one) => !overlap(one, own));
  const onTheWay = isLed
    ? [...taken.map((other) => other.box), ...others].filter((one) => crosses(leader, one)).length
    : 0;
  return (
    names * COST.name +
    covered * COST.mark +
    (struck + onTheWay) * COST.crossing +
    (isLed ? COST.astray + lengthOf(leader) : lengthOf(leader) / 100)
  );
}

/** Whether it stands nearer to the mark of another, and would be taken for its name. */
function isAstray(box: Box, at: Point, { marks }: Others): boolean {
  const own = lengthOf(leaderTo(box, at));
  return marks.some((one) => !contains(one, at) && lengthOf(leaderTo(box, middleOf(one))) <= own);
}

function leaderTo({ left, right, top, bottom }: Box, [x, y]: Point): readonly [Point, Point] {
  return [
    [x, y],
    [Math.min(Math.max(x, left), right), Math.min(Math.max(y, top), bottom)],
  ];
}

function lengthOf([[x1, y1], [x2, y2]]: Place['leader']): number {
  return Math.hypot(x2 - x1, y2 - y1);
}

/** Whether some of the line is inside of the box. */
function crosses([[x1, y1], [x2, y2]]: Place['leader'], { left, right, top, bottom }: Box): boolean {
  const [fromX, toX] = shareWithin(x1, x2, left, right);
  const [fromY, toY] = shareWithin(y1, y2, top, bottom);
  return Math.max(fromX, fromY) < Math.min(toX, toY);
}

/** From which part of the way to which it is between two bounds, in one direction. */
function shareWithin(at: number, end: number, low: number, high: number): readonly [number, number] {
  if (at === end) return at > low && at < high ? [0, 1] : [1, 0];
  const [a, b] = [(low - at) / (end - at), (high - at) / (end - at)];
  return [Math.max(0, Math.min(a, b)), Math.min(1, Math.max(a, b))];
}

function around([x, y]: Point): Box {
  return { left: x - MARK, right: x + MARK, top: y - MARK, bottom: y + MARK };
}

function middleOf({ left, right, top, bottom }: Box): Point {
  return [(left + right) / 2, (top + bottom) / 2];
}

function contains({ left, right, top, bottom }: Box, [x, y]: Point): boolean {
  return x > left && x < right && y > top && y < bottom;
}
