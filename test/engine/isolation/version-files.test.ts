// V1: what a record shows depends on which changes stand, and not on how they came.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VersionFiles } from '../../../engine/isolation/index.ts';

const change = (place: number, by = `s-${place}`) => ({ place, by, change: `${by}@${place}` });

test('the change with the greatest place shows, whenever it came', () => {
  const files = new VersionFiles<string>();
  for (const place of [2, 3, 1]) files.put('x', change(place));
  expect(files.last('x')?.place).toBe(3);
  expect(files.drop('x', change(3))).toBe(true);
  expect(files.last('x')?.place).toBe(2);
  expect(files.drop('x', change(3))).toBe(false);
  expect(files.last('y')).toBeUndefined();
});

test('of two changes with one place, that of the greater name comes later', () => {
  const files = new VersionFiles<string>();
  for (const by of ['s-2', 's-1']) files.put('x', change(1, by));
  expect(files.last('x')?.by).toBe('s-2');
});

test('a place is a whole number from 1', () => {
  const files = new VersionFiles<string>();
  for (const place of [0, -1, 1.5, Number.NaN])
    expect(() => files.put('x', change(place))).toThrow('cannot have place');
});

test('what replaces what came before may be forgotten below a place that is final', () => {
  const files = new VersionFiles<string>();
  for (const place of [1, 2, 3, 4]) files.put('x', change(place));
  files.prune('x', 3);
  expect(
    files.fold('x', [] as readonly number[], (seen, one) => [...seen, Number(one.split('@')[1])]),
  ).toEqual([2, 3, 4]);
});

test('any order of the same changes and undos shows the same', () => {
  const deed = fc.record({
    place: fc.integer({ min: 1, max: 6 }),
    by: fc.constantFrom('a', 'b'),
    stands: fc.boolean(),
  });
  const deeds = fc.uniqueArray(deed, { selector: ({ place, by }) => `${place}${by}` });
  const shuffled = deeds.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  const shown = (list: readonly { place: number; by: string; stands: boolean }[]) => {
    const files = new VersionFiles<string>();
    for (const { place, by } of list) files.put('x', change(place, by));
    for (const { place, by, stands } of list) if (!stands) files.drop('x', { place, by });
    return files.fold('x', '', (text, one) => `${text} ${one}`);
  };
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      expect(shown(one)).toBe(shown(other));
    }),
  );
});
