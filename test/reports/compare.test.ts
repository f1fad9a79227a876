// A comparison as people read it, word for word.

import { expect, test } from 'vitest';
import { type Palette, renderComparison, renderComparisonMarkdown } from '../../reports/index.ts';
import {
  drawnComparison,
  promisingComparison as promising,
  comparison as record,
  scantComparison,
} from './comparisons.ts';

const same = (text: string): string => text;
const plain: Palette = { bold: same, dim: same, green: same, red: same, yellow: same };

test('on a terminal', () => {
  const text = renderComparison(record, { colors: plain, width: 100, stored: '.sagastorm/compare.json' });
  expect(text).toMatchInlineSnapshot(`
    "sagastorm 0.1 · compare ride · 2 policies × 200 seeds × 100 sagas · root seed "nightly" · storm

     "patient" against "default": 3.3 points more completed sagas; at 13.3 % more p99 latency.

     completed sagas (higher is better)
       default        74.9 %
       patient        78.2 %           +3.34 pt  +2.52 pt … +4.23 pt
       default again  76.1 %                  ~  too few

     p99 latency (lower is better)
       default        18.7 s
       patient        21.2 s  +2.48 s (+13.3 %)  +1,627 ms … +3.17 s
       default again    none

     events per saga
       default         21.94
       patient         21.81                  ~  −0.28 … +0.03
       default again   22.34                  ~

     Difference: to "default" on the same 200 seeds of 100 sagas, with its 95 % interval · ~: cannot be
     told apart (Holm over the metrics that can be judged, at 1.00 %, 2,000 resamples) · again: the
     baseline on other seeds, what noise alone does
     ✗ patient: at-most-once broken in 2 of 200 runs, first with seed "nightly/7"
     ? patient: 1 of 200 runs inconclusive
     600 runs · 8.16 s · .sagastorm/compare.json
    "
  `);
});

test('on a terminal, what is zero for all is named in one line', () => {
  const zero = (id: string): boolean => id === 'events';
  const policies = record.policies.map((policy) => ({
    ...policy,
    metrics: policy.metrics.map((one) => (zero(one.id) ? { ...one, value: 0 } : one)),
  }));
  const options = { colors: plain, width: 100 };
  const text = renderComparison({ ...record, policies }, options);
  expect(text).not.toMatch(/^ events per saga/m);
  expect(text).toContain('\n 1 metric left out, zero for all: events per saga\n Difference: ');
  expect(renderComparisonMarkdown({ ...record, policies })).toContain('| events per saga |');
  const one = policies.map((policy, i) => (i === 1 ? record.policies[1]! : policy));
  expect(renderComparison({ ...record, policies: one }, options)).toMatch(/^ events per saga$/m);
});

test('on a terminal, dollars stand with the prices they are made of', () => {
  const price = 'A call is taken for $0.20 a million.';
  const assumptions = [...record.assumptions, price];
  const text = renderComparison({ ...record, assumptions }, { colors: plain, width: 100 });
  expect(text).toContain(price);
  expect(text).not.toContain(record.assumptions[0]);
});

test('on a terminal, what nobody has is not called zero', () => {
  const without = record.policies.map((policy) => ({
    ...policy,
    metrics: policy.metrics.map(({ value, ...one }) =>
      one.id === 'events' || value === undefined ? one : { ...one, value },
    ),
  }));
  const options = { colors: plain, width: 100 };
  const text = renderComparison({ ...record, policies: without }, options);
  expect(text).toContain('\n 1 metric left out, none for all: events per saga\n Difference: ');
  const mixed = without.map((policy, i) => ({
    ...policy,
    metrics: policy.metrics.map((one) => (i === 0 && one.id === 'events' ? { ...one, value: 0 } : one)),
  }));
  expect(renderComparison({ ...record, policies: mixed }, options)).toMatch(/^ events per saga$/m);
});

