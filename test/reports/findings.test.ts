// What all reports for CI say of a failure.

import { expect, test } from 'vitest';
import { renderAnnotations, renderJunit, renderRunMarkdown, renderSarif } from '../../reports/index.ts';
import type { RunRecord } from '../../simulator/run-record.ts';
import { failing } from './records.ts';

/** A failure of which so many faults were left when the budget was spent. */
function unfinished(count: number): RunRecord {
  const record = failing(1);
  const [violation] = record.violations;
  const faults = Array.from({ length: count }, (_, i) => `reply number ${i} is lost`);
  const shrunk = {
    ...violation!.shrunk!,
    isMinimal: false,
    faults,
    sentence: `Many faults: ${faults.join(', ')}.`,
  };
  return { ...record, violations: [{ ...violation!, shrunk, capsule: 'failures/money.json' }] };
}

test.each([
  ['GitHub', renderAnnotations],
  ['JUnit', renderJunit],
  ['Markdown', renderRunMarkdown],
  ['SARIF', renderSarif],
])('%s: a story that is not minimal says so, and is not as long as a page', (_name, render) => {
  const long = render([unfinished(400)]).replaceAll('\\`', '`');
  expect(long).toContain('265 → 400 faults (not minimal; `sagastorm shrink failures/money.json` goes on): ');
  expect(long).toContain('reply number 9 is lost; and 390 more');
  expect(long).not.toContain('reply number 10 is');
  expect(render([unfinished(2)])).toContain('reply number 1 is lost. (not minimal; ');
  expect(render([failing(1)])).not.toContain('not minimal');
});

test('what was thrown is told at its place, which need not be in the file of the scenario', () => {
  const record = failing(1);
  const place = { file: 'model/bank.ts', line: 12 };
  const thrown = { ...record, violations: record.violations.map((one) => ({ ...one, place })) };
  expect(renderAnnotations([thrown], 'packages/shop')).toContain('file=packages/shop/model/bank.ts,line=12,');
  const sarif = renderSarif([thrown], 'packages/shop');
  expect(JSON.parse(sarif).runs[0].results[0].locations).toEqual([
    {
      physicalLocation: {
        artifactLocation: { uri: 'packages/shop/model/bank.ts', uriBaseId: '%SRCROOT%' },
        region: { startLine: 12 },
      },
    },
  ]);
  expect(renderAnnotations([record])).not.toContain('model/bank.ts');
});
