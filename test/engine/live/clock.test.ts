// The live clock, on real timers: what is woken, in which order, and what is not.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { InputSink } from '../../../engine/core/ports.ts';
import { LiveClock } from '../../../engine/live/index.ts';
import { PATIENCE_MS } from '../../patience.ts';

const clock = new LiveClock();
afterEach(() => clock.close());

/** Collects wakes; `wakes(n)` resolves when so many came. */
function listener(): InputSink & {
  readonly sagas: string[];
  wakes(count: number): Promise<readonly string[]>;
} {
  const sagas: string[] = [];
  let look = (): void => undefined;
  return {
    sagas,
    input(input) {
      if (input.kind === 'wake') sagas.push(input.saga);
      look();
    },
    wakes: (count) =>
      new Promise((resolve) => {
        look = () => sagas.length >= count && resolve(sagas);
        look();
      }),
  };
}

test('time is in whole microseconds of this century and never goes back', () => {
  let before = clock.nowUs();
  expect(new Date(before / 1_000).getUTCFullYear()).toBeGreaterThan(2_024);
  for (let i = 0; i < 100_000; i++) {
    const now = clock.nowUs();
    expect(Number.isSafeInteger(now) && now >= before).toBe(true);
    before = now;
  }
});

test('sagas are woken in the order in which they are due, none before its time', async () => {
  const at = listener();
  const start = clock.nowUs();
  const wokenAtUs: number[] = [];
  const sink: InputSink = {
    input(input) {
      wokenAtUs.push(clock.nowUs());
      at.input(input);
    },
  };
  clock.wake('late', start + 30_000, sink);
  clock.wake('early', start + 5_300, sink);
  clock.wake('middle', start + 15_000, sink);
  clock.wake('past', start - 1_000_000, sink);
  expect(await at.wakes(4)).toEqual(['past', 'early', 'middle', 'late']);
  for (const [i, dueUs] of [-1_000_000, 5_300, 15_000, 30_000].entries()) {
    expect(wokenAtUs[i]! - start).toBeGreaterThanOrEqual(dueUs);
  }
});

test('nobody is woken before wake() has returned', async () => {
  const at = listener();
  clock.wake('s', clock.nowUs() - 1, at);
  expect(at.sagas).toEqual([]);
  await at.wakes(1);
});

test('a wake replaces an earlier one of the same saga', async () => {
  const at = listener();
  const start = clock.nowUs();
  clock.wake('s', start + 1_000, at);
  clock.wake('s', start + 20_000, at);
  clock.wake('other', start + 10_000, at);
  clock.wake('t', start + 50_000, at);
  clock.wake('t', start + 1_000, at);
  clock.wake('t', start + 1_000, at);
  expect(await at.wakes(3)).toEqual(['t', 'other', 's']);
  await sleep(60);
  expect(at.sagas).toHaveLength(3);
});

test('what is cancelled is not woken', async () => {
  const at = listener();
  clock.wake('gone', clock.nowUs() + 1_000, at);
  clock.wake('stays', clock.nowUs() + 10_000, at);
  clock.cancel('gone');
  clock.cancel('never there');
  expect(await at.wakes(1)).toEqual(['stays']);
});

test('a saga may ask to be woken again while it is woken, even at once', async () => {
  const at = listener();
  let left = 5;
  const again: InputSink = {
    input(input) {
      at.input(input);
      if (--left > 0) clock.wake('s', clock.nowUs() - 1, again);
    },
  };
  clock.wake('s', clock.nowUs(), again);
  expect(await at.wakes(5)).toHaveLength(5);
});

test('a wake in two months does not come now, and is no trouble to the timers', async () => {
  const warnings: string[] = [];
  const warn = ({ name }: Error): unknown => warnings.push(name);
  process.on('warning', warn);
  const at = listener();
  clock.wake('far', clock.nowUs() + 60 * 86_400_000_000, at);
  clock.wake('near', clock.nowUs() + 20_000, at);
  expect(await at.wakes(1)).toEqual(['near']);
  process.off('warning', warn);
  expect(warnings).toEqual([]);
});

test.each([
  ['of a clock that is told not to', '{ ref: false }', ''],
  ['once it is cancelled', '', "clock.cancel('s');"],
])('a wake does not keep the process alive %s', (_when, options, then) => {
  const clockFile = join(import.meta.dirname, '../../../engine/live/clock.ts');
  const program = `
    import { LiveClock } from ${JSON.stringify(clockFile)};
    const clock = new LiveClock(${options});
    clock.wake('s', clock.nowUs() + 3_600_000_000, { input() {} });
    ${then}
    console.log('over');`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  expect(said).toBe('over\n');
});
