// docs/live.md says what the code says.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Rows of a table in Markdown, whatever their padding. */
function rowsIn(text: string): readonly string[] {
  return text.split('\n').map((row) => row.replace(/ +/g, ' ').trim());
}

test('what an answer means stands there as in http-outcome.ts', () => {
  const source = readFileSync('engine/http/http-outcome.ts', 'utf8');
  const rows = rowsIn(
    source
      .split('\n')
      .filter((line) => line.startsWith('// |'))
      .map((line) => line.slice(3))
      .join('\n'),
  );
  expect(rows.length).toBeGreaterThan(15);
  const [, doc = ''] = /<!-- the table of [^>]*-->\n([\s\S]*?)\n<!-- end/.exec(
    readFileSync('docs/live.md', 'utf8'),
  )!;
  expect(rowsIn(doc)).toEqual(rows);
});
