// The picture of the Pareto front: what is nearly the same looks so, and every name can be read.

import { describe, expect, test } from 'vitest';
import { front } from '../../../reports/html/compare/front.ts';
import { textOf } from '../../../reports/html/markup.ts';
import { Pen, widthOf } from '../../../reports/html/pen.ts';
import type { CompareRecord } from '../../../simulator/index.ts';
import { frontOf, looseFront, nearFront } from '../comparisons.ts';
import { all, type PageNode, pageTree } from './page-tree.ts';

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const PLOTS: Readonly<Record<string, Box>> = {
  wide: { left: 46, right: 894, top: 26, bottom: 276 },
  narrow: { left: 46, right: 344, top: 26, bottom: 276 },
};

function drawn(record: CompareRecord, which: string): PageNode {
  return all(pageTree(textOf(front(new Pen(), record)!)), `svg.${which}`)[0]!;
}

function numberOf(node: PageNode, name: string): number {
  return Number(node.getAttribute(name));
}

function marks(picture: PageNode): readonly Box[] {
  return all(picture, 'rect').map((node) => {
    const [left, top] = [numberOf(node, 'x'), numberOf(node, 'y')];
    return { left, top, right: left + numberOf(node, 'width'), bottom: top + numberOf(node, 'height') };
  });
}

function names(picture: PageNode): readonly (Box & { readonly text: string })[] {
  return all(picture, 'text.halo').map((node) => {
    const text = node.textContent;
    const [x, y, width] = [numberOf(node, 'x'), numberOf(node, 'y'), widthOf(text)];
    const anchor = node.getAttribute('text-anchor');
    const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
    return { text, left, right: left + width, top: y - 10, bottom: y + 2 };
  });
}

/** What the axes say: first those of the x axis, then those of the y axis. */
function ticks(picture: PageNode): readonly (readonly string[])[] {
  return all(picture, 'g.axis').map((axis) =>
    all(axis, 'text').flatMap((node) =>
      node.getAttribute('class') === 'axis-title' ? [] : [node.textContent],
    ),
  );
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function pairs<Value>(values: readonly Value[]): readonly (readonly [Value, Value])[] {
  return values.flatMap((a, i) => values.slice(i + 1).map((b) => [a, b] as const));
}

describe.each(Object.entries(PLOTS))('the %s picture', (which, plot) => {
  test.each([
    ['nearly the same', nearFront],
    ['loosely scattered', looseFront],
  ])('of policies that are %s: names cover neither marks nor one another, inside the plot', (_, record) => {
    const picture = drawn(record, which);
    const texts = names(picture);
    expect(texts).toHaveLength(record.policies.length);
    for (const name of texts) {
      expect(marks(picture).filter((one) => overlap(name, one))).toEqual([]);
      expect([name.left >= plot.left, name.right <= plot.right]).toEqual([true, true]);
      expect([name.top >= plot.top, name.bottom <= plot.bottom]).toEqual([true, true]);
    }
    expect(pairs(texts).filter(([a, b]) => overlap(a, b))).toEqual([]);
  });

  test('what differs by less than a hundredth stands close together', () => {
    const places = marks(drawn(nearFront, which));
    const span = (of: (box: Box) => number): number =>
      Math.max(...places.map(of)) - Math.min(...places.map(of));
    expect(span(({ left }) => left)).toBeLessThan(0.06 * (plot.right - plot.left));
    expect(span(({ top }) => top)).toBeLessThan(0.06 * (plot.bottom - plot.top));
  });

  test.each([
    ['nearly the same', nearFront],
    ['loosely scattered', looseFront],
    ['exactly the same', frontOf(['a', 'b'].map((name) => [name, 2_100_000, 5]))],
    ['small', frontOf([1_000, 1_001].map((us, i) => [`${i}`, us, 0.01 + i / 1_000]))],
    ['without a call', frontOf(['a', 'b'].map((name) => [name, 60_000_000, 0]))],
  ])('of policies that are %s: every tick says something else', (_, record) => {
    for (const axis of ticks(drawn(record, which))) {
      expect(new Set(axis).size).toBe(axis.length);
      expect(axis.length).toBeGreaterThan(1);
    }
  });
});

test('a name that was moved away is led back to its mark, one that stands beside it is not', () => {
  expect(all(drawn(nearFront, 'wide'), 'path.leader').length).toBeGreaterThan(0);
  const apart = frontOf([1, 2, 3].map((i) => [`policy ${i}`, i * 1_000_000, i]));
  expect(all(drawn(apart, 'wide'), 'path.leader')).toEqual([]);
});

test('ticks have the digits that tell them apart', () => {
  const [x, y] = ticks(drawn(nearFront, 'wide'));
  expect(x).toEqual(['1.9 s', '2.0 s', '2.1 s', '2.2 s', '2.3 s']);
  expect(y).toEqual(['4.6', '4.8', '5', '5.2', '5.4', '5.6']);
});
