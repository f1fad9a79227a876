// What is left when nothing more can be left out.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minimize } from '../../../simulator/explore/minimize.ts';

const items = fc.uniqueArray(fc.nat(1000), { maxLength: 40 });

test('the part that does it is left, and nothing else', () => {
  fc.assert(
    fc.property(items, fc.func(fc.boolean()), (all, isNeeded) => {
      const needed = all.filter((item) => isNeeded(item));
      const does = (part: readonly number[]) => needed.every((item) => part.includes(item));
      expect(minimize(all, (part) => (does(part) ? part : undefined))).toEqual(needed);
    }),
  );
});

test('when several parts do it, one of them is left from which nothing can be left out', () => {
  fc.assert(
    fc.property(items, fc.array(items, { minLength: 1 }), (all, ways) => {
      const does = (part: readonly number[]) =>
        ways.some((way) => way.every((item) => !all.includes(item) || part.includes(item)));
      const left = minimize(all, (part) => (does(part) ? part : undefined));
      expect(does(left)).toBe(true);
      for (const item of left) expect(does(left.filter((other) => other !== item))).toBe(false);
    }),
  );
});

test('an attempt may leave less than it was asked for', () => {
  const attempt = (part: readonly number[]) => (part.includes(3) ? [3] : undefined);
  expect(minimize([1, 2, 3, 4, 5], attempt)).toEqual([3]);
});

test('nothing is asked of an empty list', () => {
  expect(minimize([], () => expect.unreachable())).toEqual([]);
});

test('a hundred items of which two matter take far fewer attempts than a hundred squared', () => {
  let attempts = 0;
  const all = Array.from({ length: 100 }, (_, i) => i);
  minimize(all, (part) => {
    attempts++;
    return part.includes(13) && part.includes(77) ? part : undefined;
  });
  expect(attempts).toBeLessThan(60);
});
