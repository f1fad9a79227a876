// What a run leaves behind. A campaign makes thousands of runs, and what a scavenge cannot free is copied and waits for a full
// collection: 43,000 bytes of every run, by this test, before that was looked at.

import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import type { Outcome, Participant } from '../../../engine/core/protocol.ts';
import bankTransfer from '../../../scenarios/bank-transfer.ts';
import { profiles, type Scenario, simulate } from '../../../simulator/index.ts';

const RUNS = 100;
const WARM_UP = 5;
const TIMES = 25;
const LEFT_BYTES_MAX = 12_000;
const HELD_MS_MAX = 10_000;
const REFUSED: Outcome = { kind: 'rejected', failure: 'business', reason: 'never' };

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc') as (how?: { readonly type: 'minor' }) => void;

test('a run that is over is let go by the next scavenges', () => {
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
  // The least of some: what the compiler leaves, and who else is in the process, come on top. A run that stays, stays always.
  let least = leftBytes();
  for (let i = 1; i < TIMES && least >= LEFT_BYTES_MAX; i++) least = Math.min(least, leftBytes());
  expect(least).toBeLessThan(LEFT_BYTES_MAX);
});

test('a run that was stopped is let go, too: the events that were still to come are forgotten', async () => {
  const banks: WeakRef<Participant>[] = [];
  const stuck: Scenario = {
    ...bankTransfer,
    participants(sizes) {
      const bank = bankTransfer.participants(sizes).bank!;
      banks.push(new WeakRef(bank));
      return {
        bank: {
          ...bank,
          handle: (call, env) => (call.direction === 'forward' ? bank.handle(call, env) : REFUSED),
        },
      };
    },
  };
  expect(simulate(stuck, { seed: 'stuck', sagas: 20, profile: profiles.calm }).verdict).toBe('inconclusive');
  expect(banks.length).toBeGreaterThan(0);
  const held = (): number => {
    gc();
    return banks.filter((bank) => bank.deref() !== undefined).length;
  };
  // Looked at more than once: a reference that was made or asked holds on for its turn, and so does a compiler at work.
  await expect.poll(held, { timeout: HELD_MS_MAX }).toBe(0);
});
