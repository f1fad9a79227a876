// From the words on the command line to a command, its arguments and its flags.
//
// A1. Every value stays the text that was typed: the parser would make a number of `--seed 007`, and a flag of
//     the value in `--seeds -1`. So values are marked before it sees them, and the mark is taken off after.
// A2. What no command knows is refused before anything else, with a suggestion.

import { type CAC, cac } from 'cac';
import { nearest, suggestion } from '../engine/core/nearest.ts';
import { UserError } from '../engine/core/user-error.ts';
import { labelled } from '../reports/layout.ts';
import { VERSION } from '../simulator/campaign/source-tree.ts';

/** One flag. With `value` it takes one, named so in the help. */
export interface Flag {
  readonly name: string;
  readonly value?: string;
  /** The value may be left out, and is then empty: the word after the flag is it only when it ends so. */
  readonly valueEnding?: string;
  readonly description: string;
}

/** One command as it is declared. */
export interface CommandSpec {
  readonly name: string;
  /** Positional arguments as the help shows them, such as `[...scenarios]`; empty for none. */
  readonly positional: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
}

/** The flags that were given, by name: texts in order for those with a value, true for the others. */
export type GivenFlags = ReadonlyMap<string, readonly string[] | true>;

/**
 * What the line says. `answered`: help or the version was asked for, and printed. `nothing`: there was no
 * command, and the help was printed.
 */
export type ParsedLine =
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly words: readonly string[];
      readonly flags: GivenFlags;
    }
  | { readonly kind: 'answered' }
  | { readonly kind: 'nothing' };

/** Columns that every terminal has. */
const HELP_WIDTH = 80;
const MARK = '\u0001';
const EVERYWHERE: readonly Flag[] = [
  { name: 'debug', description: 'Print the stack of an error' },
  { name: 'help', description: '' },
  { name: 'version', description: '' },
];

/**
 * Parses the words after the program's name.
 *
 * @throws UserError `unknown-command`, `unknown-flag`, `missing-value` or `unexpected-value`
 */
export function parseLine(argv: readonly string[], commands: readonly CommandSpec[]): ParsedLine {
  const flags = [...EVERYWHERE, ...commands.flatMap((command) => command.flags)];
  const cli = declare(commands);
  const line = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  cli.parse(['node', 'sagastorm', ...markValues(line, flags)], { run: false });
  const { help, version } = cli.options;
  if (help === true) return { kind: 'answered' };
  if (version === true) {
    if (cli.matchedCommandName !== undefined) cli.outputVersion();
    return { kind: 'answered' };
  }
  const command = commands.find(({ name }) => name === cli.matchedCommandName);
  if (command === undefined) return withoutCommand(cli, commands);
  const words = [...cli.args, ...(cli.options['--'] as readonly string[])];
  return { kind: 'command', command: command.name, words, flags: givenFlags(cli, command, flags) };
}

function declare(commands: readonly CommandSpec[]): CAC {
  const cli = cac('sagastorm');
  for (const { name, positional, description, flags, examples } of commands) {
    const command = cli.command(`${name} ${positional}`.trim(), description);
    for (const { name: flag, value, valueEnding, description: text } of flags) {
      if (value === undefined) command.option(`--${flag}`, text);
      else if (valueEnding !== undefined) command.option(`--${flag} [${value}]`, text, { type: [unmarked] });
      else command.option(`--${flag} <${value}>`, text, { type: [unmarked] });
    }
    for (const example of examples) command.example(`  $ sagastorm ${example}`);
  }
  cli.option('--debug', EVERYWHERE[0]!.description);
  cli.help((sections) => {
    for (const section of sections) {
      const lines = section.body.replace(/ *(\(default: true\))?$/gm, '').split('\n');
      section.body = lines.flatMap(wrapped).join('\n');
    }
  });
  cli.version(VERSION);
  return cli;
}

/** A flag or a command, and beside it what it is for. */
function wrapped(line: string): readonly string[] {
  const [, label, text] = /^( {2}\S.*? {2,})(\S.*)$/.exec(line) ?? [];
  return label === undefined || text === undefined ? [line] : labelled(label, text, label.length, HELP_WIDTH);
}

/** The parser calls this once per flag on the line, whichever it is: only the first call finds a mark. */
function unmarked(value: unknown): string {
  const text = String(value);
  return text.startsWith(MARK) ? text.slice(MARK.length) : text;
}

