// X1–X4: whatever somebody sends, the server goes on, tells nothing, and does nothing that it did not acknowledge.

import { expect, test } from 'vitest';
import { assault } from './hostile.ts';

test('3,000 hostile requests find nothing', { timeout: 120_000 }, async () => {
  const { findings, statuses } = await assault({ requests: 3_000, seed: 'suite' });
  expect(findings).toEqual([]);
  // They came far enough to matter.
  for (const status of [
    '200',
    '201',
    '400',
    '401',
    '403',
    '404',
    '405',
    '409',
    '413',
    '415',
    '422',
    'raw 400',
  ]) {
    expect([status, (statuses[status] ?? 0) > 0]).toEqual([status, true]);
  }
});
