// Richardson's own example of a dirty read (Microservices Patterns, 2018, section 4.3.1): one saga cancels an order and gives the
// customer the credit back; another orders on that credit; then the cancellation is undone, since the delivery is on its
// way already. The customer is over the limit. The countermeasure is a semantic lock: a credit that a saga may still take
// back is pending, and others wait.

import {
  type Call,
  type Countermeasure,
  defineSaga,
  type Outcome,
  type Participant,
} from '../../engine/index.ts';
import { Registry } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { APPLIED, askedOf, guarded, RecordService, refuse, strange } from './records.ts';

const LIMIT = 50_00;

/** Customers, and what each may still spend. */
export class Customers extends RecordService {
  readonly actions = ['reserve', 'free', 'restore', 'take-back', 'approve'];

  constructor() {
    super(LIMIT);
  }

  apply(call: Call): Outcome {
    const { record, amount } = askedOf(call);
    const available = this.values.get(record);
    switch (call.action) {
      case 'reserve':
        if (available < amount) return refuse('over the credit limit');
        this.values.decide(call, record, available - amount);
        return APPLIED;
      case 'restore':
        this.values.update(call, record, available + amount);
        return APPLIED;
      case 'approve':
        this.ledger.note(call);
        return APPLIED;
      default:
        return strange(call);
    }
  }

  undo(call: Call): Outcome {
    const { record, amount } = askedOf(call);
    const back = call.action === 'free' ? amount : -amount;
    this.values.update(call, record, this.values.get(record) + back);
    return APPLIED;
  }
}

export interface CreditLimit {
  readonly name: string;
  readonly title: string;
  /** Whether what may be taken back is locked. */
  readonly locks: boolean;
  readonly sagasPerRun?: number;
  /** The service of the customers, with what guards it. Default: as it should be. */
  customers?(): Participant;
}

/** The scenario, with and without locks. */
export function creditLimit({ name, title, locks, sagasPerRun = 100, customers }: CreditLimit): Scenario {
  const lock: Countermeasure<unknown, 'approve'> = { kind: 'semantic-lock', releasedBy: 'approve' };
  const isolation = locks ? { isolation: lock } : {};
  const approve = { service: 'customers', action: 'approve', kind: 'retriable' } as const;
  const order = defineSaga({
    name: 'create-order',
    version: 1,
    deadlineMs: 300_000,
    steps: {
      reserve: { service: 'customers', action: 'reserve', compensation: 'free', ...isolation },
      delivery: { service: 'delivery', action: 'create', compensation: 'cancel', after: ['reserve'] },
      approve: { ...approve, after: ['delivery'] },
    },
  });
  const cancellation = defineSaga({
    name: 'cancel-order',
    version: 1,
    deadlineMs: 300_000,
    steps: {
      restore: { service: 'customers', action: 'restore', compensation: 'take-back', ...isolation },
      recall: { service: 'recall', action: 'create', compensation: 'cancel', after: ['restore'] },
      approve: { ...approve, after: ['recall'] },
    },
  });
  return defineScenario({
    name,
    title,
    sagas: [order, cancellation],
    sagasPerRun,
    participants: () => ({
      customers: customers?.() ?? guarded(new Customers()),
      delivery: guarded(new Registry({ noun: 'delivery', createFails: { permille: 100 } })),
      recall: guarded(new Registry({ noun: 'recall', createFails: { permille: 300 } })), // on its way already
    }),
    workload: ({ index, count, int }) => ({
      saga: index % 2 === 0 ? cancellation : order,
      input: {
        record: `customer-${int('customer', Math.ceil(count / 5))}`,
        amount: 10_00 + int('amount', 30_00),
      },
    }),
  });
}

export default creditLimit({
  name: 'credit-limit',
  title: 'Orders and cancellations on one credit limit, under a semantic lock',
  locks: true,
});
