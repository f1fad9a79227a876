// A scenario that came to no record: every report that a machine reads says so, and why, beside what the others came to.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  renderAnnotations,
  renderJobSummary,
  renderJunit,
  renderRunMarkdown,
  renderSarif,
  SUMMARY_BYTES_MAX,
} from '../../reports/index.ts';
import { junitErrors, sarifErrors } from './published-schemas.ts';
import { held } from './records.ts';
import { treeOf } from './xml-tree.ts';

const BROKEN = {
  scenario: 'my/dice.ts',
  at: '2026-11-23T19:45:12.345Z',
  message: 'seed "x" of my/dice.ts: Math.random() was called',
  hint: 'Use chance().',
};

describe('a scenario that cannot be run', () => {
  test('is an error of a suite of its own in JUnit XML', async () => {
    const xml = renderJunit([held], [BROKEN]);
    expect(await junitErrors(xml)).toEqual([]);
    const root = treeOf(xml);
    expect(root.attributes.errors).toBe('1');
    const [, suite] = root.children;
    expect(suite!.attributes).toMatchObject({
      name: BROKEN.scenario,
      tests: '1',
      errors: '1',
      failures: '0',
    });
    const one = suite!.children.find(({ name }) => name === 'testcase')!;
    expect(one.children[0]).toMatchObject({ name: 'error', attributes: { message: BROKEN.message } });
    expect(JSON.stringify(one.children[0])).toContain(BROKEN.hint);
  });

  test('is a failed invocation in SARIF', () => {
    const log = JSON.parse(renderSarif([held], undefined, [BROKEN]));
    expect(sarifErrors(log)).toEqual([]);
    const [invocation] = log.runs[0].invocations;
    expect(invocation.executionSuccessful).toBe(false);
    expect(invocation.toolExecutionNotifications).toEqual([
      {
        level: 'error',
        message: { text: `my/dice.ts: cannot be run: ${BROKEN.message}\n${BROKEN.hint}` },
      },
    ]);
    expect(JSON.parse(renderSarif([held])).runs[0].invocations[0].executionSuccessful).toBe(true);
  });

  test('is an annotation and a heading for GitHub, before everything else', () => {
    expect(renderAnnotations([held], undefined, [BROKEN])).toBe(
      '::error title=cannot be run (my/dice.ts)::seed "x" of my/dice.ts: Math.random() was called%0AUse chance().\n',
    );
    const summary = renderJobSummary([held], [BROKEN]);
    expect(summary).toMatch(/^## ✗ my\/dice\.ts: cannot be run\n\nseed .* Use chance\(\)\.\n/);
    expect(summary).toContain('## ✓ bank-transfer: held');
  });

  test('alone, it is all that there is to tell', () => {
    expect(renderRunMarkdown([], [BROKEN])).toMatch(/^## ✗ my\/dice\.ts: cannot be run\n/);
    expect(treeOf(renderJunit([], [BROKEN])).attributes).toMatchObject({ tests: '1', errors: '1' });
  });

  test('breaks no report, whatever its words are', async () => {
    const words = fc.string({ unit: 'binary', maxLength: 60 });
    const property = fc.asyncProperty(words, words, async (scenario, message) => {
      const one = { ...BROKEN, scenario, message };
      expect(await junitErrors(renderJunit([], [one]))).toEqual([]);
      expect(sarifErrors(JSON.parse(renderSarif([], undefined, [one])))).toEqual([]);
      expect(renderAnnotations([], undefined, [one]).trimEnd()).not.toContain('\n');
    });
    await fc.assert(property, { numRuns: 50 });
    const huge = { ...BROKEN, message: 'x'.repeat(2 * SUMMARY_BYTES_MAX) };
    expect(Buffer.byteLength(renderJobSummary([held], [huge]))).toBeLessThan(SUMMARY_BYTES_MAX);
  });
});
