// docs/bugs tells of the planted bugs as they are now. That the runs on its pages still fail, and are told as they fail, is
// checked by `npm run bugs -- --check`, in CI.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { PlantedBug } from '../../scenarios/planted-bugs/planted-bug.ts';
import { blocksOf } from './markdown.ts';

const PAGES = 'docs/bugs';
const FOLDER = resolve('scenarios/planted-bugs');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));
const modules = await Promise.all(
  files.map((file) => import(join(FOLDER, file)) as Promise<{ readonly bug?: PlantedBug }>),
);
const bugs = modules.flatMap(({ bug }) => (bug === undefined ? [] : [bug]));
const index = readFileSync(join(PAGES, 'README.md'), 'utf8');

test('there is a page for each, and no other', () => {
  expect(bugs.length).toBeGreaterThan(70);
  const pages = bugs.map(({ wrong }) => `${wrong.name}.md`);
  expect(readdirSync(PAGES).sort()).toEqual(['README.md', ...pages].sort());
});

test.each(bugs.map((bug) => [bug.wrong.name, bug] as const))(
  '%s',
  (name, { how, lookFor, mended, right }) => {
    const page = readFileSync(join(PAGES, `${name}.md`), 'utf8');
    for (const told of [how, lookFor, mended ?? right.title]) expect(page).toContain(told);
    expect(page).not.toMatch(/\w\.\.(\s|$)/);
    expect(mended ?? right.title).not.toContain('done right');
    expect(index).toContain(`| [${name}](${name}.md) | ${how} |`);
    for (const { from, text } of blocksOf(page))
      if (from !== undefined) expect(readFileSync(from, 'utf8')).toContain(text.trimEnd());
  },
);
