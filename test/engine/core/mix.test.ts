// E11: the mixers of the engine. Jitter, keyed draws and payload hashes all rest on them, so they are tested as such:
// avalanche, uniformity, no collision where there should be none, and golden values.

import { expect, test } from 'vitest';
import { hash32, join32, mix32 } from '../../../engine/core/mix.ts';

const SAMPLES = 2_000;
const BITS = Array.from({ length: 32 }, (_, bit) => bit);

function ones(word: number): number {
  let n = 0;
  for (let w = word >>> 0; w !== 0; w &= w - 1) n++;
  return n;
}

/** The share of output bits that flip with one input bit, over many inputs. */
function flips(hash: (word: number) => number, bit: number): number {
  let flipped = 0;
  for (let i = 0; i < SAMPLES; i++) flipped += ones(hash(i * 7919) ^ hash((i * 7919) ^ (1 << bit)));
  return flipped / SAMPLES / 32;
}

const mixers = [
  ['mix32', mix32],
  ['join32 of the hash, mixed', (word: number) => mix32(join32(word, 42))],
  ['join32 of the word, mixed', (word: number) => mix32(join32(42, word))],
  ['two words joined, mixed', (word: number) => mix32(join32(join32(0, word), 3))],
] as const;

test.each(mixers)('E11: %s: every input bit flips about half of the output bits', (_name, hash) => {
  for (const bit of BITS) {
    expect(flips(hash, bit)).toBeGreaterThan(0.4);
    expect(flips(hash, bit)).toBeLessThan(0.6);
  }
});

test('E11: mix32 has no collision among neighbours: it can be undone', () => {
  const seen = new Set(Array.from({ length: 100_000 }, (_, i) => mix32(i)));
  expect(seen.size).toBe(100_000);
});

test('E11: mix32 is uniform over small inputs', () => {
  const cells = new Array<number>(64).fill(0);
  const n = 64_000;
  for (let i = 0; i < n; i++) cells[mix32(i) >>> 26]!++;
  // Chi-square with 63 degrees of freedom: 103.4 is passed once in a thousand times; the input is fixed.
  const chi = cells.reduce((sum, count) => sum + ((count - n / 64) * (count - n / 64)) / (n / 64), 0);
  expect(chi).toBeLessThan(103.4);
});

test('E11: the order of joined words matters', () => {
  expect(mix32(join32(join32(0, 1), 2))).not.toBe(mix32(join32(join32(0, 2), 1)));
});

test('E11: hash32 tells apart the names that a saga is made of', () => {
  const names = [];
  for (let saga = 0; saga < 5_000; saga++) {
    for (const step of ['debit', 'credit']) {
      for (const direction of ['forward', 'compensation']) names.push(`s-${saga}/${step}/${direction}`);
    }
  }
  // 20,000 names of 32 bits: 0.05 collisions are to be expected; the names are fixed.
  expect(new Set(names.map(hash32)).size).toBe(names.length);
});

test('E11: hash32: every character flips about half of the bits', () => {
  for (let at = 0; at < 12; at++) {
    let flipped = 0;
    for (let i = 0; i < SAMPLES; i++) {
      const text = `saga-${String(i).padStart(7, '0')}`;
      const other = `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) ^ 1)}${text.slice(at + 1)}`;
      flipped += ones(hash32(text) ^ hash32(other));
    }
    expect(flipped / SAMPLES / 32).toBeGreaterThan(0.4);
    expect(flipped / SAMPLES / 32).toBeLessThan(0.6);
  }
});

test('E11: golden values: a change here changes every fingerprint', () => {
  expect([0, 1, 0xffffffff].map(mix32)).toEqual([0, 1364076727, 2180083513]);
  expect(join32(1, 2)).toBe(1815090773);
  expect(hash32('s-1/debit/forward')).toBe(3540842267);
});
