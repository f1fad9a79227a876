// `sagastorm run`, as a process: what it writes where, and how it ends.

import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../simulator/index.ts';
import { ended, fixture, freshFolder, line, sagastorm, start } from './sagastorm.ts';

const honest = fixture('honest.ts');

describe.concurrent('sagastorm run', () => {
  test('a scenario that holds ends in 0, with verdict, seed and fingerprint', async () => {
    const { code, stdout, stderr } = await sagastorm(['run', honest, '--seed', '007']);
    expect(stdout).toMatch(/^sagastorm \d+\.\d+ · honest · 1 run × 5 sagas · seed "007" · storm\n/);
    expect(stdout).toMatch(/ FINGERPRINT [0-9a-f]{32}\n/);
    expect(stdout).toMatch(/ HELD\n$/);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('into a pipe there are no colours, on a CI server neither', async () => {
    const { stdout } = await ended(start(['run', honest, '--seed', '007'], freshFolder(), { CI: 'true' }));
    expect(stdout).toMatch(/ HELD\n$/);
  });

  test('what never happened and what was missed are named', async () => {
    const { stdout, code } = await line(['run', fixture('promises.ts'), '--seed', '7', '--profile', 'calm']);
    expect(stdout).toMatch(/ SOMETIMES +1\/2 happened · never true: "the moon is reached"\n/);
    expect(stdout).toMatch(/ SLO +1\/2 met · missed: half of all sagas end within 1 ms, here [\d.]+ ms\n/);
    expect(stdout).toMatch(/ VIOLATED: every run held, and never was true: "the moon is reached"\n$/);
    expect(code).toBe(1);
  });

  test('what a scenario prints goes to stderr, and a reader who leaves stops nothing', async () => {
    const chatty = ['run', fixture('chatty.ts'), '--seed', '7', '--sagas', '300', '--json'];
    const { stdout, stderr, code } = await sagastorm(chatty);
    expect((JSON.parse(stdout) as RunRecord).verdict).toBe('held');
    expect(stderr).toContain('clerk: s-0/');
    expect(code).toBe(0);
    const left = start(chatty, freshFolder());
    left.stderr!.destroy();
    expect((await ended(left)).code).toBe(0);
  });

  test('without a seed one is chosen, and printed', async () => {
    const seedIn = ({ stdout }: { stdout: string }) => /seed "([0-9a-f]{8})"/.exec(stdout)?.[1];
    const [one, two] = await Promise.all([line(['run', honest]), line(['run', honest])]);
    expect(seedIn(one)).toBeDefined();
    expect(seedIn(one)).not.toBe(seedIn(two));
  });

  test('what a service throws in some runs is a failure: made small, replayed, and nobody else is kept waiting', async () => {
    const folder = freshFolder();
    const throws = fixture('throws-at-undo.ts');
    const words = ['run', throws, honest, '--seeds', '5', '--seed', 'x', '--json'];
    const { code, stdout } = await line(words, folder);
    const [first, second] = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as RunRecord);
    expect(first!.violations).toHaveLength(1); // whatever was to be undone
    const { invariant, message, faults, shrunk, capsule } = first!.violations[0]!;
    expect(invariant).toBe('nothing-thrown');
    expect(message).toMatch(
      /^participant "notary", asked for "t\w+", threw TypeError: .*undefined.* \(at .*throws-at-undo\.ts:17:\d+\)$/,
    );
    expect(faults).toHaveLength(1);
    expect(shrunk).toMatchObject({ isMinimal: true, sagas: 1 });
    expect(first!.invariants.find(({ id }) => id === 'nothing-thrown')).toMatchObject({ state: 'violated' });
    expect(second).toMatchObject({ scenario: 'honest', verdict: 'held' });
    expect(second!.invariants.map(({ id }) => id)).not.toContain('nothing-thrown');
    expect(code).toBe(1);
    const again = await line(['replay', capsule!], folder);
    expect(again.stdout).toMatch(/ VIOLATED\n Reproduced: /);
    expect(again.code).toBe(1);
  });

  test.each([
    [
      'throws-in-invariant',
      /^invariant "stumbles" threw TypeError: the ink is dry \(at .*invariant\.ts:16:\d+\)$/,
    ],
    [
      'throws-in-sometimes',
      /^`sometimes` "the moon is reached" threw RangeError: too far \(at .*times\.ts:\d+:\d+\)$/,
    ],
  ])('so is what the code of a scenario throws: %s', async (name, told) => {
    const { code, stdout } = await line(['run', fixture(`${name}.ts`), '--seed', 'x', '--json']);
    const [violation] = (JSON.parse(stdout) as RunRecord).violations;
    expect(violation).toMatchObject({ invariant: 'nothing-thrown', message: expect.stringMatching(told) });
    expect(code).toBe(1);
  });

  test('a scenario that cannot be run names its seed, and the others are run and told', async () => {
    const folder = freshFolder();
    const words = ['run', fixture('rolls-dice.ts'), fixture('breaks.ts'), honest, '--seed', 'x', '--json'];
    const { code, stdout, stderr } = await line(words, folder);
    expect(JSON.parse(stdout)).toMatchObject({ scenario: 'honest', verdict: 'held' });
    expect(stderr).toMatch(
      /sagastorm: seed "x" of \S+rolls-dice\.ts: Math\.random\(\) was called inside a sim/,
    );
    expect(stderr).toMatch(/sagastorm: internal error: seed "x" of \S+breaks\.ts broke off: /);
    expect(code).toBe(70);
  });

  test.each(['run', 'compare'])(
    '%s: a promise that was rejected and that nobody waits for is told',
    async (command) => {
      const policies = command === 'compare' ? ['--policy', 'default', '--policy', 'naive'] : [];
      const words = [
        command,
        fixture('forgets-to-await.ts'),
        '--seed',
        'x',
        '--seeds',
        '20',
        '--profile',
        'calm',
      ];
      const { code, stdout, stderr } = await line([...words, ...policies]);
      expect(stderr).toMatch(
        /sagastorm: seed "x\/\d+" of \S+: a promise was rejected, and nobody caught it: Error: the audit log is full \(at \S+forgets-to-await\.ts:15:\d+\)\.\n {2}What follows an await/,
      );
      expect(stdout).toBe('');
      expect(code).toBe(64);
    },
  );

  test('so it is in a replay, behind what the run came to', async () => {
    const words = ['replay', fixture('forgets-to-await.ts'), '--seed', 'x', '--profile', 'calm'];
    const { code, stdout, stderr } = await line(words);
    expect(stdout).toMatch(/HELD\n$/);
    expect(stderr).toMatch(
      /^sagastorm: a promise was rejected, and nobody caught it: Error: the audit log is full \(/,
    );
    expect(code).toBe(64);
  });

  test('so does every report, also where it is the only one, or only a shard of it is run', async () => {
    const folder = freshFolder();
    const words = ['run', fixture('rolls-dice.ts'), '--seed', 'x'];
    const { code, stdout, stderr } = await line([...words, '--reporter', 'junit'], folder);
    expect(stdout).toMatch(
      /<testcase name="run: The scenario can be run" .*<error message="seed .*rolls-dice\.ts: Math/,
    );
    expect(stderr).toContain('Math.random() was called inside a simulated run');
    expect(code).toBe(4);
    const all = [...words, honest, '--reporter', 'github', '--reporter', 'md=all.md'];
    const { stdout: told } = await line(all, folder);
    expect(told).toMatch(/^::error title=cannot be run \(\S+rolls-dice\.ts\)::seed /);
    expect(readFileSync(`${folder}/all.md`, 'utf8')).toMatch(
      /^## ✗ .*: cannot be run\n[\s\S]*## ✓ honest: held\n/,
    );
    const shard = await line([...words, honest, '--seeds', '2', '--shard', '1/2'], folder);
    expect(shard.stdout).toMatch(/^shard 1\/2 · honest · /);
    expect(shard.code).toBe(4);
  });

  test('--json prints the record and nothing else; the same is stored', async () => {
    const folder = freshFolder();
    const { stdout, stderr } = await line(['run', honest, '--seeds', '3', '--seed', '1e5', '--json'], folder);
    const record = JSON.parse(stdout) as RunRecord;
    expect(record).toMatchObject({ rootSeed: '1e5', runs: { total: 3 }, verdict: 'held' });
    expect(JSON.parse(readFileSync(`${folder}/.sagastorm/run.json`, 'utf8'))).toEqual(record);
    expect(stderr).toBe('');
  });

  test('several scenarios: a line each, stored apart, and the worst code', async () => {
    const folder = freshFolder();
    const words = [
      'run',
      honest,
      fixture('forgetful.ts'),
      '--seeds',
      '4',
      '--seed',
      'x',
      '--json',
      '--out',
      'here',
    ];
    const { code, stdout } = await line(words, folder);
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as RunRecord);
    expect(records.map(({ verdict }) => verdict)).toEqual(['held', 'violated']);
    for (const { scenario } of records) expect(existsSync(`${folder}/here/${scenario}/run.json`)).toBe(true);
    expect(code).toBe(1);
  });

  test('several reporters, in the order in which they are named', async () => {
    const { stdout } = await line(['run', honest, '--reporter', 'line', '--reporter', 'json']);
    const [first, json] = stdout.split('\n');
    expect(first).toMatch(/^held · honest · /);
    expect(JSON.parse(json!)).toMatchObject({ scenario: 'honest' });
  });

  test('a violation ends in 1 and says how to see it again', async () => {
    const { code, stdout } = await line(['run', fixture('forgetful.ts'), '--seeds', '4', '--seed', 'x']);
    expect(stdout).toMatch(/ ✗ at-most-once {3}\d of 4 runs\n/);
    expect(stdout).toMatch(/replay +node \S+ replay \.sagastorm\/failures\/at-most-once-[0-9a-f]{8}\.json\n/);
    expect(stdout).toMatch(/ VIOLATED\n$/);
    expect(code).toBe(1);
  });

  test.each([
    ['reads-clock', 'Date.now() was called inside a simulated run'],
    ['rolls-dice', 'Math.random() was called inside a simulated run'],
  ])('%s ends in 4 and names the call', async (name, sentence) => {
    const { code, stdout, stderr } = await sagastorm(['run', fixture(`${name}.ts`)]);
    expect(stderr).toContain(`.ts: ${sentence}`);
    expect(stderr).toContain(`${name}.ts:`);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(code).toBe(4);
  });

  test('a module that remembers ends in 4 and names the first event that differs', async () => {
    const { code, stdout } = await sagastorm(['run', fixture('counts-calls.ts'), '--seed', 'x']);
    expect(stdout).toContain('differs first in event 0');
    expect(stdout).toMatch(/ NOT DETERMINISTIC\n$/);
    expect(code).toBe(4);
  });

  test('a fault that was never delivered ends in 2 when that is asked for', async () => {
    const { code, stdout } = await line(['run', honest, '--sagas', '1', '--seed', 'x', '--strict']);
    expect(stdout).toContain('enabled and never delivered: ');
    expect(stdout).toMatch(/ INCONCLUSIVE\n$/);
    expect(code).toBe(2);
  });

  test('one saga from a file', async () => {
    const { code, stdout } = await line(['run', honest, '--saga', fixture('deed.json'), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ sagasPerRun: 1, sagas: { started: 1 } });
    expect(code).toBe(0);
  });

  test('what is ours ends in 70: a sentence, and the stack only when asked for', async () => {
    const [short, long] = await Promise.all([
      sagastorm(['run', fixture('breaks.ts'), '--seed', 'x']),
      sagastorm(['run', fixture('breaks.ts'), '--seed', 'x', '--debug']),
    ]);
    expect(short.stderr).toMatch(
      /^sagastorm: internal error: seed "x" [^\n]*the ink is dry\.\n {2}[^\n]*--debug[^\n]*\n$/,
    );
    expect(long.stderr).toMatch(/at .*breaks\.ts:\d+/);
    expect([short.code, long.code]).toEqual([70, 70]);
  });

  test.runIf(existsSync('/dev/full'))(
    'a result that cannot be written is no verdict: 70, and a sentence',
    () => {
      const main = join(import.meta.dirname, '../../cli/main.ts');
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync(process.execPath, [main, 'list'], {
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      closeSync(full);
      expect(stderr).toMatch(/^sagastorm: cannot write the result: [^\n]*\.\n$/);
      expect(status).toBe(70);
    },
  );

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends it after the runs in hand, with what was done',
    async (signal) => {
      const folder = freshFolder();
      const child = start(['run', honest, '--seeds', '10000000', '--seed', 'x', '--workers', '1'], folder);
      const end = ended(child);
      while (!existsSync(`${folder}/.sagastorm`)) await sleep(20);
      child.kill(signal);
      const { code, stdout, stderr } = await end;
      expect(stderr).toContain('stopping after the runs in hand');
      expect(stdout).toMatch(/stopped after \d+ of 10000000 runs/);
      expect(code).toBe(130);
    },
  );

  test('colour where it is asked for', async () => {
    const coloured = await ended(start(['run', honest], freshFolder(), { FORCE_COLOR: '1' }));
    const plain = await ended(start(['run', honest, '--no-color'], freshFolder(), { FORCE_COLOR: '1' }));
    expect(coloured.stdout).toContain('\u001b[');
    expect(plain.stdout).not.toContain('\u001b[');
  });
});
