// Where an error is said to have been thrown.

import { expect, test } from 'vitest';
import { assert } from '../../engine/core/assert.ts';
import { firstLine, isOurs, placeIn, thrownAt } from '../../simulator/thrown-place.ts';

/** An error with this stack. */
function from(...frames: readonly string[]): Error {
  const error = new RangeError('too far\nand further');
  error.stack = ['RangeError: too far', 'and further', ...frames.map((frame) => `    at ${frame}`)].join(
    '\n',
  );
  return error;
}

function thrown(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

test.each([
  ['a file', ['handle (file:///elsewhere/bank.ts:12:5)'], ' (at /elsewhere/bank.ts:12:5)'],
  ['a file without a function', ['file:///elsewhere/bank.ts:12:5'], ' (at /elsewhere/bank.ts:12:5)'],
  ['below the folder', [`handle (${process.cwd()}/model/bank.ts:12:5)`], ' (at model/bank.ts:12:5)'],
  ['behind a native', ['Array.map (<anonymous>)', 'f (/x/y.js:1:2)'], ' (at /x/y.js:1:2)'],
  ['nowhere but in Node', ['resolve (node:internal/modules/esm/resolve:315:10)'], ''],
  ['nowhere', [], ''],
])('%s', (_what, frames, place) => {
  expect(thrownAt(from(...frames))).toBe(place);
});

test('what is ours is passed over, unless there is nothing else', () => {
  const error = thrown(() => assert(false, 'never'));
  expect((error as Error).stack).toMatch(/engine\/core\/assert/);
  expect(thrownAt(error)).toMatch(/^ \(at test\/simulator\/thrown-place\.test\.ts:\d+:\d+\)$/);
  const ours = `${process.cwd()}/engine/core/assert.ts:3:4`;
  expect(thrownAt(from(`assert (${ours})`))).toBe(' (at engine/core/assert.ts:3:4)');
});

test('what is no error has no place, and one line', () => {
  expect(thrownAt('a text')).toBe('');
  expect([firstLine(from()), firstLine('a text')]).toEqual(['RangeError: too far', 'a text']);
});

test('the place is found again in a text that it was put into, below the folder', () => {
  const told = thrownAt(from(`handle (${process.cwd()}/model/bank.ts:12:5)`));
  expect(placeIn(`participant "bank" threw RangeError: too far${told}. It answers …`)).toEqual({
    file: 'model/bank.ts',
    line: 12,
  });
  expect(placeIn(`it threw${thrownAt(from('handle (/elsewhere/bank.ts:12:5)'))}`)).toBeUndefined();
  expect(placeIn('it threw (at noon)')).toBeUndefined();
});

test('an error is ours when nobody else was there', () => {
  const ours = `${process.cwd()}/simulator/world/host.ts:3:4`;
  expect(isOurs(from(`run (${ours})`, 'processTicks (node:internal/x:1:2)'))).toBe(true);
  expect(isOurs(from(`run (${ours})`, 'book (/elsewhere/bank.ts:12:5)'))).toBe(false);
  expect(isOurs(from())).toBe(false);
  expect(isOurs('no error')).toBe(false);
});
