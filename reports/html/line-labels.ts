// Names beside lines, instead of a legend: each where it covers the least of what is drawn.

import type { Point } from 'd3-node';
import type { Plot } from './axes.ts';
import { widthOf } from './pen.ts';

export interface LabelPlace {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
}

/** What text takes. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Lines are looked at every so many units. */
const STRIDE = 4;
const GAP = 7;
const HALF_HEIGHT = 8;
/** To cover another name is worse than any line. */
const NAME_COST = 1_000;

/** A place for each name beside its line; the first lines choose first. */
export function besideLines(
  lines: readonly (readonly Point[])[],
  names: readonly string[],
  plot: Plot,
): readonly LabelPlace[] {
  const dense = lines.map(sampled);
  const all = dense.flat();
  const taken: Box[] = [];
  return dense.map((points, i) => {
    const best = candidatesOn(points, names[i]!, plot).reduce<
      { place: LabelPlace; box: Box; cost: number } | undefined
    >((least, { place, box }) => {
      const cost = costOf(box, all, taken, plot);
      return least === undefined || cost < least.cost ? { place, box, cost } : least;
    }, undefined);
    if (best === undefined) return { x: plot.left + GAP, y: plot.top + 12 + 15 * i, anchor: 'start' };
    taken.push(best.box);
    return best.place;
  });
}

function sampled(points: readonly Point[]): readonly Point[] {
  return points.flatMap(([x, y], i): readonly Point[] => {
    const next = points[i + 1];
    if (next === undefined) return [[x, y]];
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(next[0] - x), Math.abs(next[1] - y)) / STRIDE));
    return Array.from({ length: steps }, (_, k) => [
      x + ((next[0] - x) * k) / steps,
      y + ((next[1] - y) * k) / steps,
    ]);
  });
}

function candidatesOn(
  points: readonly Point[],
  name: string,
  plot: Plot,
): readonly { readonly place: LabelPlace; readonly box: Box }[] {
  const width = widthOf(name) + 4;
  return points.flatMap(([x, y]) => {
    if (y < plot.top + HALF_HEIGHT || y > plot.bottom - HALF_HEIGHT) return [];
    const [top, bottom] = [y - HALF_HEIGHT, y + HALF_HEIGHT];
    return [
      {
        place: { x: x + GAP, y: y + 4, anchor: 'start' },
        box: { left: x + GAP - 2, right: x + GAP + width, top, bottom },
      },
      {
        place: { x: x - GAP, y: y + 4, anchor: 'end' },
        box: { left: x - GAP - width, right: x - GAP + 2, top, bottom },
      },
    ] as const;
  });
}

function costOf(box: Box, points: readonly Point[], taken: readonly Box[], plot: Plot): number {
  const covered = points.filter(
    ([x, y]) => x > box.left && x < box.right && y > box.top && y < box.bottom,
  ).length;
  const names = taken.filter((other) => overlap(other, box)).length;
  const outside = Math.max(0, plot.left - box.left) + Math.max(0, box.right - plot.right);
  // Of equals, the one in the middle of the height.
  const off = Math.abs((box.top + box.bottom) / 2 - (plot.top + plot.bottom) / 2) / 1_000;
  return covered * 10 + (names + (outside > 0 ? 1 : 0)) * NAME_COST + outside + off;
}
