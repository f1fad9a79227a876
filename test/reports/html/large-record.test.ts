// What is drawn does not grow with what was run.

import { expect, test } from 'vitest';
import { renderRunHtml } from '../../../reports/html/index.ts';
import { runCampaign } from '../../../simulator/campaign/index.ts';
import { all, one, pageTree, rowsOf } from './page-tree.ts';

test('10,000 sagas make a page under 5 MB that tells of every invariant, step, cell and stretch of time', async () => {
  const asked = {
    scenario: 'bank-transfer',
    profile: 'storm',
    rootSeed: 'large',
    seeds: 1,
    sagas: 10_000,
  } as const;
  const record = await runCampaign({ ...asked, determinismChecks: 0 });
  expect(record.events).toBeGreaterThan(200_000);
  const html = renderRunHtml(record);
  expect(Buffer.byteLength(html)).toBeLessThan(5_000_000);
  const page = pageTree(html);
  expect(rowsOf(page, 'Invariants')).toHaveLength(record.invariants.length);
  expect(rowsOf(page, 'The campaign over time')).toHaveLength(record.timeline!.buckets.length);
  expect(new Set(rowsOf(page, 'Attempts by step').map(([step]) => step)).size).toBe(record.steps!.length);
  expect(rowsOf(page, 'A seed for each cell')).toHaveLength(Object.keys(record.coverage.examples!).length);
  const cells = all(one(page, '.heatmap'), '.heat a').map(({ textContent }) =>
    Number(textContent.replaceAll(',', '')),
  );
  const times = Object.values(record.coverage.examples!).map((cell) => cell.times);
  expect(cells.toSorted((a, b) => a - b)).toEqual(times.toSorted((a, b) => a - b));
});
