// Every invariant catches something that is wrong on purpose, and is silent about the same thing done right: a
// checker that has never failed proves nothing.

import { describe, expect, test } from 'vitest';
import { defineSaga, type Participant, policies } from '../../../engine/index.ts';
import { bank, inventory } from '../../../participants-mock/index.ts';
import { defineScenario, INVARIANTS, profiles, type Scenario, simulate } from '../../../simulator/index.ts';
import type { WorldVariant } from '../../../simulator/world/simulation-options.ts';
import {
  BANK,
  bankWithoutTombstones,
  carelessStore,
  engineOfEpoch,
  engineOfTwoInputs,
  engineThat,
  engineThatInsists,
  engineUnder,
  engineWithoutOrder,
  generousBank,
  hastyStore,
  lockingBank,
  stingyBank,
  tellingBank,
  unfencedBank,
  unfencedInventory,
  waitingBank,
  wrapped,
} from './wrong-parts.ts';

const ITEMS = { lamp: 40 };

const purchase = defineSaga({
  name: 'purchase',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    reserve: {
      service: 'inventory',
      action: 'reserve',
      compensation: 'release',
      payload: () => ({ productId: 'lamp', quantity: 1 }),
    },
    debit: {
      service: 'bank',
      action: 'debit',
      compensation: 'compensate_debit',
      after: ['reserve'],
      payload: () => ({ account: 'a-0', amount: 7 }),
    },
    credit: {
      service: 'bank',
      action: 'credit',
      compensation: 'compensate_credit',
      after: ['debit'],
      payload: () => ({ account: 'a-1', amount: 7 }),
    },
  },
});

interface Parts {
  readonly bank?: () => Participant;
  readonly inventory?: () => Participant;
}

function scenarioWith(parts: Parts = {}): Scenario {
  return defineScenario({
    name: 'purchase',
    title: 'Reserve, debit, credit',
    sagas: [purchase],
    participants: () => ({
      bank: parts.bank?.() ?? bank(BANK),
      inventory: parts.inventory?.() ?? inventory({ items: ITEMS }),
    }),
    workload: () => ({ saga: purchase, input: {} }),
  });
}

function* violations(parts: Parts, variant?: WorldVariant): Iterable<string> {
  for (let i = 0; i < 40; i++) {
    const options = { seed: `wrong/${i}`, sagas: 20, profile: profiles.storm };
    const result = simulate(scenarioWith(parts), variant === undefined ? options : { ...options, variant });
    for (const { invariant } of result.violations) yield invariant;
  }
}

/** Whether the invariant is violated in one of a few dozen seeds. */
function fires(invariant: string, parts: Parts, variant?: WorldVariant): boolean {
  for (const violated of violations(parts, variant)) if (violated === invariant) return true;
  return false;
}

const WRONG: readonly (readonly [invariant: string, how: string, parts: Parts, variant?: WorldVariant])[] = [
  ['money-conserved', 'a bank prints money', { bank: () => generousBank(bank(BANK)) }],
  ['money-conserved', 'a bank has no fence', { bank: unfencedBank }],
  [
    'stock-conserved',
    'a warehouse releases more than was reserved',
    { inventory: () => unfencedInventory(ITEMS) },
  ],
  [
    'all-or-nothing',
    'a bank says "refused" for a debit that it made',
    {
      bank: () =>
        wrapped(bank(BANK), (call, _env, handle) => {
          const outcome = handle();
          return call.action === 'debit' && outcome.kind === 'applied'
            ? { kind: 'rejected', failure: 'business', reason: 'lost' }
            : outcome;
        }),
    },
  ],
  ['all-or-nothing', 'a bank gives back less than it took', { bank: stingyBank }],
  ['at-most-once', 'a bank has no fence', { bank: unfencedBank }],
  ['nothing-after-the-end', 'a bank leaves no tombstones', { bank: bankWithoutTombstones }],
  ['undo-order', 'an engine undoes all steps at once', {}, engineWithoutOrder],
  [
    'status-is-true',
    'a bank says "applied" and does nothing',
    {
      bank: () =>
        wrapped(bank(BANK), (call, _env, handle) =>
          call.action === 'credit' ? { kind: 'applied' } : handle(),
        ),
    },
  ],
  [
    'every-saga-ends',
    'an engine never wakes up',
    {},
    engineThat((output) => (output.kind === 'wake' ? [] : [output])),
  ],
  [
    'log-is-state',
    'an engine writes the same fact twice',
    {},
    engineThat((output) => {
      const last = output.kind === 'append' ? output.events.at(-1) : undefined;
      if (output.kind !== 'append' || last?.kind !== 'saga-completed') return [output];
      return [{ ...output, events: [...output.events, last] }];
    }),
  ],
  ['log-is-state', 'an engine keeps another input than it wrote', {}, engineOfTwoInputs],
  [
    'log-is-state',
    'an engine skips a version, and the store does not look',
    {},
    {
      ...carelessStore,
      ...engineThat((output) =>
        output.kind === 'append' && output.expectedVersion > 0
          ? [{ ...output, expectedVersion: output.expectedVersion + 1 }]
          : [output],
      ),
    },
  ],
  ['one-writer', 'an engine writes under an epoch that it was not given', {}, engineOfEpoch(1_000)],
  ['no-lost-event', 'a store acknowledges before it has synced', {}, hastyStore],
  [
    'key-is-stable',
    'an engine puts the attempt into the key',
    {},
    engineThat((output) =>
      output.kind === 'call' ? [{ ...output, key: `${output.key}#${output.attempt}` }] : [output],
    ),
  ],
  [
    'key-is-stable',
    'an engine sends another payload with each attempt',
    {},
    engineThat((output) =>
      output.kind === 'call' ? [{ ...output, payloadHash: output.attempt }] : [output],
    ),
  ],
  [
    'isolation',
    'a bank undoes from the balance that it remembers',
    { bank: () => tellingBank('what it remembers') },
  ],
  ['locks-released', 'a bank locks what it debits, and keeps it', { bank: lockingBank }],
  ['no-deadlock', 'a bank lets two sagas wait for each other', { bank: waitingBank }],
  ['bounded-load', 'an engine tries more often than its policy says', {}, engineUnder(policies.patient)],
  ['bounded-load', 'an engine waits less than its policy says', {}, engineUnder(policies.impatient)],
  ['bounded-load', 'an engine goes on and on after the storm', {}, engineThatInsists(120)],
  ['append-before-send', 'a store acknowledges before it has synced', {}, hastyStore],
  [
    'append-before-send',
    'an engine tries again without writing that it does',
    {},
    engineThat((output) =>
      output.kind === 'call' ? [output, { ...output, attempt: output.attempt + 1 }] : [output],
    ),
  ],
];

describe('each invariant can fail', () => {
  for (const [invariant, how, parts, variant] of WRONG) {
    test(`${invariant} fires when ${how}`, () => {
      expect(fires(invariant, parts, variant)).toBe(true);
    });
  }

  test('no invariant is left out', () => {
    const shown = new Set(WRONG.map(([invariant]) => invariant));
    expect(INVARIANTS.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
  });

  test('nothing fires when all parts are right', () => {
    expect([...violations({})]).toEqual([]);
    expect([...violations({ bank: () => tellingBank('what is there') })]).toEqual([]);
    expect([...violations({}, engineThatInsists(1))]).toEqual([]);
  });
});
