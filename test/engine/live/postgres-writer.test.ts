// W5: how many appends go into one statement to PostgreSQL.

import { expect, test } from 'vitest';
import type { Statement } from '../../../engine/live/postgres-line.ts';
import { writeAppends } from '../../../engine/live/postgres-writer.ts';
import { appendOf, REQUESTED } from './store-asking.ts';

const MIB = 1024 * 1024;

test('what is too long for one statement goes in several, in order', async () => {
  const counts: number[] = [];
  const line = {
    run: async ({ values }: Statement): Promise<readonly never[]> => {
      counts.push(String(values![0]).split('\n').length);
      return [];
    },
  };
  const sizes = [...Array.from({ length: 40 }, () => MIB), 30 * MIB, 1, 1];
  const batch = sizes.map((size, i) => {
    const append = appendOf(`s-${i}`, 1, [REQUESTED], { expectedVersion: 1 });
    return { append, text: 'x'.repeat(size) };
  });
  const { answers } = await writeAppends(line, batch);
  expect(counts).toEqual([16, 16, 8, 1, 2]);
  expect(answers).toEqual(sizes.map(() => 'appended'));
});
