// Runs the command line as people do: in a process of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PATIENCE_MS } from '../patience.ts';
import { SharedProcess } from './shared-process.ts';

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = resolve('cli/main.ts');

/** A folder of its own, for results. */
export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), 'sagastorm-cli-'));
}

/** The path of a fixture, wherever the command runs. */
export function fixture(file: string): string {
  return resolve('test/cli/fixtures', file);
}

/** Starts `sagastorm …words`; `nodeWords` are for node itself, `user` is who runs it. */
export function start(
  words: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
  nodeWords: readonly string[] = [],
  user: { readonly uid?: number; readonly gid?: number } = {},
): ChildProcess {
  const { NO_COLOR, FORCE_COLOR, DEBUG, ...inherited } = process.env;
  const options = { cwd, env: { ...inherited, ...env }, ...user };
  return spawn(process.execPath, [...nodeWords, MAIN, ...words], options);
}

/** Everything that a started process writes until it ends. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  child.stdout!.on('data', (chunk) => {
    written.stdout += String(chunk);
  });
  child.stderr!.on('data', (chunk) => {
    written.stderr += String(chunk);
  });
  const code = await new Promise<number | null>((done, failed) => {
    child.on('error', failed);
    child.on('close', done);
  });
  return { code, ...written };
}

const ofThisFile = new SharedProcess(PATIENCE_MS);

/**
 * As {@link sagastorm}, in the one process of all such lines of a test file: where it is not the process that is tested, and
 * no module that the line loads was written anew.
 */
export function line(
  words: readonly string[],
  cwd: string = freshFolder(),
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return ofThisFile.run({ words, cwd, env });
}

/** How each of `lines` ends: one after the other, as {@link line}. */
export async function lineByLine(
  lines: readonly (readonly string[])[],
  cwd: string,
): Promise<readonly Ended[]> {
  return Promise.all(lines.map((words) => line(words, cwd)));
}

/** The same in a process of these lines alone, which sees what was written to modules before them. */
export async function linesAnew(
  lines: readonly (readonly string[])[],
  cwd: string,
): Promise<readonly Ended[]> {
  const anew = new SharedProcess(PATIENCE_MS); // one that serves, for example, never ends
  const ends = await Promise.all(lines.map((words) => anew.run({ words, cwd, env: {} })));
  await anew.close();
  return ends;
}

/** Runs `sagastorm …words` in a folder of its own. */
export function sagastorm(words: readonly string[], cwd: string = freshFolder()): Promise<Ended> {
  return ended(start(words, cwd));
}
