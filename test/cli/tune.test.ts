// `sagastorm tune`: a search for a policy, from the command line.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { TuneRecord } from '../../simulator/index.ts';
import { type Ended, ended, fixture, freshFolder, line, start } from './sagastorm.ts';

const honest = fixture('honest.ts');
const SMALL = ['tune', 'bank-transfer', '--sagas', '5', '--candidates', '10', '--seed', 'a'];
const NAIVE = [
  ...['tune', honest, '--policy', 'naive', '--sagas', '40'],
  ...['--budget', '300', '--candidates', '15', '--seeds', '20'],
];

/** A search, once for the tests that ask what it left. */
const search = { folder: freshFolder(), end: undefined as Promise<Ended> | undefined };
function searched(): Promise<Ended> {
  search.end ??= line([...NAIVE, '--seed', 'a', '--json', '--out', 'here'], search.folder);
  return search.end;
}

describe.concurrent('sagastorm tune', () => {
  test('says first what it comes to, then shows the front and how it was found', async () => {
    const { stdout, stderr, code } = await line([...SMALL, '--budget', '120', '--quiet']);
    const [title, , sentence] = stdout.split('\n');
    expect(title).toBe(
      'sagastorm 0.1 · tune bank-transfer · 15 candidates · 5 sagas per run · root seed "a" · storm',
    );
    expect(sentence).toBe(
      ' Keep "default": 5 seeds are too few to tell policies apart; at least 20 are needed.',
    );
    expect(stdout).toMatch(/\n A default +[\d.]+ % +\S+ \S+ +[\d.]+ {2}recommended, baseline/);
    expect(stdout).toMatch(/ SEARCH +15 candidates × 5 seeds → 8 × 5 other seeds · \d+ of 120 runs\n/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect([stderr, code]).toEqual(['', 0]);
  });

  test('stores the record that --json prints, and policies that run by their file', async () => {
    const { stdout, code } = await searched();
    const { folder } = search;
    const record = JSON.parse(stdout) as TuneRecord;
    expect(JSON.parse(readFileSync(join(folder, 'here', 'tune.json'), 'utf8'))).toEqual(record);
    expect([record.schema, code]).toEqual(['sagastorm/tune@1', 0]);
    const { name, policy } = record.front.find(({ name }) => name.startsWith('tuned-'))!;
    expect(policy).toBe(join('here', 'policies', `${name}.json`));
    const again = await line(['run', honest, '--policy', policy!, '--seed', 'a/0'], folder);
    expect(again.stdout).toContain(`policy ${name}`);
    expect(again.code).toBe(0);
    const against = ['compare', honest, '--policy', 'naive', '--policy', policy!, '--seeds', '3'];
    expect((await line(against, folder)).stdout).toContain(` ${name} `);
  });

  test('the command of a lost seed shows the loss', async () => {
    const { stdout } = await searched();
    const { folder } = search;
    const { losses } = JSON.parse(stdout) as TuneRecord;
    const lost = losses.worst.find(({ by }) => by === 'completed')!;
    const words = lost.command.split(' ').slice(2);
    const again = await line([...words, '--json'], folder);
    expect(JSON.parse(again.stdout).sagas.completed).toBe(lost.recommended);
  });

  test('writes Markdown, in which nothing is struck out', async () => {
    const { stdout, code } = await line([...SMALL, '--budget', '120', '--reporter', 'md']);
    expect(stdout).toMatch(/^## A policy for bank-transfer\n\n\*\*Keep "default": 5 seeds are too few/);
    expect(stdout).toContain('| Policy | Not completed | p99 | Calls per saga |  |\n| --- | ---: |');
    expect(stdout).not.toMatch(/[^\\]~/);
    expect(code).toBe(0);
  });

  test('a baseline under which an invariant breaks ends in 1', async () => {
    const words = ['tune', fixture('forgetful.ts'), '--budget', '60', '--candidates', '2', '--seed', 'root'];
    const { stdout, code } = await line(words);
    expect(stdout).toContain(' ✗ default: at-most-once broken in ');
    expect(code).toBe(1);
  });

  test('ctrl-C ends it with the best so far and 130', async () => {
    const folder = freshFolder();
    const child = start(['tune', 'bank-transfer', '--budget', '20000', '--seed', 'a'], folder);
    const end = ended(child);
    while (!existsSync(join(folder, '.sagastorm'))) await sleep(20);
    await sleep(1_000);
    child.kill('SIGINT');
    const { stdout, code } = await end;
    expect(stdout).toMatch(/\n Stopped after \d of \d rounds of the search/);
    expect(code).toBe(130);
    expect(existsSync(join(folder, '.sagastorm', 'tune.json'))).toBe(true);
  });

  const wrong = freshFolder();
  const written = (name: string, text: string): string => {
    writeFileSync(join(wrong, name), text);
    return join(wrong, name);
  };
  test.each<[string, readonly string[], string]>([
    ['no scenario', ['tune'], 'tune needs a scenario'],
    ['two scenarios', ['tune', honest, honest], '`sagastorm tune` does not take the argument'],
    [
      'a member that is none',
      ['tune', honest, '--space', 'retry,bulkhaed'],
      'separated by commas, not "bulkhaed".\n  Did you mean "bulkhead"?',
    ],
    ['no budget', ['tune', honest, '--budget', '0'], '--budget takes a whole number from 10 to 10,000,000'],
    ['a budget for nothing', ['tune', honest, '--budget', '50', '--seeds', '20'], 'Give --budget '],
    ['no candidates', ['tune', honest, '--candidates', '0'], '--candidates takes a whole number from 1 to'],
    ['a single seed', ['tune', honest, '--seeds', '1'], '--seeds takes a whole number from 2 to 10,000'],
    [
      'another command’s reporter',
      ['tune', honest, '--reporter', 'line'],
      '--reporter takes one of pretty, md, json, not "line"',
    ],
    ['a flag of another command', ['tune', honest, '--sweep', 'a=1'], '--sweep is not a flag of'],
    [
      'a policy file that is not there',
      ['run', honest, '--policy', './none.json'],
      'there is no file ./none.json',
    ],
    [
      'a policy file that is no JSON',
      ['run', honest, '--policy', written('torn.json', '{')],
      'torn.json is not JSON: ',
    ],
    [
      'a policy file with a wrong value',
      ['run', honest, '--policy', written('zero.json', '{ "name": "zero", "callTimeoutMs": 0 }')],
      'zero.json: policy "zero": callTimeoutMs is 0; it must be',
    ],
    [
      'a policy file that holds something else',
      ['run', honest, '--policy', written('list.json', '[1]')],
      'list.json: policy name undefined is not usable',
    ],
  ])('%s ends in one sentence and 64', async (_, words, sentence) => {
    const folder = freshFolder();
    const { stdout, stderr, code } = await line(words, folder);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect([stdout, code, existsSync(join(folder, '.sagastorm', 'tune.json'))]).toEqual(['', 64, false]);
  });
});
