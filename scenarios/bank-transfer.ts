// Money goes from one account to another: debit here, credit there. 30 % of the credits fail for good, and their
// debits must come back. Whatever happens, the total over all accounts stays what it was.

import { z } from 'zod';
import { defineSaga } from '../engine/index.ts';
import { bank } from '../participants-mock/index.ts';
import { defineScenario } from '../simulator/index.ts';

const OPENING_BALANCE = 1_000_00;
const AMOUNT_MAX = 100_00;

const transfer = defineSaga({
  name: 'bank-transfer',
  version: 1,
  input: z.object({ from: z.string(), to: z.string(), amount: z.int().positive() }),
  deadlineMs: 300_000,
  steps: {
    debit: {
      service: 'bank',
      action: 'debit',
      compensation: 'compensate_debit',
      payload: ({ input }) => ({ account: input.from, amount: input.amount }),
    },
    credit: {
      service: 'bank',
      action: 'credit',
      compensation: 'compensate_credit',
      after: ['debit'],
      payload: ({ input }) => ({ account: input.to, amount: input.amount }),
    },
  },
});

function accountsFor(sagas: number): number {
  return Math.max(100, Math.ceil(sagas / 10));
}

export default defineScenario({
  name: 'bank-transfer',
  title: 'Debit here, credit there: 30 % of the credits fail, and no cent is lost',
  sagas: [transfer],
  participants: ({ sagas }) => ({
    bank: bank({ accounts: accountsFor(sagas), openingBalance: OPENING_BALANCE }),
  }),
  workload: ({ count, int }) => {
    const accounts = accountsFor(count);
    const from = int('from', accounts);
    const to = (from + 1 + int('to', accounts - 1)) % accounts;
    return {
      saga: transfer,
      input: { from: `a-${from}`, to: `a-${to}`, amount: 1 + int('amount', AMOUNT_MAX) },
    };
  },
});
