// A1: values stay the text that was typed. A2: what nobody knows is refused.

import { expect, test, vi } from 'vitest';
import { type CommandSpec, type GivenFlags, parseLine } from '../../cli/command-line.ts';
import {
  choicesOf,
  durationOf,
  flags,
  isGiven,
  seedOf,
  textOf,
  textsOf,
  wholeNumberOf,
} from '../../cli/flags.ts';
import { SPECS } from '../../cli/program.ts';
import { COMPARE_EFFECTS, COMPARE_REPORTERS, RUN_EFFECTS, RUN_REPORTERS } from '../../cli/report-tables.ts';

const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'run',
    positional: '[...scenarios]',
    description: '',
    flags: flags('seed', 'seeds', 'reporter', 'quiet', 'check-determinism', 'until', 'no-color'),
    examples: ['run a'],
  },
  { name: 'list', positional: '', description: '', flags: flags('json'), examples: [] },
];

function parsed(line: string): { readonly words: readonly string[]; readonly flags: GivenFlags } {
  const found = parseLine(line.split(' '), COMMANDS);
  if (found.kind !== 'command') throw new Error(`"${line}" is ${found.kind}`);
  return found;
}

test.each(['007', '1e5', '0x10', '-1', 'true', '--', 'a=b', ' ', 'ümlaut', '12345678901234567890'])(
  'the seed %j stays what it is',
  (seed) => {
    const joined = parseLine(['run', `--seed=${seed}`, '--quiet'], COMMANDS);
    expect(joined).toMatchObject({ kind: 'command' });
    expect(seedOf((joined as { flags: GivenFlags }).flags)).toBe(seed);
  },
);

test('words and flags may come in any order', () => {
  const { words, flags: given } = parsed(
    'run a --seeds 3 b --quiet c --reporter line --reporter json -- --d',
  );
  expect(words).toEqual(['a', 'b', 'c', '--d']);
  expect(wholeNumberOf(given, 'seeds', { min: 1, max: 5 })).toBe(3);
  expect(isGiven(given, 'quiet')).toBe(true);
  expect(textsOf(given, 'reporter')).toEqual(['line', 'json']);
});

test('a flag that is not given is not there', () => {
  const { flags: given } = parsed('run a');
  expect(given.size).toBe(0);
  expect([seedOf(given), textOf(given, 'out'), durationOf(given, 'until')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect([isGiven(given, 'no-color'), isGiven(given, 'quiet')]).toEqual([false, false]);
});

test('names of several words are read as they are typed', () => {
  const { flags: given } = parsed('run a --no-color --check-determinism 0');
  expect(isGiven(given, 'no-color')).toBe(true);
  expect(wholeNumberOf(given, 'check-determinism', { min: 0, max: 9 })).toBe(0);
});

test.each([
  ['-1', undefined],
  ['0', undefined],
  ['1', 1],
  ['10', 10],
  ['11', undefined],
  ['1.5', undefined],
  ['1e1', undefined],
  ['NaN', undefined],
  ['Infinity', undefined],
  ['0x5', undefined],
  ['+5', undefined],
  ['5 ', undefined],
  ['٣', undefined],
])('--seeds %s in 1 to 10 is %s', (text, value) => {
  const given: GivenFlags = new Map([['seeds', [text]]]);
  const read = () => wholeNumberOf(given, 'seeds', { min: 1, max: 10 });
  if (value === undefined) expect(read).toThrow('--seeds takes a whole number from 1 to 10');
  else expect(read()).toBe(value);
});

test.each([
  ['1.2s', 1_200_000],
  ['350ms', 350_000],
  ['80us', 80],
  ['80µs', 80],
  ['2min', 120_000_000],
  ['1 h', 3_600_000_000],
  ['5', undefined],
  ['-1s', undefined],
  ['1.s', undefined],
  ['1days', undefined],
])('a duration of %s is %s microseconds', (text, us) => {
  const given: GivenFlags = new Map([['until', [text]]]);
  if (us === undefined) expect(() => durationOf(given, 'until')).toThrow('--until takes a duration');
  else expect(durationOf(given, 'until')).toBe(us);
});

test.each(['a\u0000b', 'line\nbreak', 'x'.repeat(201)])('the seed %j is refused', (seed) => {
  expect(() => seedOf(new Map([['seed', [seed]]]))).toThrow('--seed takes a text');
});

test('a choice is one of those there are', () => {
  const given: GivenFlags = new Map([['reporter', ['line', 'jsno']]]);
  expect(() => choicesOf(given, 'reporter', ['line', 'json'])).toThrow(
    '--reporter takes one of line, json, not "jsno"',
  );
});

test('help is no wider than any terminal', () => {
  const said = vi.spyOn(console, 'info').mockImplementation(() => undefined);
  for (const words of [['--help'], ...SPECS.map(({ name }) => [name, '--help'])]) parseLine(words, SPECS);
  const lines = said.mock.calls.flatMap(([text]) => String(text).split('\n'));
  said.mockRestore();
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.filter((line) => line.length > 80 && !line.includes(' $ '))).toEqual([]);
});

test.each(['run', 'merge', 'live', 'explore', 'report', 'compare'])(
  'the help of %s names every report',
  (name) => {
    const { flags } = SPECS.find((command) => command.name === name)!;
    const { description } = flags.find((flag) => flag.name === 'reporter')!;
    const isRun = name !== 'compare';
    const ofRuns = isRun ? [...Object.keys(RUN_REPORTERS), ...RUN_EFFECTS] : [];
    const ofComparisons =
      name === 'report' || !isRun ? [...Object.keys(COMPARE_REPORTERS), ...COMPARE_EFFECTS] : [];
    const words = description.split(/[ ,;]+/);
    expect([...ofRuns, ...ofComparisons].filter((one) => !words.includes(one))).toEqual([]);
  },
);

test('a flag of another command is refused, and help is not an error', () => {
  expect(() => parsed('list --seeds 3')).toThrow('--seeds is not a flag of `sagastorm list`');
  const said = vi.spyOn(console, 'info').mockImplementation(() => undefined);
  expect(parseLine(['run', '--help'], COMMANDS)).toEqual({ kind: 'answered' });
  expect(parseLine(['help', 'run'], COMMANDS)).toEqual({ kind: 'answered' });
  expect(parseLine(['help'], COMMANDS)).toEqual({ kind: 'answered' });
  expect(parseLine(['--version'], COMMANDS)).toEqual({ kind: 'answered' });
  expect(parseLine(['run', '--version'], COMMANDS)).toEqual({ kind: 'answered' });
  expect(parseLine([], COMMANDS)).toEqual({ kind: 'nothing' });
  expect(said).toHaveBeenCalledTimes(6);
});
