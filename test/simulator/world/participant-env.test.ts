// What a participant is given to know of its world, as who wraps participants uses it.

import { expect, test } from 'vitest';
import type { Participant } from '../../../engine/core/protocol.ts';
import bankTransfer from '../../../scenarios/bank-transfer.ts';
import { profiles, simulate } from '../../../simulator/index.ts';

test('an environment can be spread: it shows the time of the call, and a wrapped run is the same', () => {
  const times: number[] = [];
  const bank = bankTransfer.participants({ sagas: 20 }).bank!;
  const wrapper: Participant = {
    ...bank,
    handle(call, env) {
      times.push(env.nowUs);
      return bank.handle(call, { ...env });
    },
  };
  const wrapped = { ...bankTransfer, participants: () => ({ bank: wrapper }) };
  const options = { seed: 'wrapped', sagas: 20, profile: profiles.calm };
  const result = simulate(wrapped, options);
  expect(result.fingerprint).toBe(simulate(bankTransfer, options).fingerprint);
  expect(times.length).toBeGreaterThan(40);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(times).size).toBeGreaterThan(30);
});
