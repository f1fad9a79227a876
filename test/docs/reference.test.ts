// docs/reference is what the docstrings say, and every exported name has one.

import { expect, test } from 'vitest';
import { exportedModules } from '../package/exported-names.ts';
import { committedPages, referencePages } from './reference.ts';

const modules = exportedModules();

test('every exported name says what it is', () => {
  const names = modules.flatMap(({ names }) => names);
  expect(names.length).toBeGreaterThan(300);
  const silent = names.filter(({ doc }) => doc === '').map(({ name, source }) => `${name} in ${source}`);
  expect(silent).toEqual([]);
});

test('the pages are up to date (`npm run reference` writes them)', () => {
  expect(committedPages()).toEqual(referencePages(modules));
});
