// Links between the pages lead to files that there are, and to headings in them.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const PAGES = globSync(['*.md', 'docs/**/*.md']);

function proseOf(page: string): string {
  return readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
}

/** The names under which GitHub finds the headings of a page. */
function anchorsOf(page: string): readonly string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isBroken(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : join(dirname(page), file);
  if (!existsSync(target)) return true;
  return anchor !== undefined && !anchorsOf(target).includes(anchor);
}

test('every link between pages leads somewhere', () => {
  const links = PAGES.flatMap((page) =>
    [...proseOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link]) => [page, link!] as const),
  );
  expect(links.length).toBeGreaterThan(500);
  expect(links.filter(([page, link]) => isBroken(page, link)).map((broken) => broken.join(' → '))).toEqual(
    [],
  );
});

test('docs/README.md leads to every page beside it', () => {
  const index = readFileSync('docs/README.md', 'utf8');
  for (const page of globSync('docs/*.md')) {
    const name = page.replace(/^docs\//, '');
    if (name !== 'README.md') expect(index).toContain(`](${name})`);
  }
});
