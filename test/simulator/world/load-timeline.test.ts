// When the load is back after an incident: for good, over half a minute, and measured against what it was before.

import { expect, test } from 'vitest';
import { LoadTimeline } from '../../../simulator/world/load-timeline.ts';

const OUTAGE = { kind: 'outage', service: 's', fromMs: 60_000, forMs: 30_000 } as const;

/** Tens of calls, and of completed sagas, per bucket of ten seconds; sagas are asked for until the end of the last one. */
function recoveredUs(calls: readonly number[], completed = calls.map(() => 10)): number | undefined {
  const timeline = new LoadTimeline([OUTAGE]);
  const fill = (kind: 'calls' | 'completed', counts: readonly number[]): void =>
    counts.forEach((count, bucket) => {
      for (let i = 0; i < 10 * count; i++) timeline.add(kind, bucket * 10_000_000);
    });
  fill('calls', calls);
  fill('completed', completed);
  return timeline.course(calls.length * 10_000_000 - 1).recoveredUs;
}

const BEFORE = [10, 10, 10, 10, 10, 10, 2, 2, 2];

test.each<[what: string, after: readonly number[], seconds: number]>([
  ['at once', [10, 10, 10, 10, 10, 10], 0],
  ['at once: one bucket may be unlucky', [10, 25, 10, 10, 10, 10, 10], 0],
  ['after the last half minute that was too much', [40, 40, 40, 10, 10, 10, 10, 10], 30],
  ['not for good the first time', [40, 10, 10, 10, 40, 10, 10, 10, 10, 10, 10], 50],
])('%s', (_what, after, seconds) => {
  expect(recoveredUs([...BEFORE, ...after])).toBe(seconds * 1_000_000);
});

test('never, while it is too much, or while nobody is served any more', () => {
  expect(recoveredUs([...BEFORE, 40, 40, 40, 40, 40, 40])).toBe(-1);
  const quiet = [...BEFORE, 1, 1, 1, 1, 1, 1];
  expect(recoveredUs(quiet, [...BEFORE, 0, 0, 0, 0, 0, 0])).toBe(-1);
});

test('nothing can be told when no saga is asked for long enough afterwards, or none was before', () => {
  expect(recoveredUs([...BEFORE, 10, 10])).toBeUndefined();
  expect(recoveredUs([...BEFORE, 10, 10, 10, 10, 10].map((calls) => calls / 10))).toBeUndefined();
  const timeline = new LoadTimeline([{ ...OUTAGE, fromMs: 5_000 }]);
  timeline.add('calls', 0);
  expect(timeline.course(600_000_000).recoveredUs).toBeUndefined();
});
