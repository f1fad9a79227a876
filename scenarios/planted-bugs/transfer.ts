// A transfer between two accounts, for the planted bugs of banks: debit here, credit there. 30 % of the credits fail
// for good, so undoing is part of every run.

import { defineSaga, type Participant } from '../../engine/index.ts';
import type { BankOptions } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { SAGAS } from './planted-bug.ts';

const ACCOUNTS = 10;
const AMOUNT_MAX = 100_00;

export const BANK: BankOptions = { accounts: ACCOUNTS, openingBalance: 1_000_00 };

interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  /** Counts the transfers of a run. */
  readonly number: number;
}

export const transfer = defineSaga({
  name: 'transfer',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    debit: {
      service: 'bank',
      action: 'debit',
      compensation: 'compensate_debit',
      payload: ({ input }) => legOf(input as Transfer, 'from'),
    },
    credit: {
      service: 'bank',
      action: 'credit',
      compensation: 'compensate_credit',
      after: ['debit'],
      payload: ({ input }) => legOf(input as Transfer, 'to'),
    },
  },
});

function legOf(input: Transfer, which: 'from' | 'to'): Readonly<Record<string, unknown>> {
  return { account: input[which], amount: input.amount, number: input.number };
}

/** Transfers at a bank. */
export function transfers(name: string, title: string, bank: () => Participant): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [transfer],
    sagasPerRun: SAGAS,
    participants: () => ({ bank: bank() }),
    workload: ({ index, int }) => {
      const from = int('from', ACCOUNTS);
      const to = (from + 1 + int('to', ACCOUNTS - 1)) % ACCOUNTS;
      const amount = 1 + int('amount', AMOUNT_MAX);
      return { saga: transfer, input: { from: `a-${from}`, to: `a-${to}`, amount, number: index } };
    },
  });
}
