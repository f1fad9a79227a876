// What is kept of the planted bugs is shown again, and whatever is wrong with it is said.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bug } from '../../scenarios/planted-bugs/append-retried-blindly.ts';
import { SAGAS } from '../../scenarios/planted-bugs/planted-bug.ts';
import type { Reproduction } from '../../simulator/explore/shrink.ts';
import { type PlannedFault, profiles, simulate } from '../../simulator/index.ts';
import { examine, type Finds } from './exhibit.ts';
import { isKept, keep, readKept, type Small, wrongWith } from './kept.ts';
import { lesson, type Told } from './lesson.ts';
import { FOLDER } from './planted.ts';

const BUG = bug.wrong.name;
const file = join(FOLDER, `${BUG}.ts`);
const finds = readKept<Finds>(join(import.meta.dirname, 'finds.json'))[BUG]!;
const told = readKept<Told>(join(import.meta.dirname, 'told.json'))[BUG]!;
const OTHER: PlannedFault = { kind: 'drop-reply', at: 's-0/nothing/forward#1:reply', params: {} };

const examined = (kept: Finds) =>
  examine({ file, roots: ['gallery-0', 'gallery-1'], seedsMax: 50, twinSeeds: 0, kept });

/** What can be wrong with a small run, and what is said of it. */
const EDITS: readonly (readonly [string, string, (small: Small) => Small])[] = [
  ['a fault too few', 'does not fail as it did', (small) => ({ ...small, plan: small.plan.slice(1) })],
  [
    'a fault too many',
    `is not minimal: it fails without ${OTHER.kind} at ${OTHER.at}, too`,
    (small) => ({ ...small, plan: [...small.plan, OTHER] }),
  ],
  [
    'a fault that there is not',
    'cannot be run: simulate(): plan has as fault 1 one of the kind "thunder"',
    (small) => ({ ...small, plan: [{ ...OTHER, kind: 'thunder' }] }),
  ],
  ['another signature', 'does not fail as it did', (small) => ({ ...small, signature: 'liveness' })],
];
/** What can be wrong with a run of the storm only. */
const STORM_EDITS: typeof EDITS = [
  ...EDITS,
  [
    'a saga too many',
    'is not minimal: it fails without saga 0, too',
    (small) => ({ ...small, only: [0, 1] }),
  ],
  [
    'a seed that the storm finds nothing with',
    'is no part of a run that fails so',
    (small) => ({ ...small, seed: 'gallery-0/4' }),
  ],
];

test('a file that keeps nothing that can be read is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sagastorm-kept-'));
  const path = join(folder, 'finds.json');
  expect(() => readKept(path)).toThrow(`${path} cannot be read: ENOENT`);
  writeFileSync(path, '{ "a":');
  expect(() => readKept(path)).toThrow(`${path} cannot be read: `);
  expect(isKept(path, {})).toBe(false);
  keep(path, { a: { minimal: 1 } });
  expect(readKept(path)).toEqual({ a: { minimal: 1 } });
  expect(isKept(path, { a: { minimal: 1 } })).toBe(true);
  rmSync(folder, { recursive: true });
});

test('kept finds that are what they were are taken', async () => {
  expect(await examined(finds)).toMatchObject({ stale: [], finds });
});

test.each(STORM_EDITS)('a kept find with %s', async (_, said, edit) => {
  const { stale } = await examined({ ...finds, shrunk: edit(finds.shrunk!) });
  expect(stale).toEqual([expect.stringContaining(`the kept shrunk run of ${BUG} ${said}`)]);
});

test.each(EDITS)('a kept find of exploring with %s', async (_, said, edit) => {
  const { stale } = await examined({ ...finds, explored: edit(finds.explored!) });
  expect(stale).toEqual([expect.stringContaining(`the kept explored run of ${BUG} ${said}`)]);
});

test('a kept find that another invariant catches', () => {
  const run = ({ only, plan }: Reproduction) =>
    simulate(bug.wrong, { seed: told.seed, sagas: SAGAS, profile: profiles.storm, only, plan });
  expect(wrongWith(told, bug.caughtBy, run)).toBeUndefined();
  expect(wrongWith(told, ['every-saga-ends'], run)).toBe('breaks log-is-state: that is another bug');
});

test('a run that is kept is told as the page tells it', async () => {
  const page = readFileSync(`docs/bugs/${BUG}.md`, 'utf8');
  expect(await lesson({ file, told })).toMatchObject({ kind: 'lesson', page, told });
});

test.each(STORM_EDITS)('a run that is told with %s', async (_, said, edit) => {
  const stale = await lesson({ file, told: { ...told, ...edit(told) } });
  expect(stale).toEqual({ kind: 'stale', name: BUG, why: expect.stringContaining(said) });
});

test('a run that is told and is another by now', async () => {
  const stale = await lesson({ file, told: { ...told, fingerprint: '0' } });
  expect(stale).toEqual({ kind: 'stale', name: BUG, why: 'fails in another way' });
});
