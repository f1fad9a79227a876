// How many partitions each worker should have, and that they come to rest there.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adjustmentOf, type Share } from '../../../engine/live/fair-shares.ts';

const ALL = 1_000;

/** What the first of some workers should do, where each of them holds so many. */
function first(partitions: number, held: readonly number[], most: readonly number[] = []) {
  const [self, ...others] = held.map((held, i) => ({ name: `w-${i}`, held, most: most[i] ?? ALL }));
  const free = partitions - held.reduce((sum, each) => sum + each, 0);
  return adjustmentOf(self!, { partitions, free, others });
}

test.each<[what: string, adjustment: ReturnType<typeof first>, claims: number, gives: boolean]>([
  ['alone takes all', first(8, [0]), 8, false],
  ['alone takes what it may', first(8, [1], [3]), 2, false],
  ['takes its half', first(8, [0, 0]), 4, false],
  ['takes the greater part, when the other has the smaller one', first(5, [2, 2]), 1, false],
  ['leaves the other what it has a right to', first(4, [1, 2, 0]), 0, false],
  ['takes what it has a right to itself', first(6, [1, 1, 2]), 1, false],
  ['takes what the other does not want', first(8, [4, 1], [ALL, 1]), 3, false],
  ['gives back what the other has a right to', first(8, [8, 0]), 0, true],
  ['gives nothing back while there is enough', first(5, [3, 1]), 0, false],
  ['keeps the greater part', first(5, [3, 2]), 0, false],
  ['gives up the greater part when a third one comes', first(5, [3, 2, 0]), 0, true],
  ['leaves that to who has more', first(7, [3, 4, 0]), 0, false],
  ['does so if it is the first of those who have as much', first(4, [2, 2, 0]), 0, true],
  ['gives nothing to who does not want it', first(8, [7, 1], [ALL, 1]), 0, false],
  ['gives back what it may not have', first(8, [5, 3], [4, ALL]), 0, true],
])('a worker %s', (_what, { claims, gives }, claimed, given) => {
  expect([claims, gives]).toEqual([claimed, given]);
});

test('F3: a worker keeps its share, although another waits for that of a dead one', () => {
  const others = [{ name: 'w-1', held: 0, most: ALL }];
  const self = { name: 'w-0', held: 4, most: ALL };
  expect(adjustmentOf(self, { partitions: 8, free: 0, others })).toMatchObject({ claims: 0, gives: false });
});

interface Worker extends Share {
  held: number;
}

const arrivals = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('come'),
      most: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant(ALL)),
    }),
    fc.record({ kind: fc.constant('go'), who: fc.nat(9) }),
  ),
  { minLength: 1, maxLength: 12 },
);

/** Each looks in turn, in an order that is drawn. What is given back is free at once. @returns moves until it rests */
function settle(partitions: number, workers: readonly Worker[], order: readonly number[]): number {
  let moves = 0;
  for (let quiet = 0, i = 0; workers.length > 0 && quiet < 2 * workers.length; i++) {
    const at = i < order.length ? order[i]! % workers.length : i % workers.length;
    const self = workers[at]!;
    const free = partitions - workers.reduce((sum, { held }) => sum + held, 0);
    const others = workers.filter((other) => other !== self);
    const { claims, gives } = adjustmentOf(self, { partitions, free, others });
    expect(claims).toBeLessThanOrEqual(free);
    self.held += claims;
    if (gives) self.held--;
    moves += claims + (gives ? 1 : 0);
    quiet = claims === 0 && !gives ? (i < order.length ? 0 : quiet + 1) : 0;
    expect(i).toBeLessThan(10_000);
  }
  return moves;
}

/** How often everybody who wants one more gets one, when they are dealt like cards. */
function fullRounds(partitions: number, workers: readonly Share[]): number {
  for (let round = 1, left = partitions; ; round++) {
    left -= workers.filter(({ most }) => most >= round).length;
    if (left < 0 || round > partitions) return round - 1;
  }
}

test('F1, F3: whoever comes and goes, everybody has a fair share in the end, nothing is left, and it rests', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      arrivals,
      fc.array(fc.nat(50)),
      (partitions, events, order) => {
        const workers: Worker[] = [];
        events.forEach((event, i) => {
          const before = workers.length;
          if ('most' in event) workers.push({ name: `w-${i % 3}-${i}`, held: 0, most: event.most });
          else if (before > 0) workers.splice(event.who % before, 1); // what it held is free
          const moves = settle(partitions, workers, order);
          expect(moves).toBeLessThanOrEqual(2 * partitions);
          const wanted = workers.reduce((sum, { most }) => sum + most, 0);
          const held = workers.reduce((sum, { held }) => sum + held, 0);
          expect(held).toBe(Math.min(partitions, wanted));
          const rounds = fullRounds(partitions, workers);
          for (const { held, most } of workers) {
            expect(held).toBeLessThanOrEqual(most);
            expect(held).toBeGreaterThanOrEqual(Math.min(most, rounds));
          }
        });
      },
    ),
    { numRuns: 500 },
  );
});
