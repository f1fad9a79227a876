// Chance with names: keyed draws are fixed by their key alone, and look like chance from every side.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { purpose, Seed, scale, threshold } from '../../../simulator/kernel/random.ts';

const word = fc.integer({ min: 0, max: 2 ** 31 - 1 });

test('S5: a keyed draw is the same whatever was drawn before it', () => {
  fc.assert(
    fc.property(fc.string(), word, word, word, fc.array(word), (text, a, b, c, before) => {
      const disturbed = new Seed(text);
      for (const x of before) disturbed.draw(purpose('other'), x, x, x);
      expect(disturbed.draw(purpose('p'), a, b, c)).toBe(new Seed(text).draw(purpose('p'), a, b, c));
    }),
  );
});

test('S5: draws for neighbouring keys, purposes and seeds are independent', () => {
  const seeds = [new Seed('storm/1'), new Seed('storm/2')];
  const purposes = [purpose('drop-request'), purpose('drop-reply')];
  let hits = 0;
  let both = 0;
  let n = 0;
  for (const seed of seeds)
    for (const p of purposes)
      for (let saga = 0; saga < 400; saga++)
        for (let step = 0; step < 8; step++)
          for (let attempt = 0; attempt < 8; attempt++) {
            const here = seed.draw(p, saga, step, attempt) < threshold(100_000);
            const next = seed.draw(p, saga, step, attempt + 1) < threshold(100_000);
            n++;
            if (here) hits++;
            if (here && next) both++;
          }
  // 102,400 draws at 10 %: five standard deviations on each side.
  expect(hits / n).toBeGreaterThan(0.095);
  expect(hits / n).toBeLessThan(0.105);
  expect(both / n).toBeGreaterThan(0.0085);
  expect(both / n).toBeLessThan(0.0115);
});

test('S5: every bit of every part of the key flips about half of the draw', () => {
  const seed = new Seed('avalanche');
  const p = purpose('p');
  for (const part of [0, 1, 2]) {
    for (let bit = 0; bit < 31; bit++) {
      let flipped = 0;
      for (let i = 0; i < 200; i++) {
        const key: [number, number, number] = [i * 31, i * 17 + 3, i];
        const before = seed.draw(p, ...key);
        key[part] = key[part]! ^ (1 << bit);
        flipped += ones(before ^ seed.draw(p, ...key));
      }
      expect(flipped / 200).toBeGreaterThan(13);
      expect(flipped / 200).toBeLessThan(19);
    }
  }
});

function ones(word: number): number {
  let count = 0;
  for (let w = word >>> 0; w !== 0; w &= w - 1) count++;
  return count;
}

test('a draw scales to every integer below the bound, and to none beyond', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.integer({ min: 1, max: 2 ** 32 }),
      (draw, below) => {
        const scaled = scale(draw, below);
        expect(Number.isInteger(scaled) && scaled >= 0 && scaled < below).toBe(true);
      },
    ),
  );
  expect(new Set(Array.from({ length: 60 }, (_, i) => scale(i * 71_582_788, 6)))).toEqual(
    new Set([0, 1, 2, 3, 4, 5]),
  );
});

test('a threshold of 0 never strikes, of a million always', () => {
  expect(threshold(0)).toBe(0);
  expect(threshold(1_000_000)).toBe(2 ** 32);
});

test('a stream is fixed by its seed and its name', () => {
  const first = new Seed('s').stream('rates');
  const second = new Seed('s').stream('rates');
  const other = new Seed('s').stream('workload');
  const values = [first(), first(), first()];
  expect([second(), second(), second()]).toEqual(values);
  expect([other(), other(), other()]).not.toEqual(values);
});
