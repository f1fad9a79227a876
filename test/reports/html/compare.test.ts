// The page of a comparison, and the brief of it: what they say, and that they are the same for the same results.

import { expect, test } from 'vitest';
import { briefOf } from '../../../reports/brief.ts';
import { renderBriefHtml } from '../../../reports/html/compare/brief-page.ts';
import { renderComparisonHtml } from '../../../reports/html/compare/page.ts';
import { withoutMeta } from '../../../reports/html/page.ts';
import { renderBriefMarkdown } from '../../../reports/index.ts';
import { changesTo } from '../../../reports/policy-change.ts';
import type { ComparedPolicy } from '../../../simulator/index.ts';
import {
  comparison,
  crowdedComparison as crowded,
  drawnComparison as drawn,
  promisingComparison as promising,
  scantComparison as scant,
  sweptComparison as swept,
} from '../comparisons.ts';
import { pageTree, rowsOf } from './page-tree.ts';

test('the recommendation comes first, then its evidence, then where it loses', () => {
  const page = renderComparisonHtml(drawn);
  const order = [
    'Take “patient”',
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

test('a cell with too few runs is neither best nor worst, and the legend says so', () => {
  const page = renderComparisonHtml(drawn);
  expect(page).toContain('<td class="heat h0" data-value="">too few</td>');
  expect(page.match(/<td class="heat h[1-5][^>]*>too few/g)).toBeNull();
  expect(page).toContain('too few runs to say');
});

test('a map in which every cell has too few runs is left out', () => {
  const page = renderComparisonHtml(scant);
  expect(page).toContain('Completed sagas by fault rate and timeout');
  expect(page).not.toContain('p99 latency by fault rate and timeout');
  expect(page).toContain('p99 latency is left out');
  expect(page).not.toMatch(/class="[^"]*\bh0"/);
});

test('the page says policy by policy which service levels are met, and which are missed', () => {
  const tree = pageTree(renderComparisonHtml(promising));
  expect(rowsOf(tree, 'Policies and what decides between them').map((cells) => cells[1])).toEqual([
    '✗ 1 of 4 met, 1 not measured',
    '✓ 3 of 4 met, 1 not measured',
    '✗ 0 of 4 met, 1 not measured',
  ]);
  const [baseline, first] = rowsOf(tree, 'Service levels');
  expect(baseline).toEqual([
    'default',
    '✓ 3 of 4 met, 1 not measured',
    'an incident is noticed within 30 s: not measured',
  ]);
  expect(first![2]).toContain('99 % of all sagas end within 20 s, here 21.2 s');
  expect(renderComparisonHtml(drawn)).not.toMatch(/service levels/i);
});

test('who is recommended and misses a service level is no good news', () => {
  const kept = { ...promising, verdict: 'held', recommended: 'default' } as const;
  expect(renderComparisonHtml(kept)).toContain('class="verdict tone-ok"');
  expect(renderComparisonHtml({ ...promising, verdict: 'held' })).toContain('class="verdict tone-warn"');
});

test('the brief has the service levels of the recommended policy first, and what it misses speaks against it', () => {
  const brief = renderBriefMarkdown(promising);
  expect(brief).toContain(
    [
      '## Service levels',
      '',
      '- “default:retry.timeout.attemptsMax=3”: 1 of 4 met, 1 not measured. Missed: at least 700 of 1,000 sagas complete, here 690 of 1,000; 99 % of all sagas end within 20 s, here 21.2 s.',
      '- “default”: 3 of 4 met, 1 not measured.',
      '- “default:retry.timeout.attemptsMax=5”: 0 of 4 met, 1 not measured. Missed: at least 700 of 1,000 sagas complete, here 600 of 1,000; 99 % of all sagas end within 20 s, here 25 s; and 1 more.',
    ].join('\n'),
  );
  expect(brief).toContain('- It misses 2 of 4 service levels.');
  expect(renderBriefMarkdown(crowded)).toContain('\n- 17 more: 0 miss none, 17 miss some.\n');
  expect(renderBriefHtml(promising)).toContain('“default”: 3 of 4 met, 1 not measured.');
  for (const other of [renderBriefMarkdown(drawn), renderBriefHtml(drawn)])
    expect(other).not.toMatch(/service levels/i);
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
  expect(renderComparisonHtml({ ...drawn, recommended: 'default' })).toContain('Keep “default”');
  expect(renderBriefMarkdown({ ...drawn, recommended: 'default' })).toContain('**Keep “default”.**');
});

test('the brief says what to do, why, what speaks against it, and how to see it', () => {
  const brief = renderBriefMarkdown(drawn);
  for (const text of [
    '# Which policy for ride',
    '**Take “patient” in place of “default”.**',
    '- Name the policy “patient”: `--policy patient`',
    '- completed sagas (higher is better): 78.2 %, +3.34 pt (+2.52 pt … +4.23 pt)',
    '- ✗ patient: at-most-once broken in 2 of 200 runs',
    '- Worse: p99 latency (lower is better): 21.2 s, +2.48 s (+13.3 %) (+1,627 ms … +3.17 s)',
    '- It does worse in completed sagas on 20 of 200 seeds.',
    '- The unit is the seed.',
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

test('the brief leaves out what only follows from another metric, and has five lines of evidence at most', () => {
  const { evidence, caveats } = briefOf(swept);
  const titles = evidence.map((text) => text.replace(/[:(].*/, '').trim());
  expect(titles).toEqual([
    'completed sagas',
    'seeds in which all completed',
    'seeds in which the load fell back after the incidents',
    'time that circuits were open, of all processes',
  ]);
  expect(caveats.filter((text) => text.startsWith('Worse: '))).toHaveLength(3);
  expect(caveats.at(-1)).toBe('What holds here holds for this scenario.');
  for (const text of [...evidence, ...caveats])
    expect(text).not.toMatch(/events per saga|in dollars|compensated/);
});

test('of a policy that is kept, what the others lose is evidence, and what they gain is given up', () => {
  const { evidence, caveats, changes } = briefOf({ ...swept, recommended: 'default' });
  expect(evidence[0]).toMatch(/^default:retry\.timeout\.attemptsMax=3: failed sagas/);
  expect(evidence).toHaveLength(2);
  expect(caveats.find((text) => text.startsWith('Given up with'))).toMatch(/attemptsMax=3: completed sagas/);
  expect(changes).toEqual([]);
});

test('the brief says what to change: a setting of a sweep, settings that differ, or the name of the policy', () => {
  const [baseline, chosen] = swept.policies as readonly [ComparedPolicy, ComparedPolicy];
  expect(changesTo(chosen, baseline)).toEqual([
    {
      words: 'In “default”, set retry.timeout.attemptsMax to 3:',
      typed: '--policy default:retry.timeout.attemptsMax=3',
    },
  ]);
  const specs = [{ name: 'a', callTimeoutMs: 5_000, retry: { timeout: { attemptsMax: 5 } } }, { name: 'b' }];
  expect(changesTo({ ...chosen, spec: specs[0] }, { ...baseline, spec: specs[1] })).toEqual([
    { words: 'callTimeoutMs: none → 5,000' },
    { words: 'retry.timeout.attemptsMax: none → 5' },
  ]);
  const worst = [
    { seed: 'a', value: 0, baseline: 1, replay: "sagastorm replay x --policy './my own.json' --seed a" },
  ];
  const pairs = [{ ...chosen.pairs![0]!, worst }];
  expect(changesTo({ ...chosen, name: 'mine', pairs }, baseline)[0]!.typed).toBe("--policy './my own.json'");
});

test('policies stand in one kind of quotes', () => {
  for (const page of [renderComparisonHtml(swept), renderBriefHtml(swept)]) {
    const read = page.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<[^>]*>/g, '');
    expect(read).not.toContain('&#34;');
    expect(read).toContain('“default:retry.timeout.attemptsMax=3”');
  }
  expect(renderComparisonHtml(swept)).toContain('one in twenty of them misses zero by chance');
});
