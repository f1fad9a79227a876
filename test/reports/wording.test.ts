// Numbers as people read them.

import { expect, test } from 'vitest';
import { renderJson, renderLine } from '../../reports/index.ts';
import { counted, duration, durations, number, percent } from '../../reports/wording.ts';
import { held } from './records.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [48_112, '48,112'],
  [10_000_000, '10,000,000'],
])('%d is written %s', (value, text) => {
  expect(number(value)).toBe(text);
});

test.each([
  [0, '0 runs'],
  [1, '1 run'],
  [1_000, '1,000 runs'],
])('%d run(s)', (count, text) => {
  expect(counted(count, 'run')).toBe(text);
});

test.each([
  [0, '0 %'],
  [1, '100 %'],
  [0.99999, '> 99.9 %'],
  [0.712, '71.2 %'],
  [0.002991, '0.30 %'],
  [0.0000003, '0.000030 %'],
])('a rate of %d is written %s', (rate, text) => {
  expect(percent(rate)).toBe(text);
});

test.each([
  [0, '0 µs'],
  [350, '350 µs'],
  [1_204_000, '1,204 ms'],
  [14_800_000, '14.8 s'],
  [2_695_680_000_000, '31.2 days'],
])('%d µs is written %s', (us, text) => {
  expect(duration(us)).toBe(text);
});

test('durations side by side share a unit', () => {
  expect(durations({ p50: 118_000, p99: 1_204_000 })).toBe('p50 118  p99 1,204 ms');
  expect(durations({ p50: 20_000, p99: 12_200_000 })).toBe('p50 20 ms  p99 12.2 s');
});

test('the line says it all in one line', () => {
  expect(renderLine(held)).toBe(
    'held · bank-transfer · 1,000 runs × 100 sagas · seed "nightly" · storm · 0 violated · fingerprint 0123456789abcdef0123456789abcdef · 14.8 s\n',
  );
});

test('JSON is the record, on one line', () => {
  expect(renderJson(held).trimEnd()).not.toContain('\n');
  expect(JSON.parse(renderJson(held))).toEqual(held);
});
