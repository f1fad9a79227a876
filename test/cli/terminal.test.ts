// Who decides about colour, and which exit code wins.

import { expect, test } from 'vitest';
import { EXIT, type ExitCode, worst } from '../../cli/exit-codes.ts';
import { wantsColor } from '../../cli/terminal.ts';

test.each<[Record<string, string>, boolean, boolean]>([
  [{}, true, true],
  [{}, false, false],
  [{ TERM: 'dumb' }, true, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '1', TERM: 'dumb' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
])('with %j on a terminal (%s), colour is %s', (env, isTerminal, wanted) => {
  expect(wantsColor(env, isTerminal)).toBe(wanted);
});

test('the worst code wins: 70, 4, 1, 3, 2, 0', () => {
  const order: readonly ExitCode[] = [70, 4, 1, 3, 2, 0];
  order.forEach((code, i) => {
    expect(worst(order.slice(i).reverse())).toBe(code);
  });
  expect(worst([])).toBe(EXIT.held);
});
