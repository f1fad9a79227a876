// `sagastorm explore`: every fault at every point.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../simulator/index.ts';
import { ended, fixture, freshFolder, line, start } from './sagastorm.ts';

const honest = fixture('honest.ts');
const forgetful = fixture('forgetful.ts');

/** What an exploration of the forgetful participant comes to. */
async function explored(words: readonly string[]) {
  const folder = freshFolder();
  const { stdout, code } = await line(['explore', forgetful, '--json', ...words], folder);
  const { meta, ...record } = JSON.parse(stdout) as RunRecord;
  return { record, workers: meta.workers, folder, code };
}

/** One of them serves all tests that only look at it: it takes seconds. */
let shared: ReturnType<typeof explored> | undefined;
function found(): ReturnType<typeof explored> {
  shared ??= explored(['--workers', '2']);
  return shared;
}

describe.concurrent('sagastorm explore', () => {
  test('a scenario that holds ends in "N of N explored"', async () => {
    const { stdout, stderr, code } = await line(['explore', honest, '--quiet']);
    expect(stdout).toMatch(/ EXPLORED +([\d,]+) of \1 explored: every fault by itself at \d+ points\n/);
    expect(stdout).toMatch(/ DETERMINISM (\d+)\/\1 runs repeated identically\n/);
    expect(stdout).toMatch(/ HELD\n$/);
    expect([stderr, code]).toEqual(['', 0]);
  });

  test('what does not repeat ends in 4', async () => {
    const { stdout, code } = await line(['explore', fixture('remembers-calls.ts')]);
    expect(stdout).toContain('differs first in event ');
    expect(stdout).toMatch(/ NOT DETERMINISTIC\n$/);
    expect(code).toBe(4);
  });

  test('pairs that were stopped are not counted as if somebody knew how many there are', async () => {
    const folder = freshFolder();
    const child = start(['explore', honest, '--faults', '2'], folder);
    const end = ended(child);
    while (!existsSync(join(folder, '.sagastorm'))) await sleep(20);
    await sleep(1_000);
    child.kill('SIGINT');
    const { stdout, code } = await end;
    const told = stdout.replace(/\n +/g, ' ');
    expect(told).toMatch(
      / EXPLORED +[\d,]+ explored, then it was stopped: [\d,]+ single faults left, and every pair /,
    );
    expect(told).toMatch(/stopped after \d+ runs, with \d+ first faults of pairs left/);
    expect(code).toBe(130);
  });

  test('what a single fault can break is found, with that fault alone', async () => {
    const { record, code } = await found();
    const { violations, explored, runs } = record;
    expect(violations.map(({ invariant }) => invariant)).toContain('at-most-once');
    for (const { faults } of violations) expect(faults).toHaveLength(1);
    expect(explored).toMatchObject({ k: 1, run: runs.total, pruned: 0, total: runs.total });
    expect(code).toBe(1);
  });

  test('what it finds replays from its capsule', async () => {
    const { record, folder } = await found();
    const again = await line(record.violations[0]!.replay.split(' ').slice(2), folder);
    expect(again.stdout).toContain('Reproduced: every event is the one that was recorded.');
  });

  test('one worker or two, the record is the same', async () => {
    const { record, workers } = await found();
    expect(workers).toBe(2);
    const one = await explored(['--workers', '1']);
    expect(one.workers).toBe(1);
    expect(one.record).toEqual(record);
  });
});
