// A payload that cannot be made is a mistake of the saga's author: a run says so, and does not count it as a refusal.

import { describe, expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import { payment } from '../../../participants-mock/index.ts';
import {
  AmbientAccessError,
  defineScenario,
  profiles,
  type Scenario,
  simulate,
} from '../../../simulator/index.ts';

function paying(
  payload: () => unknown,
  compensationPayload: (context?: unknown) => unknown = () => ({}),
): Scenario {
  const order = defineSaga({
    name: 'order',
    version: 1,
    steps: {
      pay: { service: 'payment', action: 'charge', compensation: 'refund', payload, compensationPayload },
      more: {
        service: 'payment',
        action: 'charge',
        compensation: 'refund',
        after: ['pay'],
        payload: () => ({ amount: 9 }),
      },
    },
  });
  return defineScenario({
    name: 'order',
    title: 'Paying twice, and having money for once',
    sagas: [order],
    participants: () => ({ payment: payment({ customers: 1, openingBalance: 10 }) }),
    workload: () => ({ saga: order, input: {} }),
  });
}

const run = (scenario: Scenario) => () => simulate(scenario, { seed: 'a', sagas: 2, profile: profiles.calm });

/** What is said of the one violation, which ended the run. */
function thrownIn(scenario: Scenario): string {
  const [one, ...others] = run(scenario)().violations;
  expect(others).toEqual([]);
  expect(one).toMatchObject({ invariant: 'nothing-thrown', saga: expect.stringMatching(/^s-[01]$/) });
  expect(one!.message, 'who tells it adds the point').not.toMatch(/\.$/);
  return one!.message;
}

describe('a payload that cannot be made', () => {
  test.each([
    ['has a fraction', () => ({ amount: 49.9 }), 'amount: 49.9 is not a whole number'],
    ['is a promise', async () => ({ amount: 5 }), 'it is a Promise, and a payload is made at once'],
    [
      'throws',
      () => {
        throw new TypeError('no basket');
      },
      /no basket \(at test\/simulator\/world\/payload-fault\.test\.ts:\d+:\d+\)\. A payload/,
    ],
  ])('because it %s stops the run', (_what, payload, why) => {
    const [, told] = thrownIn(paying(payload)).split(
      'saga "order", step "pay": the payload cannot be made: ',
    );
    expect(told).toMatch(why);
  });

  test('of an undo, too', () => {
    const scenario = paying(
      () => ({ amount: 5 }),
      () => ({ amount: 0.5 }),
    );
    expect(thrownIn(scenario)).toContain(
      'step "pay": the payload cannot be made: amount: 0.5 is not a whole number',
    );
  });

  test('of an undo that reads what is not there is told with its place', () => {
    const scenario = paying(
      () => ({ amount: 5 }),
      (context?: unknown) => ({
        amount: (context as { results: { later: { paid: number } } }).results.later.paid,
      }),
    );
    expect(thrownIn(scenario)).toMatch(/step "pay": .*undefined.* \(at \S+payload-fault\.test\.ts:\d+:\d+\)/);
  });

  test('is not what a refusal is', () => {
    expect(run(paying(() => ({ amount: 5 })))().verdict).toBe('held');
  });

  test('because it asks for real time is told as that', () => {
    expect(run(paying(() => ({ amount: Date.now() })))).toThrow(AmbientAccessError);
  });
});