test('as Markdown', () => {
  expect(renderComparisonMarkdown(record)).toMatchInlineSnapshot(`
    "## Policies for ride

    **"patient" against "default": 3.3 points more completed sagas; at 13.3 % more p99 latency.**

    200 seeds of 100 sagas per policy, root seed \`nightly\`, profile storm.

    | Metric | Policy | Value | Difference to default | 95 % interval |
    | --- | --- | ---: | ---: | --- |
    | completed sagas (higher is better) | default | 74.9 % |  |  |
    |  | patient | 78.2 % | +3.34 pt | +2.52 pt … +4.23 pt |
    |  | default again | 76.1 % | \\~ | too few |
    | p99 latency (lower is better) | default | 18.7 s |  |  |
    |  | patient | 21.2 s | +2.48 s (+13.3 %) | +1,627 ms … +3.17 s |
    |  | default again | none |  |  |
    | events per saga | default | 21.94 |  |  |
    |  | patient | 21.81 | \\~ | −0.28 … +0.03 |
    |  | default again | 22.34 | \\~ |  |

    Difference: to "default" on the same 200 seeds of 100 sagas, with its 95 % interval · \\~: cannot be told apart (Holm over the metrics that can be judged, at 1.00 %, 2,000 resamples) · again: the baseline on other seeds, what noise alone does

    ✗ patient: at-most-once broken in 2 of 200 runs, first with seed "nightly/7"

    ? patient: 1 of 200 runs inconclusive

    Assumptions:

    - The unit is the seed.
    "
  `);
});

test('Markdown cannot be broken by what it names', () => {
  const text = renderComparisonMarkdown({ ...record, rootSeed: 'a`b', sentence: 'a | b ~~c~~ <d>' });
  expect(text).toContain('**a \\| b \\~\\~c\\~\\~ \\<d>**');
  expect(text).toContain('root seed `` a`b ``');
});

test('the sensitivity of the recommendation stands below, with what broke in its cells', () => {
  const text = renderComparison(drawnComparison, { colors: plain, width: 80 });
  expect(text).toContain(
    [
      ' Completed sagas by call timeout',
      '   faults  500 ms     2 s',
      '   none      90 %    90 %',
      '   × 1     ✗ 60 %  [78 %]',
    ].join('\n'),
  );
  expect(text).toContain('   none    900 ms  too few');
  expect(text).toContain('✗ patient in other weather: broken in 1 of 4 cells, at-most-once first at');
  const markdown = renderComparisonMarkdown(drawnComparison);
  expect(markdown).toContain('| Completed sagas: faults | 500 ms | 2 s |');
  expect(markdown).toContain('with seed "nightly/3"');
});

test('a grid in which every cell has too few runs is left out, and that is said', () => {
  const text = renderComparison(scantComparison, { colors: plain, width: 200 });
  const markdown = renderComparisonMarkdown(scantComparison);
  for (const shown of [text, markdown]) {
    expect(shown).toMatch(/p99\s+latency is left out: every cell has too few runs to say\./);
    expect(shown).not.toMatch(/too few( {2}| \|)(\[|too)/);
  }
  expect(text).toContain(' Completed sagas by call timeout');
  expect(text).not.toContain('p99 latency by call timeout');
  expect(markdown).not.toContain('p99 latency: faults');
});

test('which service levels each policy meets stands first, and which it misses below', () => {
  const text = renderComparison(promising, { colors: plain, width: 100 });
  expect(text).toContain(
    [
      ' service levels',
      '   default                              ✓ 3 of 4 met, 1 not measured',
      '     ○ an incident is noticed within 30 s: not measured',
      '   default:retry.timeout.attemptsMax=3  ✗ 1 of 4 met, 1 not measured',
      '     ✗ at least 700 of 1,000 sagas complete, here 690 of 1,000',
      '     ✗ 99 % of all sagas end within 20 s, here 21.2 s',
      '     ○ an incident is noticed within 30 s: not measured',
      '   default:retry.timeout.attemptsMax=5  ✗ 0 of 4 met, 1 not measured',
    ].join('\n'),
  );
  expect(text.indexOf('\n service levels')).toBeLessThan(text.indexOf('\n completed sagas'));
  expect(renderComparison(record, { colors: plain, width: 100 })).not.toContain('service levels');
});

test('in Markdown, too', () => {
  const text = renderComparisonMarkdown(promising);
  expect(text).toContain(
    '| service levels | default | ✓ 3 of 4 met, 1 not measured |  |  |\n|  | default:retry.timeout.attemptsMax=3 | ✗ 1 of 4 met, 1 not measured |  |  |\n',
  );
  expect(text).toContain(
    'Service levels of default:retry.timeout.attemptsMax=3:\n\n- ✗ at least 700 of 1,000 sagas complete, here 690 of 1,000\n',
  );
  expect(renderComparisonMarkdown(record)).not.toMatch(/service levels/i);
});
