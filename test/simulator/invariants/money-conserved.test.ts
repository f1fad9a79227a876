// Money that an open saga holds in clearing is not lost; money that nobody accounts for is.

import { expect, test } from 'vitest';
import { defineSaga, type Participant } from '../../../engine/index.ts';
import { bank } from '../../../participants-mock/index.ts';
import { defineScenario, profiles, type RunResult, simulate } from '../../../simulator/index.ts';
import { BANK, wrapped } from './wrong-parts.ts';

/** The credit goes to an account that is not open: the bank refuses it for ever, after the pivot. */
const stuck = defineSaga({
  name: 'stuck',
  version: 1,
  deadlineMs: 60_000,
  steps: {
    debit: {
      service: 'bank',
      action: 'debit',
      kind: 'pivot',
      payload: () => ({ account: 'a-0', amount: 1 }),
    },
    credit: {
      service: 'bank',
      action: 'credit',
      kind: 'retriable',
      after: ['debit'],
      payload: () => ({ account: 'a-100', amount: 1 }),
    },
  },
});

function run(service: Participant): RunResult {
  const scenario = defineScenario({
    name: 'stuck',
    title: 'A credit that the bank refuses for ever',
    sagas: [stuck],
    participants: () => ({ bank: service }),
    workload: () => ({ saga: stuck, input: {} }),
  });
  return simulate(scenario, { seed: 'stuck', sagas: 1, profile: profiles.calm });
}

test('what an open saga holds in clearing makes the run inconclusive, not violated', () => {
  const result = run(bank(BANK));
  expect(result.violations).toEqual([]);
  expect(result.verdict).toBe('inconclusive');
  expect(result.sagas.open).toBe(1);
  expect(result.inconclusive).toMatch(
    /^stopped after \d+ s of virtual time; 1 sagas had not ended: their participants refuse them/,
  );
});

test('clearing that holds more than the open sagas put there is a violation', () => {
  const inner = bank(BANK);
  const balances = (): ReadonlyMap<string, number> =>
    new Map([...inner.ledger.balances()].map(([name, balance]) => [name, shifted(name, balance)]));
  const shifted = (name: string, balance: number): number => {
    if (!name.startsWith('clearing:') || balance === 0) return name === 'a-1' ? balance + offset : balance;
    return balance - offset;
  };
  let offset = 0;
  const service = wrapped(inner, (_call, _env, handle) => {
    const outcome = handle();
    offset = 5; // the total stays what it was
    return outcome;
  });
  const result = run({
    ...service,
    ledger: { ...service.ledger, drain: () => inner.ledger.drain(), balances, stock: () => [] },
  });
  expect(result.violations.map(({ message }) => message)).toEqual([
    '-4 is left in clearing, open sagas hold 1',
  ]);
});
