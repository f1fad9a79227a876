// The commands in docs/ci.md have flags that there are and values that are read, and every report is told.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseLine } from '../../cli/command-line.ts';
import { EXIT } from '../../cli/exit-codes.ts';
import { shardOf, wholeNumberOf } from '../../cli/flags.ts';
import { SPECS } from '../../cli/program.ts';
import { BLOB, COMPARE_EFFECTS, COMPARE_REPORTERS, RUN_REPORTERS } from '../../cli/report-tables.ts';
import { Reporting } from '../../cli/reporters.ts';
import { freshFolder } from './sagastorm.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/ci.md'), 'utf8');
const blocks = [...text.matchAll(/^```(yaml|sh)[^\n]*\n(.*?)^```$/gms)].map(([, language, body]) => ({
  language,
  body: body!,
}));
const workflow = blocks.find(({ language }) => language === 'yaml')!.body;

/** Every command of a block, on one line: YAML folds the lines that are indented further. */
function commandsIn(block: string): readonly string[] {
  const folded = block.replace(
    /run: >-\n((?: {10}\S.*\n)+)/g,
    (_, lines: string) => `run: ${lines.trim().replace(/\n +/g, ' ')}\n`,
  );
  return [...folded.matchAll(/npx sagastorm ([^\n]+)/g)].map(([, words]) => words!);
}

const commands = blocks.flatMap(({ body }) => commandsIn(body));

/** As GitHub fills it in. */
function filledIn(command: string): readonly string[] {
  const values: Readonly<Record<string, string>> = { 'github.run_id': '1234567890', 'matrix.shard': '3' };
  return command.replace(/\$\{\{ ([\w.]+) \}\}/g, (all, name: string) => values[name] ?? all).split(' ');
}

test('the workflow shards, merges, and every command is there', () => {
  expect(commands.map((command) => command.split(' ')[0])).toEqual(['run', 'run', 'merge', 'replay']);
});

test.each(commands)('sagastorm %s', (command) => {
  const line = parseLine(filledIn(command), SPECS);
  if (line.kind !== 'command') throw Error(`${command} is no command`);
  expect(line.words).toHaveLength(1);
  if (line.command === 'replay') return;
  const elsewhere = (value: readonly string[] | true) =>
    value === true ? value : value.map((one) => one.replace('=', `=${freshFolder()}/`));
  const given = new Map(
    [...line.flags].map(([name, value]) => [name, name === 'reporter' ? elsewhere(value) : value]),
  );
  new Reporting(given, RUN_REPORTERS, line.command === 'run' ? [BLOB] : []);
  wholeNumberOf(given, 'seeds', { min: 1, max: 10_000_000 });
  shardOf(given);
});

test('there are as many shards in the matrix as the command says', () => {
  const [, matrix = ''] = /shard: \[(.*)\]/.exec(workflow) ?? [];
  const [, of] = /--shard \$\{\{ matrix\.shard \}\}\/(\d+)/.exec(workflow) ?? [];
  expect(matrix.split(', ')).toEqual(Array.from({ length: Number(of) }, (_, i) => String(i + 1)));
});

test('every report and every exit code is told', () => {
  for (const name of [...Object.keys(RUN_REPORTERS), BLOB]) expect(text).toContain(`| \`${name}\` |`);
  for (const code of Object.values(EXIT)) expect(text).toContain(`\n| ${code} | `);
});

const ofReports = readFileSync(join(import.meta.dirname, '../../docs/reports.md'), 'utf8');

test('the reports of comparisons are told', () => {
  for (const name of [...Object.keys(COMPARE_REPORTERS), ...COMPARE_EFFECTS])
    expect(ofReports).toContain(`| \`${name}\` |`);
});
