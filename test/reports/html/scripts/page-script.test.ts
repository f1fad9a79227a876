// The scripts of the pages are strings here; this is what reads them as the JavaScript that they are.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PAGE_SCRIPT } from '../../../../reports/html/scripts/page-script.ts';

/** What the type checker has against a script for browsers. */
function complaintsAbout(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sagastorm-script-'));
  try {
    const file = join(folder, 'script.js');
    writeFileSync(file, script);
    const options = [
      '--ignoreConfig',
      '--noEmit',
      '--allowJs',
      '--checkJs',
      '--strict',
      '--target',
      'es2023',
      '--types',
      '',
    ];
    execFileSync('node_modules/.bin/tsc', [...options, '--lib', 'es2023,dom,dom.iterable', file], {
      encoding: 'utf8',
    });
    return '';
  } catch (error) {
    return String((error as { stdout?: string }).stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the script of the pages passes the type checker', () => {
  expect(complaintsAbout(PAGE_SCRIPT)).toBe('');
});

test('the type checker does look at it', () => {
  expect(complaintsAbout(PAGE_SCRIPT.replace('place.textContent', 'place.textContents'))).toContain(
    'textContents',
  );
});

test('a script cannot end its own element', () => {
  expect(PAGE_SCRIPT).not.toMatch(/<\/script|<!--/i);
});
