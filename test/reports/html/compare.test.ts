// The page of a comparison, and the brief of it: what they say, and that they are the same for the same results.

import { expect, test } from 'vitest';
import { renderBriefHtml } from '../../../reports/html/compare/brief-page.ts';
import { renderComparisonHtml } from '../../../reports/html/compare/page.ts';
import { withoutMeta } from '../../../reports/html/page.ts';
import { renderBriefMarkdown } from '../../../reports/index.ts';
import { comparison, drawnComparison as drawn } from '../comparisons.ts';

test('the recommendation comes first, then its evidence, then where it loses', () => {
  const page = renderComparisonHtml(drawn);
  const order = [
    'Take patient',
    'id="front"',
    'id="difference-completed"',
    'id="latencies"',
    'id="losses"',
    'nightly/9',
  ];
  const places = order.map((text) => page.indexOf(text));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(page).toContain('at-most-once broken in 2 of 200 runs');
});

test('equal results have equal pages, but for what made them', () => {
  const later = {
    ...drawn,
    node: '26.0.0',
    meta: { ...drawn.meta, wallMs: 1, startedAt: '2027-01-01T00:00:00.000Z' },
  };
  expect(withoutMeta(renderComparisonHtml(later))).toBe(withoutMeta(renderComparisonHtml(drawn)));
  expect(renderComparisonHtml(later)).not.toBe(renderComparisonHtml(drawn));
  const other = { ...drawn, sentence: 'Something else.' };
  expect(withoutMeta(renderComparisonHtml(other))).not.toBe(withoutMeta(renderComparisonHtml(drawn)));
});

test('text stays text, whatever a policy is called', () => {
  const evil = '<img src=x onerror=alert(1)>';
  const page = renderComparisonHtml({
    ...drawn,
    sentence: evil,
    policies: drawn.policies.map((policy) =>
      policy.role === 'contender' ? { ...policy, name: evil } : policy,
    ),
  });
  const outsideQuotes = page.replace(/"[^"]*"/g, '""'); // there a sign is only a sign
  expect(outsideQuotes).not.toContain('<img');
});

test('a record of an older version leaves out what it lacks', () => {
  const page = renderComparisonHtml(comparison);
  expect(page).not.toContain('id="latencies"');
  expect(page).toContain('it does worse on no seed');
});

test('the baseline is kept where nothing is better', () => {
  expect(renderComparisonHtml({ ...drawn, recommended: 'default' })).toContain('Keep default');
  expect(renderBriefMarkdown({ ...drawn, recommended: 'default' })).toContain('**Keep “default”.**');
});

test('the brief says what to do, why, what speaks against it, and how to see it', () => {
  const brief = renderBriefMarkdown(drawn);
  for (const text of [
    '# Which policy for ride',
    '**Take “patient” in place of “default”.**',
    '- patient: completed sagas (higher is better): 78.2 %, +3.34 pt (+2.52 pt … +4.23 pt)',
    '- ✗ patient: at-most-once broken in 2 of 200 runs',
    '- “patient” does worse in completed sagas on 20 of 200 seeds.',
    '- `npx sagastorm replay ride --seed nightly/9`',
  ]) {
    expect(brief).toContain(text);
  }
  expect(renderBriefHtml(drawn)).toContain('Take “patient” in place of “default”.');
});

test('the brief says what other weather does to the recommended policy', () => {
  const sentence = 'In other weather “patient” completes 90 % without faults, 78 % as it is (40 seeds each).';
  expect(renderBriefMarkdown(drawn)).toContain(sentence);
  expect(renderBriefHtml(drawn)).toContain(sentence);
  expect(renderBriefMarkdown(comparison)).not.toContain('In other weather');
});
