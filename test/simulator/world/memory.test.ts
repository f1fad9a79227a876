// What a run leaves behind. A campaign makes thousands of runs, and what a scavenge cannot free is copied and waits for a full
// collection: 43,000 bytes of every run, by this test, before that was looked at.

import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import bankTransfer from '../../../scenarios/bank-transfer.ts';
import { profiles, simulate } from '../../../simulator/index.ts';

const RUNS = 100;
const WARM_UP = 5;
const TIMES = 5;

test('a run that is over is let go by the next scavenges', () => {
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc') as (how?: { readonly type: 'minor' }) => void;
  const usedBytes = (): number => v8.getHeapStatistics().used_heap_size;
  const run = (): void => {
    for (let i = 0; i < RUNS; i++)
      simulate(bankTransfer, { seed: `memory/${i}`, sagas: 1, profile: profiles.calm });
  };
  const leftBytes = (): number => {
    gc();
    const before = usedBytes();
    run();
    gc({ type: 'minor' });
    gc({ type: 'minor' });
    return (usedBytes() - before) / RUNS;
  };
  for (let i = 0; i < WARM_UP; i++) run();
  // The least of some: what the compiler leaves, and who else is in the process, come on top.
  expect(Math.min(...Array.from({ length: TIMES }, leftBytes))).toBeLessThan(12_000);
});
