// X1–X4: whatever somebody sends, the server goes on, tells nothing, and does nothing that it did not acknowledge.

import { expect, test } from 'vitest';
import { assault } from './hostile.ts';

test('3,000 hostile requests find nothing', async () => {
  const { findings, statuses } = await assault({ requests: 3_000, seed: 'suite' });
  expect(findings).toEqual([]);
  // They came far enough to matter.
  const far = '200 201 202 400 401 403 404 405 409 413 415 422'.split(' ');
  expect(far.filter((status) => statuses[status] === undefined)).toEqual([]);
  expect(statuses['raw 400']).toBeGreaterThan(100);
});
