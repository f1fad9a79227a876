// Progress is drawn at most ten times a second on a terminal, and every ten seconds elsewhere.

import { expect, test, vi } from 'vitest';
import { Progress, progressText, showing } from '../../cli/progress.ts';
import type { ProgressSink } from '../../cli/terminal.ts';

function drawn(live: boolean, times: readonly number[]): readonly string[] {
  const lines: string[] = [];
  let now = 0;
  const sink: ProgressSink = { live, line: (text) => lines.push(text), clear: () => lines.push('(cleared)') };
  const progress = new Progress('ride', sink, () => now);
  times.forEach((time, i) => {
    now = time;
    progress.update({ phase: 'runs', unit: 'runs', done: i + 1, total: times.length });
  });
  progress.end();
  return lines;
}

test('live: the first at once, then one per 100 ms', () => {
  expect(drawn(true, [0, 50, 99, 100, 150, 250])).toEqual([
    'ride  1 of 6 runs · 16 % · 0:00 left',
    'ride  4 of 6 runs · 66 % · 0:01 left',
    'ride  6 of 6 runs · 100 % · 0:00 left',
    '(cleared)',
  ]);
});

test('plain: nothing in the first ten seconds, then a line every ten', () => {
  const lines = drawn(false, [0, 5_000, 10_000, 12_000, 20_000]);
  expect(lines).toEqual([
    'ride  3 of 5 runs · 60 % · 0:07 left',
    'ride  5 of 5 runs · 100 % · 0:00 left',
    '(cleared)',
  ]);
});

test('that nothing is heard for half a minute is said, and again every ten seconds; not while it goes on', () => {
  const lines: string[] = [];
  let now = 0;
  const sink: ProgressSink = { live: false, line: (text) => lines.push(text), clear: () => undefined };
  const progress = new Progress('ride', sink, () => now);
  const state = { phase: 'runs', unit: 'runs', total: 9 } as const;
  for (now = 0; now <= 76_000; now += 1_000) {
    if (now === 5_000) progress.update({ ...state, done: 1 });
    if (now === 12_000) progress.update({ ...state, done: 1 }); // told again, and no further
    progress.tick();
  }
  expect(lines).toEqual([
    'ride  1 of 9 runs · 11 % · 0:56 left',
    expect.stringMatching(/^ride {2}nothing new for 0:30: a long run, or a loop without end/),
    expect.stringContaining('nothing new for 0:40'),
    expect.stringContaining('nothing new for 0:50'),
    expect.stringContaining('nothing new for 1:00'),
    expect.stringContaining('nothing new for 1:10'),
  ]);
});

test('the live line is gone when the work breaks off', async () => {
  vi.stubEnv('TERM', 'xterm');
  const isTTY = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
  Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true });
  const written: string[] = [];
  const write = vi
    .spyOn(process.stderr, 'write')
    .mockImplementation((text) => written.push(String(text)) > 0);
  const work = showing('ride', false, async ({ onProgress }) => {
    onProgress!({ phase: 'exploring', unit: 'faults', done: 1, total: 2 });
    throw new Error('out of fuel');
  });
  await expect(work).rejects.toThrow('out of fuel');
  write.mockRestore();
  if (isTTY === undefined) Reflect.deleteProperty(process.stderr, 'isTTY');
  else Object.defineProperty(process.stderr, 'isTTY', isTTY);
  vi.unstubAllEnvs();
  expect(written.join('')).toContain('1 of 2 faults');
  expect(written.slice(-2)).toEqual(['\u001b[2K', '\u001b[1G']);
});

test.each([
  [
    { phase: 'runs', unit: 'sagas', done: 2_500, total: 10_000 },
    30_000,
    '2,500 of 10,000 sagas · 25 % · 1:30 left',
  ],
  [{ phase: 'determinism', unit: 'runs', done: 0, total: 1 }, 0, 'repeating 0 of 1 run · 0 %'],
  [{ phase: 'runs', unit: 'runs', done: 1, total: 4 }, 1_800_000, '1 of 4 runs · 25 % · 1:30:00 left'],
] as const)('%j', (progress, elapsedMs, text) => {
  expect(progressText(progress, elapsedMs)).toBe(text);
});