/** A1: `--seeds -1` becomes `--seeds=<mark>-1`. */
function markValues(argv: readonly string[], flags: readonly Flag[]): readonly string[] {
  const marked: string[] = [];
  const words = withValues(argv, flags).values();
  for (const word of words) {
    if (word === '--') return [...marked, word, ...words];
    marked.push(/^--?[^-]/.test(word) && !/^-[hv]$/.test(word) ? markedFlag(word, flags, words) : word);
  }
  return marked;
}

/** `--ui page.html` becomes `--ui=page.html`, and `--ui other` stays as it is. */
function withValues(argv: readonly string[], flags: readonly Flag[]): readonly string[] {
  const words: string[] = [];
  for (const [i, word] of argv.entries()) {
    const before = flags.find(({ name }) => argv[i - 1] === `--${name}`);
    const ending = argv.indexOf('--') >= 0 && argv.indexOf('--') < i ? undefined : before?.valueEnding;
    if (ending !== undefined && word.endsWith(ending) && !word.startsWith('--'))
      words.push(`${words.pop()}=${word}`);
    else words.push(word);
  }
  return words;
}

function markedFlag(word: string, flags: readonly Flag[], rest: IterableIterator<string>): string {
  const [, name, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  const flag = flags.find((candidate) => candidate.name === name);
  if (flag === undefined) throw unknownFlag(word.split('=', 1)[0]!, flags);
  if (flag.value === undefined) {
    if (inline === undefined) return word;
    throw new UserError('unexpected-value', `--${name} takes no value`, `Write --${name} alone.`);
  }
  if (flag.valueEnding !== undefined && inline === undefined) return `--${name}=${MARK}`;
  const value = inline ?? rest.next().value;
  if (value !== undefined && value !== '' && (inline !== undefined || !value.startsWith('--'))) {
    return `--${name}=${MARK}${value}`;
  }
  throw new UserError('missing-value', `--${name} needs a value`, `Write --${name} <${flag.value}>.`);
}

function unknownFlag(word: string, flags: readonly Flag[]): UserError {
  const near = nearest(word.replace(/^-+/, ''), [...new Set(flags.map(({ name }) => name))]);
  const hint = near === undefined ? '' : `Did you mean --${near}? `;
  return new UserError(
    'unknown-flag',
    `there is no flag ${word}`,
    `${hint}See sagastorm --help, or sagastorm <command> --help.`,
  );
}

function withoutCommand(cli: CAC, commands: readonly CommandSpec[]): ParsedLine {
  const [word] = cli.args;
  if (word === undefined) {
    cli.outputHelp();
    return { kind: 'nothing' };
  }
  throw new UserError(
    'unknown-command',
    `there is no command "${word}"`,
    suggestion(
      word,
      commands.map(({ name }) => name),
      'Commands',
    ),
  );
}

/** Reads back what the parser found, by the names as they are typed. */
function givenFlags(cli: CAC, command: CommandSpec, flags: readonly Flag[]): GivenFlags {
  const given = new Map<string, readonly string[] | true>();
  for (const { name, value } of flags) {
    const negated = name.startsWith('no-');
    const found: unknown = cli.options[camelCased(negated ? name.slice('no-'.length) : name)];
    if (found === undefined || (negated && found === true)) continue;
    given.set(name, value === undefined ? true : [found as string | readonly string[]].flat());
  }
  for (const name of given.keys()) checkBelongs(name, command);
  return given;
}

function checkBelongs(name: string, command: CommandSpec): void {
  if ([...EVERYWHERE, ...command.flags].some((flag) => flag.name === name)) return;
  const own = command.flags.map((flag) => `--${flag.name}`).join(', ');
  throw new UserError(
    'unknown-flag',
    `--${name} is not a flag of \`sagastorm ${command.name}\``,
    `It has ${own}.`,
  );
}

function camelCased(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Refuses words beyond those that a command takes.
 *
 * @throws UserError `unexpected-argument`
 */
export function refuseWords(extra: readonly string[], command: CommandSpec): void {
  if (extra.length === 0) return;
  throw new UserError(
    'unexpected-argument',
    `\`sagastorm ${command.name}\` does not take the argument "${extra[0]}"`,
    `Usage: sagastorm ${`${command.name} ${command.positional}`.trim()}.`,
  );
}
