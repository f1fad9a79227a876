// `sagastorm replay`: the same run again, from its seed or from the faults in a capsule.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../simulator/index.ts';
import { ended, fixture, freshFolder, line, start } from './sagastorm.ts';

const folder = freshFolder();
const forgetful = fixture('forgetful.ts');
let found: RunRecord;

beforeAll(async () => {
  const { stdout } = await line(['run', forgetful, '--seeds', '4', '--seed', 'x', '--json'], folder);
  found = JSON.parse(stdout) as RunRecord;
});

function altered(change: Record<string, unknown>): string {
  const capsule = JSON.parse(readFileSync(join(folder, found.violations[0]!.capsule!), 'utf8')) as object;
  const file = join(freshFolder(), 'altered.json');
  writeFileSync(file, JSON.stringify({ ...capsule, ...change }));
  return file;
}

describe.concurrent('sagastorm replay', () => {
  test('a run becomes a store as of a moment, which the commands for stores read, and is never written over one', async () => {
    const into = freshFolder();
    const words = ['replay', 'three-am', '--seed', 'x', '--sagas', '300', '--profile', 'calm'];
    const { code, stdout, stderr } = await line([...words, '--until', '70s', '--into', 'run.db'], into);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /Store: run\.db, with 2\d\d sagas; books: run\.card\.ndjson, .*run\.wallet\.ndjson\n/,
    );
    expect(stdout).not.toMatch(/^0 /m); // no trace
    const why = await line(['why', '--db', 'run.db'], into);
    expect(why.stdout).toMatch(/the undo of "charge" was given up .*\n.*\n.*stuck\n$/s);
    const books = ['card', 'wallet', 'inventory', 'orders'].flatMap((one) => [
      '--against',
      `${one}=run.${one}.ndjson`,
    ]);
    expect((await line(['reconcile', '--db', 'run.db', ...books], into)).code).toBe(0);
    const again = await line([...words, '--into', 'run.db'], into);
    expect([again.code, again.stderr]).toEqual([64, expect.stringContaining('run.db is there already')]);
    expect(again.stdout).toBe(''); // it did not run first
  });

  test('every capsule shows its violation again, at the same moment, in the same run', async () => {
    expect(found.violations.length).toBeGreaterThan(1);
    const replay = ({ capsule }: { readonly capsule?: string }) => line(['replay', capsule!], folder);
    const some = found.violations.slice(0, 2);
    const replays = await Promise.all(some.map(replay));
    for (const [i, violation] of some.entries()) {
      const { code, stdout } = replays[i]!;
      expect(stdout).toContain(` ✗ ${violation.invariant} `);
      expect(stdout).toContain(violation.message);
      expect(stdout).toContain('Reproduced: every event is the one that was recorded.');
      expect(code).toBe(1);
    }
  });

  test('the printed command works as it is', async () => {
    const { replay, signature } = found.violations[0]!;
    const words = replay.split(' ').slice(2);
    const { stdout } = await line([...words, '--json'], folder);
    const record = JSON.parse(stdout) as RunRecord;
    expect(record.violations.map((violation) => violation.signature)).toContain(signature);
  });

  test('a policy from a file stands in the capsule: the file may go', async () => {
    const home = freshFolder();
    const policy = join(home, 'short.json');
    writeFileSync(policy, JSON.stringify({ name: 'short', callTimeoutMs: 700 }));
    const run = ['run', forgetful, '--seeds', '4', '--seed', 'x', '--policy', policy, '--json'];
    const { violations } = JSON.parse((await line(run, home)).stdout) as RunRecord;
    rmSync(policy);
    const { code, stdout } = await line(['replay', violations[0]!.capsule!], home);
    expect(stdout).toContain('Reproduced: every event is the one that was recorded.');
    expect(code).toBe(1);
  });

  test.each<[what: string, change: Record<string, unknown>, said: string, code: number]>([
    [
      'was mended',
      { scenario: fixture('honest.ts') },
      'Holds now: under the same plan at-most-once is not violated any more. The scenario has changed',
      0,
    ],
    [
      'fails all the same',
      { scenarioHash: '0', fingerprint: '0' },
      'The same failure on another path. The scenario has changed since it was recorded.',
      1,
    ],
    [
      'fails in another way',
      { fingerprint: '0', violation: { invariant: 'one-writer', signature: 'of long ago' } },
      'Not the failure that was recorded (one-writer). Something has changed since it was recorded.',
      1,
    ],
    [
      'is not struck any more',
      { plan: [{ kind: 'drop-reply', at: 's-3/other/forward#1:reply', params: {} }] },
      'Proves nothing any more: the first fault of its plan has nothing to strike.',
      2,
    ],
  ])('a capsule of a scenario that %s says so', async (_what, change, said, code) => {
    const replayed = await line(['replay', altered(change)], folder);
    expect(replayed.stdout).toContain(said);
    expect(replayed.code).toBe(code);
  });

  test.each<[string, unknown]>([
    ['sagas', 0],
    ['seed', 7],
    ['profile', 'hail'],
    ['policy', 7],
    ['plan', [{ kind: 'drop-reply' }]],
  ])('a capsule with a wrong "%s" is refused', async (field, value) => {
    const { code, stderr } = await line(['replay', altered({ [field]: value })], folder);
    expect(stderr).toMatch(new RegExp(`^sagastorm: .*altered\\.json is not a capsule: "${field}" `));
    expect(code).toBe(64);
  });

  test('a seed gives the run that a campaign had, and its events', async () => {
    const words = [fixture('honest.ts'), '--seed', 'x', '--sagas', '3', '--profile', 'breeze'];
    const [run, replay] = await Promise.all([
      line(['run', ...words, '--json']),
      line(['replay', ...words, '--trace']),
    ]);
    const { fingerprint } = JSON.parse(run.stdout) as RunRecord;
    expect(replay.stdout).toContain(` FINGERPRINT ${fingerprint}\n`);
    expect(replay.stdout).toMatch(/^ +0 {2}t=0\.\d{6}s {2}create +s-\d\n/);
    expect(replay.code).toBe(0);
  });

  test('a small run is told as such: how many sagas came, what struck, and the command that runs it', async () => {
    const { violations } = found;
    const { shrunk, capsule, replay } = violations.find((one) => one.shrunk !== undefined)!;
    const { stdout } = await line(['replay', capsule!, '--trace'], folder);
    expect(stdout).toMatch(/^sagastorm .* · 1 run × 1 saga · /m);
    expect(stdout).toMatch(/ shrunk +\d+ → 1 fault, 5 → 1 saga, /);
    expect(stdout).toContain(shrunk!.faults[0]!.slice(0, 40));
    expect(stdout).toContain(`replay    ${replay}\n`);
    expect(stdout).not.toContain('--seed');
    const trace = stdout.slice(0, stdout.indexOf('sagastorm '));
    expect(trace).toContain(`!  fault: ${shrunk!.faults[0]}\n`);
    expect(trace).toMatch(/effect +s-\d+ .*\n +✗ {2}violation: at-most-once: /);
  });

  test('--until ends the trace, not the run', async () => {
    const words = ['replay', fixture('honest.ts'), '--seed', 'x'];
    const [all, some] = await Promise.all([
      line([...words, '--trace']),
      line([...words, '--trace', '--until', '900ms']),
    ]);
    const events = ({ stdout }: { stdout: string }): readonly string[] =>
      stdout.split('\n').flatMap((line) => /^ *\d+ {2}(t=.*)/.exec(line)?.[1] ?? []);
    const early = events(all).filter((line) => line < 't=0.900000s~');
    expect(events(some)).toEqual(early);
    const faults = ({ stdout }: { stdout: string }): number => stdout.match(/^ *! {2}fault: /gm)?.length ?? 0;
    expect(faults(some)).toBeLessThan(faults(all));
    expect(events(all).length).toBeGreaterThan(early.length);
    expect(some.stdout.split('FINGERPRINT')[1]).toContain(/[0-9a-f]{32}/.exec(all.stdout)![0]);
  });

  test('a reader who leaves early is no error', async () => {
    const child = start(
      ['replay', fixture('honest.ts'), '--seed', 'x', '--sagas', '2000', '--trace'],
      freshFolder(),
    );
    child.stdout!.once('data', () => child.stdout!.destroy());
    const { code, stderr } = await ended(child);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});
