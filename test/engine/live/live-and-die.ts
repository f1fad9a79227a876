// A program that goes on for ever and says, line by line, what it did; and its end by kill -9.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

/**
 * Lets a program run until it has said so many lines, kills it, and returns the lines that were whole.
 *
 * @param afterMs how much later it is killed: somewhere in its work, and not just behind a line
 */
export async function liveAndDie(
  program: string,
  args: readonly string[],
  lines: number,
  afterMs = 0,
): Promise<readonly string[]> {
  const child = spawn(process.execPath, [program, ...args]);
  let said = '';
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints += text;
  });
  child.stdout.on('data', (text) => {
    said += text;
    if (said.split('\n').length > lines) void (afterMs === 0 ? kill() : sleep(afterMs).then(kill));
  });
  const kill = (): unknown => child.kill('SIGKILL');
  const [, signal] = await once(child, 'close');
  expect([signal, complaints]).toEqual(['SIGKILL', '']);
  return said.split('\n').slice(0, -1);
}
