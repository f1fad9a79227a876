// E7: an operator takes up a saga that waits for a person, however often the process that is asked goes down over it.

import { expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import { bank } from '../../../participants-mock/index.ts';
import {
  defineScenario,
  type FaultPlan,
  profiles,
  type RunResult,
  simulate,
} from '../../../simulator/index.ts';

const OPENS_AT_US = 60_500_000;

const transfer = defineSaga({
  name: 'transfer',
  version: 1,
  steps: {
    debit: {
      service: 'bank',
      action: 'debit',
      compensation: 'compensate_debit',
      payload: () => ({ account: 'a-0', amount: 1 }),
    },
    credit: {
      service: 'bank',
      action: 'credit',
      compensation: 'compensate_credit',
      after: ['debit'],
      payload: () => ({ account: 'nobody', amount: 1 }),
    },
  },
});

/** A bank that refuses every undo until an office opens, after the world has healed. */
const scenario = defineScenario({
  name: 'closed-office',
  title: 'An undo that waits for a person',
  sagas: [transfer],
  orchestrators: 1,
  participants: () => {
    const inner = bank({ accounts: 2, openingBalance: 100 });
    const { actions, ledger } = inner;
    return {
      bank: {
        actions,
        ledger,
        handle: (call, env) =>
          call.direction === 'compensation' && env.nowUs < OPENS_AT_US
            ? { kind: 'rejected', failure: 'business', reason: 'the office is closed' }
            : inner.handle(call, env),
      },
    };
  },
  workload: () => ({ saga: transfer, input: {}, startAtUs: 0 }),
});

function run(plan: FaultPlan): RunResult {
  return simulate(scenario, { seed: 'operator', sagas: 1, profile: profiles.calm, plan });
}

function crashAt(...inputs: readonly number[]): FaultPlan {
  return inputs.map((input) => ({
    kind: 'orchestrator-crash',
    at: `s-0#${input}:input`,
    params: { downUs: 1_000_000 },
  }));
}

test('without a fault the saga asks for a person once, and is compensated', () => {
  const { verdict, sagas } = run([]);
  expect([verdict, sagas.compensated, sagas.resumed]).toEqual(['held', 1, 1]);
});

test('a crash at any input, or at two in a row, does not leave the saga waiting', () => {
  let struck = 0;
  for (let input = 1; input <= 40; input++) {
    for (const plan of [crashAt(input), crashAt(input, input + 1)]) {
      const { verdict, sagas, plan: happened } = run(plan);
      struck += happened.length;
      expect([input, plan.length, verdict, sagas.compensated]).toEqual([input, plan.length, 'held', 1]);
    }
  }
  expect(struck).toBeGreaterThan(10);
});
