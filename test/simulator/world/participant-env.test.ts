// What a participant is given to know of its world, as who wraps participants uses it.

import { expect, test } from 'vitest';
import type { Participant } from '../../../engine/core/protocol.ts';
import bankTransfer from '../../../scenarios/bank-transfer.ts';
import { defineScenario, profiles, simulate } from '../../../simulator/index.ts';

test('an environment can be spread: it shows the time of the call, and a wrapped run is the same', () => {
  const times: number[] = [];
  const wrapped = defineScenario({
    name: bankTransfer.name,
    title: bankTransfer.title,
    sagas: bankTransfer.sagas,
    workload: bankTransfer.workload,
    participants: (sizes) => {
      const bank = bankTransfer.participants(sizes).bank!;
      const wrapper: Participant = {
        actions: bank.actions,
        ledger: bank.ledger,
        handle(call, env) {
          times.push(env.nowUs);
          return bank.handle(call, { ...env });
        },
      };
      return { bank: wrapper };
    },
  });
  const options = { seed: 'wrapped', sagas: 20, profile: profiles.calm };
  const result = simulate(wrapped, options);
  expect(result.fingerprint).toBe(simulate(bankTransfer, options).fingerprint);
  expect(times.length).toBeGreaterThan(40);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(times).size).toBeGreaterThan(30);
});
