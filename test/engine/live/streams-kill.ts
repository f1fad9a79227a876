// Kills a process in the middle of its appends, three times, and looks at what is there: for any streams that outlive that.

import { join } from 'node:path';
import { expect } from 'vitest';
import type { AnyStreams } from '../../contracts/streams.ts';
import { liveAndDie } from './live-and-die.ts';

const PROGRAM = join(import.meta.dirname, 'fixtures/streams-for-ever.ts');

/** @param args for the process: where, and then, after the name of its life, the schema */
export async function expectKilledWhole(
  [where, ...more]: readonly [string, ...string[]],
  streams: AnyStreams,
): Promise<void> {
  const said: string[] = [];
  for (const life of ['a', 'b', 'c']) said.push(...(await liveAndDie(PROGRAM, [where, life, ...more], 40)));
  expect(said.length).toBeGreaterThanOrEqual(120);
  const all = await streams.readAll(0, 1_000_000);
  expect(all.map(({ position }) => position)).toEqual(all.map((_, i) => i + 1));
  const there = new Set<string>();
  for (let i = 0; i < all.length; i += 3) {
    const three = all.slice(i, i + 3);
    const { stream, version } = three[0]!;
    expect(three.map((one) => [one.stream, one.version, one.event.kind])).toEqual([
      [stream, version, 'first'],
      [stream, version + 1, 'second'],
      [stream, version + 2, 'third'],
    ]);
    there.add(`${stream} ${version - 1} appended`);
  }
  expect(said.filter((line) => !there.has(line))).toEqual([]);
}
