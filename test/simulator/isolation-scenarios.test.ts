// Each countermeasure off and on, in the same scenario under the same storm: off, the judge finds the anomaly that it is
// for, and no other invariant is the first to complain; on, it finds none.

import { describe, expect, test } from 'vitest';
import { address } from '../../scenarios/isolation/address.ts';
import { creditLimit } from '../../scenarios/isolation/credit-limit.ts';
import { points } from '../../scenarios/isolation/points.ts';
import { quote } from '../../scenarios/isolation/quote.ts';
import { reprice } from '../../scenarios/isolation/reprice.ts';
import { swap } from '../../scenarios/isolation/swap.ts';
import { profiles, type Scenario, simulate } from '../../simulator/index.ts';

const NAMED = { name: 'isolation', title: 'A countermeasure, off or on' };

const PAIRS: readonly (readonly [
  what: string,
  off: Scenario,
  on: Scenario,
  anomaly: RegExp,
  invariant: string,
])[] = [
  [
    'a semantic lock against dirty reads',
    creditLimit({ ...NAMED, locks: false }),
    creditLimit({ ...NAMED, locks: true }),
    /was undone, on which .* relied in reserve/,
    'isolation',
  ],
  [
    'a value that is read again against lost updates',
    reprice({ ...NAMED, rereads: false }),
    reprice({ ...NAMED, rereads: true }),
    /set wrote \d+ from \d+ in product-\d+ of prices, which held/,
    'isolation',
  ],
  [
    'a value that is read again against fuzzy reads',
    quote({ ...NAMED, rereads: false }),
    quote({ ...NAMED, rereads: true }),
    /invoice relied on \d+ .* and quote on \d+: .* changed it in between/,
    'isolation',
  ],
  [
    'a version file against changes out of order',
    address({ ...NAMED, files: false }),
    address({ ...NAMED, files: true }),
    /change \d+ (came to|was undone in) customer-\d+ of addresses, which shows change/,
    'isolation',
  ],
  [
    'a commutative update against lost updates',
    points({ ...NAMED, adds: false }),
    points({ ...NAMED, adds: true }),
    /award wrote \d+ from \d+ in customer-\d+ of points, which held/,
    'isolation',
  ],
  [
    'giving way against deadlocks',
    swap({ ...NAMED, whenLocked: 'wait' }),
    swap({ ...NAMED, whenLocked: 'wait-die' }),
    /^\d sagas wait for one another: .* is pending for/,
    'no-deadlock',
  ],
  [
    'refusing against deadlocks',
    swap({ ...NAMED, whenLocked: 'wait' }),
    swap({ ...NAMED, whenLocked: 'refuse' }),
    /^\d sagas wait for one another/,
    'no-deadlock',
  ],
];

const SEEDS = Array.from({ length: 20 }, (_, i) => `isolation/${i}`);

function found(scenario: Scenario) {
  return SEEDS.flatMap((seed) => simulate(scenario, { seed, sagas: 30, profile: profiles.storm }).violations);
}

test('a person who asks a process that knows an old log, and is not heard, asks again', () => {
  const scenario = creditLimit({ ...NAMED, locks: true });
  const { inconclusive } = simulate(scenario, { seed: 'isolation/842', sagas: 100, profile: profiles.storm });
  expect(inconclusive).toBeUndefined();
});

describe.each(PAIRS)('%s', (_what, off, on, anomaly, invariant) => {
  test('off: the anomaly is found', () => {
    const violations = found(off);
    expect(violations.some(({ message }) => anomaly.test(message))).toBe(true);
    expect(new Set(violations.map((one) => one.invariant))).toEqual(new Set([invariant]));
  });

  test('on: nothing is', () => {
    expect(found(on)).toEqual([]);
  });
});
