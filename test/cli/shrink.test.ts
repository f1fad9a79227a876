// `sagastorm shrink`: from a run that fails to the smallest one that does, as a capsule and as a test.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../simulator/index.ts';
import { fixture, freshFolder, line } from './sagastorm.ts';

const forgetful = fixture('forgetful.ts');
const ofSeed = ['shrink', forgetful, '--seed', 'x/0', '--sagas', '5'];
/** Inside the repository: vitest runs tests only below its root. */
const inside = mkdtempSync(resolve('test/cli/shrunk-'));
afterAll(() => rmSync(inside, { recursive: true }));

async function shrunk(words: readonly string[], folder: string): Promise<RunRecord> {
  const { stdout, stderr, code } = await line([...words, '--json'], folder);
  expect([stderr, code]).toEqual(['', 1]);
  return JSON.parse(stdout) as RunRecord;
}

describe.concurrent('sagastorm shrink', () => {
  test('every failure of a seed becomes small, and its capsule replays', async () => {
    const folder = freshFolder();
    const { violations } = await shrunk(ofSeed, folder);
    expect(violations.length).toBeGreaterThan(1);
    for (const { shrunk: small, faults } of violations) {
      expect(small).toMatchObject({ isMinimal: true, sagas: 1 });
      expect(small!.faults).toHaveLength(faults.length);
      expect(faults.length).toBeLessThan(small!.from.faults);
    }
    const { stdout, code } = await line(violations[0]!.replay.split(' ').slice(2), folder);
    expect(stdout).toContain('Reproduced: every event is the one that was recorded.');
    expect(code).toBe(1);
  });

  test('the test that it writes fails, and passes without the fault; nobody runs it by accident', async () => {
    const { violations } = await shrunk([...ofSeed, '--out', inside], process.cwd());
    const [{ test: file = '', runTest = '', invariant }] = violations as [RunRecord['violations'][number]];
    const run = (words: readonly string[]) =>
      spawnSync(process.execPath, [resolve('node_modules/vitest/vitest.mjs'), ...words], {
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1' },
      });
    const words = runTest.split(' ').slice(2);
    const broken = run(words);
    expect(broken.stdout).toContain(invariant);
    expect(broken.status).toBe(1);
    const mended = file.replace('.repro.ts', '-mended.repro.ts');
    writeFileSync(mended, readFileSync(file, 'utf8').replace(/\n {6}\{"kind".*| {2}expect\(struck.*/g, ''));
    expect(run(words.with(-1, mended)).status).toBe(0);
    expect(run(['run', file]).stderr).toContain('No test files found');
  });

  test('a search that was cut short goes on from its capsule', async () => {
    const folder = freshFolder();
    const [first] = (await shrunk([...ofSeed, '--shrink-budget', '1'], folder)).violations;
    expect(first!.shrunk!.isMinimal).toBe(false);
    const words = ['shrink', join(folder, first!.capsule!)];
    const [rest] = (await shrunk(words, folder)).violations;
    expect(rest!.shrunk).toMatchObject({ isMinimal: true, from: first!.shrunk!.from });
    expect(rest!.signature).toBe(first!.signature);
    const [again] = (await shrunk(['shrink', join(folder, rest!.capsule!)], folder)).violations;
    expect(again!.capsule).toBe(rest!.capsule);
  });

  test('a run that holds has nothing to shrink', async () => {
    const { stdout, code } = await line(['shrink', fixture('honest.ts'), '--seed', 'x']);
    expect(stdout).toMatch(/Nothing to shrink: the run does not fail so\.\n$/);
    expect(code).toBe(0);
  });

  test('a failure that cannot be made small is told as it was found, by every command', async () => {
    const company = fixture('fails-in-company.ts');
    for (const words of [
      ['run', company, '--seeds', '2', '--seed', 'x', '--json'],
      ['shrink', company, '--seed', 'x/0', '--json'],
    ]) {
      const folder = freshFolder();
      const { stdout, code } = await line(words, folder);
      const [{ notShrunk, shrunk: small, capsule } = {}] = (JSON.parse(stdout) as RunRecord).violations;
      expect(notShrunk).toContain('Math.random');
      expect(small).toBeUndefined();
      expect(existsSync(join(folder, capsule!))).toBe(true);
      expect(code).toBe(1);
    }
  });

  test('a campaign makes its failures small by itself, unless it is told not to', async () => {
    const words = ['run', forgetful, '--seeds', '3', '--seed', 'x'];
    const [small, large] = await Promise.all([line(words), line([...words, '--shrink-budget', '0'])]);
    expect(small.stdout).toMatch(/ shrunk +\d+ → 1 fault, 5 → 1 saga, [\d,]+ → \d+ events\n/);
    expect(large.stdout).not.toContain('shrunk');
    expect(large.stdout).toMatch(/ struck by +\S/);
  });
});
