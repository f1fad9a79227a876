// Does what a page of the docs says, from top to bottom, in a folder of its own: files are written, edits are made,
// commands run, and what they print is compared with what the page shows.

import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseLine } from '../../cli/command-line.ts';
import { SPECS } from '../../cli/program.ts';
import { type Ended, ended, linesAnew } from '../cli/sagastorm.ts';
import { PATIENCE_MS } from '../patience.ts';
import {
  type Block,
  blocksOf,
  type Command,
  commandsOf,
  edited,
  notWritten,
  reasonNotToRun,
  sagastormWords,
} from './markdown.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

/** What came of a page. */
export interface Followed {
  /** What is not as the page says, each with its line. */
  readonly faults: readonly string[];
  /** Why blocks were not executed. */
  readonly notRun: readonly string[];
}

/** A command that waits to be run, and where it stands. */
interface Pending {
  readonly command: Command;
  readonly line: number;
}

/** Follows one page. What its code looks like whenever commands are run is kept in `checked`, for the compiler. */
export class Reader {
  readonly #folder: string;
  readonly #checked: string;
  readonly #faults: string[] = [];
  readonly #notRun: string[] = [];
  readonly #written = new Map<string, string>();
  /** Those that are not executed. */
  readonly #onlyChecked = new Set<string>();
  readonly #tests = new Set<string>();
  #pending: Pending[] = [];
  #snapshots = 0;

  constructor(folder: string, checked: string) {
    this.#folder = folder;
    this.#checked = checked;
  }

  async follow(page: string): Promise<Followed> {
    for (const block of blocksOf(page)) await this.#meet(block);
    await this.#run();
    this.#snapshot();
    await this.#evaluate();
    return { faults: this.#faults, notRun: this.#notRun };
  }

  async #meet(block: Block): Promise<void> {
    const { language, line, from, text, mark } = block;
    if (from !== undefined) {
      if (!readFileSync(join(ROOT, from), 'utf8').includes(text))
        this.#fault(line, `${from} has no such lines`);
      return;
    }
    const reason = reasonNotToRun(block);
    if (reason !== undefined) this.#notRun.push(reason);
    if (language === 'ts') await this.#write(`${this.#nameOf(block)}`, text, reason !== undefined);
    else if (language === 'json' && mark !== '') place(join(this.#folder, mark), text);
    else if (language === 'diff')
      await this.#write(mark, edited(this.#written.get(mark) ?? '', block), false);
    else if (language === 'sh' || language === 'console') {
      for (const command of commandsOf(block)) {
        if (reason === undefined) this.#pending.push({ command, line });
        else this.#parse(command, line);
      }
    }
  }

  /** The name that the first line gives, `// checkout.ts`. */
  #nameOf({ text, line }: Block): string {
    const [, name] = /^\/\/ (\S+\.ts)\n/.exec(text) ?? [];
    return name ?? `line-${line}${/from 'vitest'/.test(text) ? '.test' : ''}.ts`;
  }

  /** A file is seen by the commands that come after it, and not by those before. */
  async #write(name: string, text: string, isOnlyChecked: boolean): Promise<void> {
    await this.#run();
    this.#written.set(name, text);
    if (isOnlyChecked) this.#onlyChecked.add(name);
    else place(join(this.#folder, name), text);
    if (name.endsWith('.test.ts')) this.#tests.add(name);
  }

  /** Keeps all code as it is now, also what commands wrote. */
  #snapshot(): void {
    const moment = join(this.#checked, String(++this.#snapshots));
    const names = readdirSync(this.#folder, { recursive: true, encoding: 'utf8' });
    for (const name of names)
      if (/^(?!scenarios\/).*\.ts$/.test(name))
        place(join(moment, name), readFileSync(join(this.#folder, name), 'utf8'));
    for (const name of this.#onlyChecked) place(join(moment, name), this.#written.get(name)!);
  }

  #parse(command: Command, line: number): void {
    const words = sagastormWords(command);
    if (words === undefined) return;
    try {
      if (parseLine(words, SPECS).kind !== 'command')
        this.#fault(line, `sagastorm ${words.join(' ')} is no command`);
    } catch (error) {
      this.#fault(line, (error as Error).message);
    }
  }

  /** All commands that have come together; those of sagastorm that follow one another share a process. */
  async #run(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length > 0) this.#snapshot();
    while (pending.length > 0) {
      const next = pending.findIndex(({ command }) => sagastormWords(command) === undefined);
      const ours = pending.splice(0, next < 0 ? pending.length : next);
      if (ours.length > 0) {
        const lines = ours.map(({ command }) => sagastormWords(command)!);
        const endings = await linesAnew(lines, this.#folder);
        for (const [i, ending] of endings.entries()) this.#judge(ours[i]!, ending);
      } else await this.#runOther(pending.shift()!);
    }
  }

  async #runOther(pending: Pending): Promise<void> {
    const { words } = pending.command;
    if (words.slice(0, 3).join(' ') !== 'npx vitest run') {
      this.#fault(pending.line, `nobody knows how to run "${words.join(' ')}"; mark the block with no-run`);
      return;
    }
    this.#tests.clear();
    this.#judge(pending, await nodeProcess([VITEST, 'run', ...words.slice(3)], this.#folder));
  }

  #judge({ command, line }: Pending, { code, stdout, stderr }: Ended): void {
    const { words, shown, exit } = command;
    const what = words.join(' ');
    if (code === null || code > 4) this.#fault(line, `${what} ended with ${code}: ${stderr || stdout}`);
    else if (exit !== undefined && exit !== code)
      this.#fault(line, `${what} ended with ${code}:\n${stdout}${stderr}`);
    const missing = notWritten(shown, stdout + stderr);
    if (missing.length > 0)
      this.#fault(line, `${what} does not print\n${missing.join('\n…\n')}\nbut\n${stdout}${stderr}`);
  }

  /** Tests that no command ran are run, and every other file is loaded once: what it does, it does. */
  async #evaluate(): Promise<void> {
    if (this.#tests.size > 0) await this.#runNode([VITEST, 'run', ...this.#tests]);
    const others = [...this.#written.keys()].filter(
      (name) => !name.endsWith('.test.ts') && !this.#onlyChecked.has(name),
    );
    if (others.length === 0) return;
    const imports = others.map((name) => `await import('./${name}');`).join('\n');
    await this.#runNode(['--input-type=module', '--eval', imports]);
  }

  async #runNode(words: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await nodeProcess(words, this.#folder);
    if (code !== 0) this.#faults.push(`${words.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  }

  #fault(line: number, what: string): void {
    this.#faults.push(`line ${line}: ${what}`);
  }
}

function place(file: string, text: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

/** How node ends with these words, in a test that is not part of ours. */
export function nodeProcess(words: readonly string[], cwd: string): Promise<Ended> {
  const { VITEST: _, VITEST_POOL_ID, VITEST_WORKER_ID, NODE_ENV, ...env } = process.env;
  return ended(spawn(process.execPath, words, { cwd, env: { ...env, NO_COLOR: '1' }, timeout: PATIENCE_MS }));
}
