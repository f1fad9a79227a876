// `sagastorm compare`: policies side by side.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CompareRecord } from '../../simulator/index.ts';
import { fixture, freshFolder, line } from './sagastorm.ts';

const honest = fixture('honest.ts');
const BOTH = ['compare', honest, '--policy', 'default', '--policy', 'impatient', '--seed', 'a'];

describe.concurrent('sagastorm compare', () => {
  test('says first what it comes to, then shows every metric of every policy', async () => {
    const { stdout, stderr, code } = await line([...BOTH, '--seeds', '60']);
    const [title, , sentence] = stdout.split('\n');
    expect(title).toBe(
      'sagastorm 0.1 · compare honest · 2 policies × 60 seeds × 5 sagas · root seed "a" · storm',
    );
    expect(sentence).toMatch(/^ No policy can be recommended over "default": "impatient" against "default":/);
    expect(stdout).toMatch(
      / completed sagas \(higher is better\)\n {3}default +[\d.]+ %\n {3}impatient +[\d.]+ % +−/,
    );
    expect(stdout).toMatch(/ {3}default again +[\d.]+ % +~ {2}/);
    expect([stderr, code]).toEqual(['', 0]);
  });

  test('stores the record that --json prints', async () => {
    const folder = freshFolder();
    const { stdout, code } = await line(
      [
        'compare',
        honest,
        '--sweep',
        'retry.timeout.attemptsMax=1,5',
        '--seeds',
        '4',
        '--json',
        '--out',
        'here',
      ],
      folder,
    );
    const record = JSON.parse(stdout) as CompareRecord;
    expect(record.policies.map(({ name }) => name)).toEqual([
      'default',
      'default:retry.timeout.attemptsMax=1',
      'default:retry.timeout.attemptsMax=5',
      'default',
    ]);
    expect(JSON.parse(readFileSync(join(folder, 'here', 'compare.json'), 'utf8'))).toEqual(record);
    expect(code).toBe(0);
  });

  test('writes Markdown, in which nothing is struck out', async () => {
    const { stdout, code } = await line([...BOTH, '--seeds', '3', '--reporter', 'md']);
    expect(stdout).toMatch(/^## Policies for honest\n\n\*\*3 seeds are too few/);
    expect(stdout).toContain('| Metric | Policy | Value | Difference to default | 95 % interval |\n| --- |');
    expect(stdout).not.toMatch(/[^\\]~/);
    expect(code).toBe(0);
  });

  test('a policy under which an invariant breaks ends in 1', async () => {
    const words = [
      'compare',
      fixture('forgetful.ts'),
      '--policy',
      'default',
      '--policy',
      'patient',
      '--seeds',
      '3',
    ];
    const { stdout, code } = await line([...words, '--seed', 'root']);
    expect(stdout).toContain(' ✗ default: at-most-once broken in ');
    expect(code).toBe(1);
  });

  test('says which service levels of the scenario each policy meets, and which it misses', async () => {
    const words = ['compare', fixture('promises.ts'), '--policy', 'default', '--policy', 'patient'];
    const { stdout, code } = await line([...words, '--seeds', '2', '--seed', 'a', '--profile', 'calm']);
    expect(stdout).toMatch(
      / service levels\n {3}default +✗ 1 of 2 met\n {5}✗ half of all sagas end within 1 ms, here [\d.]+ ms\n {3}patient +✗ 1 of 2 met\n/,
    );
    expect(stdout).toMatch(/No policy meets all service\s+levels\./);
    expect(code).toBe(0);
  });

  test('protocols are compared as policies are, with the time that locks are held', async () => {
    const words = ['compare', 'bank-transfer', '--protocol', 'saga', '--protocol', '2pc', '--seeds', '20'];
    const { stdout, code } = await line([...words, '--sagas', '20', '--seed', 'a', '--quiet']);
    expect(stdout).toMatch(/compare bank-transfer · 2 protocols × 20 seeds × 20 sagas/);
    expect(stdout).toContain('No protocol can be recommended over "saga": "2pc" against "saga": ');
    expect(stdout).toMatch(/longest that a lock is held \(lower is better\)\n {3}saga +0 µs\n {3}2pc +\d/);
    expect(code).toBe(0);
  });

  test.each<[string, readonly string[], string]>([
    ['no scenario', ['compare'], 'compare needs a scenario'],
    ['one policy', ['compare', honest, '--policy', 'naive'], 'compare needs two policies, not one'],
    [
      'a policy that is none',
      [...BOTH, '--policy', 'eager'],
      'scenario "honest" knows no policy called "eager"',
    ],
    [
      'a setting that is none',
      [...BOTH, '--sweep', 'retry.timeuot.attemptsMax=1'],
      'Did you mean "retry.timeout.attemptsMax"?',
    ],
    [
      'a group of settings',
      [...BOTH, '--sweep', 'compensation=1'],
      'Settings: compensation.attemptsMax, compensation.',
    ],
    [
      'a policy that cannot run the scenario',
      ['compare', 'bank-transfer', '--policy', 'default', '--sweep', 'callTimeoutMs=200000'],
      '"default:callTimeoutMs=200000" cannot run: saga "bank-transfer": its steps may need',
    ],
    ['a single seed', [...BOTH, '--seeds', '1'], '--seeds takes a whole number from 2 to 10,000, not "1"'],
    [
      'another command’s reporter',
      [...BOTH, '--reporter', 'line'],
      '--reporter takes one of pretty, md, brief, json, html, brief-html, not "line"',
    ],
  ])('%s ends in one sentence and 64', async (_, words, sentence) => {
    const folder = freshFolder();
    const { stdout, stderr, code } = await line(words, folder);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect([stdout, code, existsSync(join(folder, '.sagastorm', 'compare.json'))]).toEqual(['', 64, false]);
  });
});
