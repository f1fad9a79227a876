// The debugger's pages on the command line: beside capsules, from `replay --ui`, or not at all.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { RunRecord } from '../../simulator/run-record.ts';
import { fixture, freshFolder, line } from './sagastorm.ts';

const RUN = [
  'run',
  fixture('forgetful.ts'),
  '--seeds',
  '2',
  '--seed',
  'a',
  '--workers',
  '1',
  '--no-color',
  '--quiet',
];

async function failed(...more: readonly string[]) {
  const cwd = freshFolder();
  const { code, stdout } = await line([...RUN, ...more], cwd);
  expect(code).toBe(1);
  const record = JSON.parse(readFileSync(join(cwd, '.sagastorm/run.json'), 'utf8')) as RunRecord;
  return { cwd, stdout, record, violation: record.violations[0]! };
}

test('a failure has its page beside its capsule, and report and record name it', async () => {
  const { cwd, stdout, violation } = await failed();
  expect(violation.debug).toBe(violation.capsule!.replace(/json$/, 'html'));
  expect(stdout).toMatch(new RegExp(`^ +debug +${violation.debug}$`, 'm'));
  const page = readFileSync(join(cwd, violation.debug!), 'utf8');
  expect(page).toContain(violation.invariant);
  expect(page).toContain('<!doctype html>');
});

test('of many failures five have one', async () => {
  const cwd = freshFolder();
  const bug = resolve('scenarios/planted-bugs/compensates-only-completed.ts');
  await line(['run', bug, '--seeds', '20', '--seed', 'a', '--shrink-budget', '0', '--quiet'], cwd);
  const { violations } = JSON.parse(readFileSync(join(cwd, '.sagastorm/run.json'), 'utf8')) as RunRecord;
  expect(violations.length).toBeGreaterThan(5);
  expect(violations.filter(({ debug }) => debug !== undefined)).toHaveLength(5);
});

test('--no-debugger writes none, and nothing names one', async () => {
  const { cwd, stdout, violation } = await failed('--no-debugger');
  expect(violation.debug).toBeUndefined();
  expect(stdout).not.toContain('.html');
  expect(existsSync(join(cwd, violation.capsule!.replace(/json$/, 'html')))).toBe(false);
});

test('replay --ui writes the page of a capsule, and says where it is', async () => {
  const { cwd, violation } = await failed('--no-debugger');
  const capsule = violation.capsule!;
  const plain = await line(['replay', capsule, '--ui', '--no-color'], cwd);
  const name = /([^/]+)\.json$/.exec(capsule)![1];
  expect(plain.stdout).toContain(`Debugger: .sagastorm/debug/${name}.html`);
  expect(existsSync(join(cwd, `.sagastorm/debug/${name}.html`))).toBe(true);
  const named = await line(['replay', '--ui', 'here/page.html', capsule, '--json'], cwd);
  expect(named.stderr).toContain('Debugger: here/page.html');
  expect(JSON.parse(named.stdout)).toMatchObject({ schema: 'sagastorm/run@1' });
  expect(readFileSync(join(cwd, 'here/page.html'), 'utf8')).toContain(violation.invariant);
});

test('replay --ui before the capsule takes it for no page', async () => {
  const cwd = freshFolder();
  const { code, stdout } = await line(['replay', '--ui', fixture('honest.ts'), '--seed', 'x/1'], cwd);
  expect(code).toBe(0);
  expect(stdout).toContain('Debugger: .sagastorm/debug/honest-x-1.html');
});

test('shrink writes one, too', async () => {
  const { cwd, violation } = await failed('--no-debugger', '--shrink-budget', '0');
  const { stdout } = await line(['shrink', violation.capsule!, '--json', '--quiet'], cwd);
  const [small] = (JSON.parse(stdout) as RunRecord).violations;
  expect(existsSync(join(cwd, small!.debug!))).toBe(true);
});
