// `sagastorm seeds`: failures that were found once are run first, and must hold when they are mended.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../simulator/index.ts';
import { fixture, freshFolder, line } from './sagastorm.ts';

const PINNED = join('scenarios', 'regressions');
const forgetful = fixture('forgetful.ts');
let found: RunRecord;
let origin: string;

beforeAll(async () => {
  origin = freshFolder();
  const { stdout } = await line(['run', forgetful, '--seeds', '4', '--seed', 'x', '--json'], origin);
  found = JSON.parse(stdout) as RunRecord;
});

/** A folder with a capsule of the forgetful registry, pinned and then changed. */
async function folderWith(change: Record<string, unknown> = {}) {
  const folder = freshFolder();
  const capsule = join(origin, found.violations[0]!.capsule!);
  const { stdout, code } = await line(['seeds', 'add', capsule], folder);
  expect(code).toBe(0);
  const file = /^pinned (.+)\n$/.exec(stdout)![1]!;
  const path = join(folder, file);
  const text = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...text, scenario: forgetful, ...change }));
  return { folder, file, path };
}

describe.concurrent('sagastorm seeds', () => {
  test('a pinned failure fails every run of its scenario until it is mended', async () => {
    const { folder, file } = await folderWith();
    const seed = ['--seed', 'y', '--profile', 'calm'];
    const { stdout, code } = await line(['run', forgetful, ...seed], folder);
    expect(stdout).toMatch(/ REGRESSIONS 0\/1 held\n/);
    expect(stdout).toContain(`main.ts replay ${file}`);
    expect(code).toBe(1);
    const other = await line(['run', fixture('honest.ts'), ...seed], folder);
    expect(other.stdout).not.toContain('REGRESSIONS');
    expect(other.code).toBe(0);
  });

  test('what is mended holds: the same plan on the corrected scenario', async () => {
    const { folder } = await folderWith({ scenario: fixture('honest.ts') });
    const { stdout, code } = await line(['seeds', 'list'], folder);
    expect(stdout).toMatch(/^ ✓ holds {2}scenarios\/regressions\/.+\.json\n/);
    expect(code).toBe(0);
  });

  test('list says what fails, is stale, or is lost; prune removes what is stale', async () => {
    const { folder, path } = await folderWith();
    const capsule = JSON.parse(readFileSync(path, 'utf8')) as object;
    const nowhere = { kind: 'drop-reply', at: 's-0/no-such-step/forward#1:reply', params: {} };
    const put = (name: string, change: object) =>
      writeFileSync(join(folder, PINNED, name), JSON.stringify({ ...capsule, ...change }));
    put('a-stale.json', { plan: [nowhere] });
    put('b-lost.json', { scenario: 'no-such-scenario' });
    const { stdout, code } = await line(['seeds', 'list', '--json'], folder);
    const states = (JSON.parse(stdout) as { state: string }[]).map(({ state }) => state);
    expect(states.toSorted()).toEqual(['fails', 'lost', 'stale']);
    expect(code).toBe(1);
    const pruned = await line(['seeds', 'prune'], folder);
    expect(pruned.stdout.split('\n')).toHaveLength(3);
    expect(existsSync(path)).toBe(true);
    expect(existsSync(join(folder, PINNED, 'a-stale.json'))).toBe(false);
    expect(existsSync(join(folder, PINNED, 'b-lost.json'))).toBe(true);
    expect(pruned.code).toBe(2);
  });

  test('what cannot be run again is counted and named, and the run is inconclusive', async () => {
    const { folder, file } = await folderWith({ scenario: './gone.ts' });
    const { stdout, code } = await line(['run', fixture('honest.ts'), '--seed', 'y'], folder);
    expect(stdout).toContain(` REGRESSIONS 0/1 held · cannot be run: ${file}\n`);
    expect(stdout).toContain(`${file} cannot be run: there is no file`);
    expect(code).toBe(2);
  });

  test('a pinned run that breaks off names its capsule', async () => {
    const { folder, file } = await folderWith({ scenario: fixture('rolls-dice.ts') });
    for (const words of [
      ['seeds', 'list'],
      ['run', fixture('rolls-dice.ts'), '--seed', 'y'],
    ]) {
      const { stderr, code } = await line(words, folder);
      expect(stderr).toContain(`sagastorm: pinned ${file}: `);
      expect(code).toBe(4);
    }
  });

  test('a corrupt capsule in the corpus is not passed over', async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, PINNED), { recursive: true });
    writeFileSync(join(folder, PINNED, 'torn.json'), '{"schema": "sagastorm/capsule@1", "scen');
    for (const words of [
      ['seeds', 'list'],
      ['run', forgetful, '--seed', 'x'],
    ]) {
      const { stderr, code } = await line(words, folder);
      expect(stderr).toMatch(/torn\.json is not JSON/);
      expect(code).toBe(64);
    }
  });

  test('the same capsule is pinned once', async () => {
    const { folder } = await folderWith();
    const again = await line(['seeds', 'add', resolve(origin, found.violations[0]!.capsule!)], folder);
    expect(again.stderr).toMatch(/is there already/);
    expect(again.code).toBe(64);
  });

  test('an empty corpus says so', async () => {
    expect((await line(['seeds', 'list'])).stdout).toMatch(/^Nothing is pinned/);
  });
});
