// A transfer locks the account that it takes from, then the one that it gives to. Two customers who pay each other at the same
// moment each hold what the other waits for. `wait-die` ends that: a saga waits only for one with a greater id and is refused
// otherwise, so that no circle can close (Rosenkrantz, Stearns and Lewis, 1978).

import { type Call, defineSaga, type Outcome, type WhenLocked } from '../../engine/index.ts';
import { Registry } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { APPLIED, askedOf, guarded, RecordService, refuse } from './records.ts';

interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

class Accounts extends RecordService {
  readonly actions = ['debit', 'refund', 'credit', 'reclaim', 'settle'];

  constructor() {
    super(1_000_00);
  }

  apply(call: Call): Outcome {
    if (call.action === 'settle') {
      this.ledger.note(call);
      return APPLIED;
    }
    const { record, amount } = askedOf(call);
    const balance = this.values.get(record);
    if (call.action === 'credit') this.values.update(call, record, balance + amount);
    else if (balance < amount) return refuse('insufficient funds');
    else this.values.decide(call, record, balance - amount);
    return APPLIED;
  }

  undo(call: Call): Outcome {
    const { record, amount } = askedOf(call);
    this.values.update(call, record, this.values.get(record) + (call.action === 'refund' ? amount : -amount));
    return APPLIED;
  }

  override records(call: Call): readonly string[] {
    return call.action === 'settle' ? [] : super.records(call);
  }
}

export interface Swap {
  readonly name: string;
  readonly title: string;
  readonly whenLocked: WhenLocked;
  readonly sagasPerRun?: number;
}

/** The scenario, for sagas that wait for locks and for those that give way. */
export function swap({ name, title, whenLocked, sagasPerRun = 100 }: Swap): Scenario {
  const transfer = defineSaga<Transfer, 'debit' | 'credit' | 'review' | 'settle'>({
    name: 'swap',
    version: 1,
    deadlineMs: 300_000,
    steps: {
      debit: {
        service: 'accounts',
        action: 'debit',
        compensation: 'refund',
        payload: ({ input: { from, amount } }) => ({ record: from, amount }),
        isolation: { kind: 'semantic-lock', releasedBy: 'settle', whenLocked },
      },
      credit: {
        service: 'accounts',
        action: 'credit',
        compensation: 'reclaim',
        after: ['debit'],
        payload: ({ input: { to, amount } }) => ({ record: to, amount }),
        isolation: { kind: 'semantic-lock', releasedBy: 'settle', whenLocked },
      },
      review: { service: 'review', action: 'create', compensation: 'cancel', after: ['credit'] },
      settle: { service: 'accounts', action: 'settle', kind: 'retriable', after: ['review'] },
    },
  });
  return defineScenario({
    name,
    title,
    sagas: [transfer],
    sagasPerRun,
    participants: () => ({
      accounts: guarded(new Accounts()),
      review: guarded(new Registry({ noun: 'review', createFails: { permille: 100 } })),
    }),
    workload: ({ count, int }) => {
      const accounts = 2 * Math.ceil(count / 10);
      const from = int('from', accounts);
      const to = (from + 1 + int('to', accounts - 1)) % accounts;
      return {
        saga: transfer,
        input: { from: `a-${from}`, to: `a-${to}`, amount: 1 + int('amount', 10_00) },
      };
    },
  });
}

export default swap({
  name: 'swap',
  title: 'Customers pay each other under semantic locks, and give way',
  whenLocked: 'wait-die',
});
