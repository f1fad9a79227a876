// A participant as a process of its own, for tests that kill it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { closing } from './served.ts';

const MAIN = join(import.meta.dirname, '../../../participants-mock/http/main.ts');

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly said: string;
  readonly complained: string;
}

export interface RunningProcess {
  readonly url: string;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
  ended(): Promise<Ended>;
}

/** Starts one and lets it come to its end, as with a flag that is wrong. */
export function run(...args: string[]): Promise<Ended> {
  return endOf(spawned(args));
}

/** Starts one, and waits until it says where it can be called. */
export async function started(...args: string[]): Promise<RunningProcess> {
  const child = spawned(args);
  const ended = endOf(child);
  const line = once(createInterface(child.stdout!), 'line').then(([text]) => String(text));
  const first = await Promise.race([line, ended]);
  if (typeof first !== 'string') throw new Error(first.complained);
  const { url } = JSON.parse(first) as { readonly url: string };
  return { url, kill: (signal) => void child.kill(signal), ended: () => ended };
}

function spawned(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args]);
  closing({ close: () => child.kill('SIGKILL') });
  return child;
}

async function endOf(child: ChildProcess): Promise<Ended> {
  let said = '';
  let complained = '';
  child.stdout!.on('data', (text) => {
    said += text;
  });
  child.stderr!.on('data', (text) => {
    complained += text;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, said, complained };
}
