// A run as Markdown: what a message says never becomes markup, and nothing breaks out of its place.

import { describe, expect, test } from 'vitest';
import { renderRunMarkdown } from '../../reports/index.ts';
import { failing, held, inconclusive, violated } from './records.ts';

describe('a run as Markdown', () => {
  test('says the verdict first, then each failure with the command that runs it again', () => {
    const text = renderRunMarkdown([failing(2)]);
    expect(text.split('\n')[0]).toBe('## ✗ bank-transfer: violated');
    expect(text).toContain(
      '- shrunk: One saga and one fault (the reply is lost) break money-conserved.\n\n```sh\nnpx sagastorm replay ',
    );
  });

  test('has everything that was checked, as a table', () => {
    const text = renderRunMarkdown([held]);
    expect(text).toMatch(
      /^\| INVARIANTS \| 2\/2 held · 0 of 1,000 runs failed → true rate ≤ 0\.30 % \(95 %\) \|$/m,
    );
    expect(text).not.toContain('\u00a0');
  });

  test('names what was left open, and counts what it does not show', () => {
    const many = Array.from({ length: 25 }, (_, i) => ({ seed: `s/${i}`, reason: 'out of bounds' }));
    const text = renderRunMarkdown([{ ...inconclusive, inconclusive: many }]);
    expect(text).toContain('- seed `s/19`: out of bounds\n- … and 5 more, all in the run record\n');
  });

  test('a message with markup, line ends and fences stays one line of text', () => {
    const [violation] = violated.violations;
    const message = '<b>| *bold*\n# heading\n```';
    const replay = "npx sagastorm replay '```'";
    const text = renderRunMarkdown([{ ...violated, violations: [{ ...violation!, message, replay }] }]);
    expect(text).toContain('**\\<b>\\| \\*bold\\* # heading \\`\\`\\`**');
    expect(text).toContain("````sh\nnpx sagastorm replay '```'\n````");
  });
});
