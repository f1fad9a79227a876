// The report of a run as a document: what it says, what it leaves out, and that equal results give equal bytes.

import { describe, expect, test } from 'vitest';
import { renderRunHtml } from '../../../reports/html/index.ts';
import { withoutMeta } from '../../../reports/html/page.ts';
import { MARKS_MAX } from '../../../reports/html/pen.ts';
import { boundOf } from '../../../reports/html/run/at-most.ts';
import type { RunRecord } from '../../../simulator/run-record.ts';
import { inconclusive, nondeterministic } from '../records.ts';
import { all, one, type PageNode, pageTree, rowsOf, text } from './page-tree.ts';
import { ALL, broken, drawn, real } from './records.ts';

function pageOf(record: RunRecord): PageNode {
  return pageTree(renderRunHtml(record));
}

describe.each(Object.entries(ALL))('of %s', (_, record) => {
  const html = renderRunHtml(record);
  const page = pageTree(html);

  test('equal results give equal bytes outside the meta block, and only there they may differ', () => {
    const later = {
      ...structuredClone(record),
      meta: { ...record.meta, wallMs: 99_999, startedAt: '2027-01-01T00:00:00.000Z' },
    };
    expect(withoutMeta(renderRunHtml(later))).toBe(withoutMeta(html));
    expect(renderRunHtml(later)).not.toBe(html);
  });

  test('the verdict comes first', () => {
    expect(one(page, 'main section, main figure, main table').id).toBe('verdict');
    expect(text(page, '#verdict p')).toMatch(/\.$/);
  });

  test('no anchor is given twice, and every link within the page leads somewhere', () => {
    const ids = all(page, '[id]').map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    for (const link of all(page, 'a[href^="#"]')) {
      expect(ids).toContain(decodeURIComponent(link.getAttribute('href')!.slice(1)));
    }
  });

  test('each drawing has a name, a description and a table, few enough marks, and no number that is none', () => {
    for (const figure of all(page, 'figure')) {
      expect(all(figure, 'svg').length).toBe(2);
      expect(all(figure, 'details table tbody tr').length).toBeGreaterThan(0);
    }
    for (const svg of all(page, 'svg[role=img]')) {
      expect(text(svg, 'title')).not.toBe('');
      expect(text(svg, 'desc')).not.toBe('');
      expect(all(svg, '*').length).toBeLessThanOrEqual(MARKS_MAX);
    }
    expect(one(page, 'main').innerHTML).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('the record is in it, whole', () => {
    const data = (id: string): unknown => JSON.parse(one(page, `#${id}`).textContent);
    expect({ ...(data('record') as object), meta: data('record-meta') }).toEqual(record);
  });
});

test('each invariant is told with its statement and how it came out', () => {
  expect(rowsOf(pageOf(broken), 'Invariants')).toEqual([
    ['money-conservedThe sum never changes', '✗ violatedfailure 1'],
    ['stock-conservedStock', '✗ violatedfailure 1'],
    ['own-ruleMine', '✗ violatedfailure 2'],
    ['at-most-onceOnce', '✓ held'],
    ['isolationApart', '○ nothing to judge'],
  ]);
});

test('a failure has a card: message, story, what is necessary, how to see it again and the test', () => {
  const card = text(pageOf(broken), '#failure-1');
  for (const told of [
    'money-conserved',
    'in 5 of 20 runs',
    broken.violations[0]!.message,
    'also break stock-conserved',
    'the reply is lost',
    'necessary, and 5 % milder is not enough',
    '37 → 2 faults, 9 → 1 saga, 412 → 11 events',
    broken.violations[0]!.replay,
    broken.violations[0]!.runTest,
  ]) {
    expect(card).toContain(told);
  }
});

test('what a failure says stays text, whatever it says', () => {
  const page = pageOf(broken);
  expect(text(page, '#failure-2 .message')).toBe(broken.violations[1]!.message);
  expect(page.querySelector('img, b')).toBeNull();
});

test('the commands can be copied as they stand', () => {
  for (const line of all(pageOf(broken), '.command')) {
    expect(one(line, 'button').dataset.copy).toBe(one(line, 'code').textContent);
  }
});

test('a cell of the map leads to a seed that hit it, with the command that runs it, quoted for a shell', () => {
  const page = pageOf(drawn);
  const cell = all(page, '.heatmap a').find(({ textContent }) => textContent === '112')!;
  const row = one(page, cell.getAttribute('href')!);
  expect(row.textContent).toContain("nightly's/4");
  expect(one(row, 'button').dataset.copy).toBe(
    "npx sagastorm replay bank-transfer --sagas 100 --profile storm --seed 'nightly'\\''s/4'",
  );
});

test('chaos and incidents are shaded and named', () => {
  const wide = one(pageOf(drawn), '#over-time svg.wide');
  expect(all(wide, '.w-chaos').length).toBeGreaterThan(0);
  expect(all(wide, '.w-incident').length).toBeGreaterThan(0);
  expect(text(wide, 'desc')).toContain('chaos until 60 s; outage of bank from 20 s to 50 s');
});

test('the table of the timeline has every bucket, also those that the drawing leaves out', () => {
  expect(rowsOf(pageOf(drawn), 'The campaign over time')).toHaveLength(90);
});

test('of a run for real it speaks of real time, of processes and kills, and promises no replay', () => {
  const page = pageOf(real);
  expect(text(page, '#latency h2')).toBe('Latency in real time');
  expect(text(page, '#processes')).toContain('13 × orchestrator, 6 × participant');
  expect(one(page, 'main').textContent).not.toContain('virtual');
  expect(page.querySelector('#verdict .command')).toBeNull();
});

test('what an older record lacks is left out with a sentence', () => {
  const page = pageOf(ALL['an older record']!);
  expect(page.querySelector('#latency figure, #steps figure, #over-time')).toBeNull();
  for (const id of ['latency', 'steps', 'timeline', 'coverage'])
    expect(text(page, `#${id}`)).toMatch(/older version/);
});

test('an inconclusive campaign names its seeds, one that is not deterministic the first difference', () => {
  expect(text(pageOf(inconclusive), '#inconclusive')).toContain('nightly/6');
  expect(text(pageOf(nondeterministic), '#divergence')).toContain('in event 1,234');
});

test('many steps, failures and faults make a page that is still small, and say what is not drawn', () => {
  const many: RunRecord = {
    ...broken,
    steps: Array.from({ length: 300 }, (_, i) => ({ ...drawn.steps![0]!, step: `step-${i}` })),
    violations: Array.from({ length: 100 }, (_, i) => ({
      ...broken.violations[1]!,
      invariant: `rule-${i}`,
      faults: Array.from({ length: 300 }, (_, k) => ({
        kind: 'drop-reply',
        at: `s-${k}/charge/forward#1:reply`,
        params: {},
      })),
    })),
  };
  const html = renderRunHtml(many);
  expect(html).toContain('The first 60 of 300 steps are drawn');
  expect(html).toContain('The first 40 of 300');
  expect(html.length).toBeLessThan(5_000_000);
});

test('the tail has its own table, the whole curve stands under the other chart', () => {
  const page = pageOf(drawn);
  expect(rowsOf(page, 'Latency by share').map(([share]) => share)).toEqual([
    '0 %',
    '10 %',
    '50 %',
    '90 %',
    '99 %',
    '99.9 %',
    '100 %',
  ]);
  expect(rowsOf(page, 'Latency of the slow tail').map(([share]) => share)).toEqual([
    '90 %',
    '99 %',
    '99.9 %',
    '100 %',
  ]);
});

test('of a run for real it is not claimed when faults struck', () => {
  const page = pageOf(real);
  expect(page.querySelector('.w-chaos')).toBeNull();
  expect(text(page, '#over-time .note')).toContain('not recorded of a run for real');
});

test('percentiles that are ends of bins are told as bounds, and are never above what was observed', () => {
  const saga = { ...drawn.latencyUs.saga, max: 950_000 };
  const step = { ...drawn.latencyUs.step, max: 123_456 };
  const page = pageOf({ ...drawn, latencyUs: { ...drawn.latencyUs, saga, step } });
  const cells = rowsOf(page, 'Attempts by step').flat();
  expect(cells).toContain('≤ 12 ms');
  expect(cells).toContain('≤ 123 ms'); // the longest that was observed
  expect(rowsOf(page, 'The campaign over time').flat()).toContain('≤ 950 ms');
  expect([boundOf(1_234, 9_999), boundOf(7, 9), boundOf(99_900, 10 ** 9)]).toEqual([1_300, 7, 100_000]);
});

test('what a record proves is not said to be a failure where nothing failed', () => {
  const proves = (change: Partial<RunRecord>): string => {
    const { bound95: _, ...rest } = { ...drawn, ...change };
    return text(pageOf(rest), '#reproducibility');
  };
  const { runs } = drawn;
  expect(proves({ runs: { ...runs, violated: 3 } })).toContain('that it fails');
  expect(proves({ verdict: 'slo-missed' })).toContain('that a service level is missed');
  expect(proves({ verdict: 'slo-missed' })).not.toContain('that it fails');
  const explored = { k: 1, points: 9, total: 9, run: 9, pruned: 0 };
  expect(proves({ explored })).toContain('that none of the runs explored breaks an invariant');
});

test('a saga that did not complete is not called undone, and a fault that was not counted on may strike', () => {
  const page = pageOf(drawn);
  expect(text(page, '#over-time')).toContain('did not complete');
  expect(text(page, '#over-time')).not.toMatch(/undone/i);
  expect(text(page, '#coverage')).not.toContain('does not strike');
});
