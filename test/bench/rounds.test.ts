// A round is what it says: each work once, one after the other, and nothing beside what is timed.

import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { timeRounds } from '../../bench/rounds.ts';
import type { Measure, Work } from '../../bench/suite.ts';

const told: string[] = [];
const sync = (title: string): Work => ({
  title,
  count: 1,
  run: (round) => void told.push(`${title} ${round}`),
});
const async = (title: string): Work => ({
  title,
  count: 1,
  async run(round) {
    told.push(`${title} ${round} begins`);
    await setImmediate();
    told.push(`${title} ${round} ends`);
  },
});
const measure = (ours: Work, reference: Work): Measure => ({
  ...ours,
  id: 'test/one',
  unit: 'things',
  reference,
});

test('each work is done once a round, and who goes first changes', async () => {
  told.length = 0;
  const times = await timeRounds(measure(sync('ours'), sync('reference')), {
    rounds: 2,
    warmUpMs: 0,
  });
  expect(told).toEqual(['reference -1', 'ours -1', 'ours 0', 'reference 0', 'reference 1', 'ours 1']);
  expect(times).toEqual({
    oursMs: [expect.any(Number), expect.any(Number)],
    referenceMs: [expect.any(Number), expect.any(Number)],
  });
});

test('work that takes turns of the event loop has them for itself', async () => {
  told.length = 0;
  await timeRounds(measure(async('ours'), async('reference')), { rounds: 1, warmUpMs: 0 });
  expect(told.slice(4)).toEqual(['ours 0 begins', 'ours 0 ends', 'reference 0 begins', 'reference 0 ends']);
});

test('work that goes wrong is no figure', async () => {
  const broken: Work = { title: 'broken', count: 1, run: () => Promise.reject(new Error('lost a saga')) };
  await expect(timeRounds(measure(broken, sync('reference')), { rounds: 1, warmUpMs: 0 })).rejects.toThrow(
    'lost a saga',
  );
});
