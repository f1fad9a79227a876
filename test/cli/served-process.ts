// `sagastorm serve` in a process of its own, for tests of what people do with a server.

import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { type Ended, ended, start } from './sagastorm.ts';

/** A server that listens. */
export interface ServedProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly end: Promise<Ended>;
}

/** Resolves when it can be asked. @throws Error with what it wrote, when it ended instead */
export async function servedProcess(words: readonly string[], folder: string): Promise<ServedProcess> {
  const child = start(['serve', '--port', '0', ...words], folder);
  const end = ended(child);
  let greeting = '';
  child.stdout!.on('data', (chunk) => {
    greeting += String(chunk);
  });
  const isOver = end.then(({ stderr }) => {
    throw new Error(`it ended: ${stderr}`);
  });
  isOver.catch(() => undefined);
  const isUp = async (): Promise<void> => {
    while (!greeting.includes('access:')) await delay(10);
  };
  await Promise.race([isUp(), isOver]);
  return { child, url: /http:\/\/\S+/.exec(greeting)![0], end };
}
