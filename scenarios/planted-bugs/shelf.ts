// A warehouse that keeps its reservations as rows, and an order that uses it, for the planted bugs of inventories:
// reserve, pay, dispatch. 30 % of the payments are refused, and then the reservation is released. Correct as it stands;
// a bug overrides one method.

import {
  type Applied,
  type Call,
  defineSaga,
  type Outcome,
  type ParticipantEnv,
  type StockLevel,
} from '../../engine/index.ts';
import { Registry } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { APPLIED, Clerk, refuse, type Service } from './clerk.ts';
import { Journal } from './journal.ts';
import { SAGAS } from './planted-bug.ts';

const ITEM = 'lamp';

const order = defineSaga({
  name: 'shelf-order',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    reserve: { service: 'warehouse', action: 'reserve', compensation: 'release' },
    payment: { service: 'payment', action: 'create', compensation: 'cancel', after: ['reserve'] },
    dispatch: { service: 'warehouse', action: 'dispatch', kind: 'pivot', after: ['payment'] },
  },
});

/** Orders of one lamp each from this warehouse. */
export function lampOrders(name: string, title: string, warehouse: () => Service): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [order],
    sagasPerRun: SAGAS,
    participants: () => ({
      warehouse: new Clerk(warehouse()),
      payment: new Clerk(new Registry({ noun: 'payment', createFails: { permille: 300 } })),
    }),
    workload: () => ({ saga: order, input: {} }),
  });
}

/** A row: whose lamp it is, and since when. */
export interface Reservation {
  readonly call: Call;
  readonly atUs: number;
}

type Change = Partial<Record<'onHand' | 'reserved' | 'sold', number>>;

export class Shelf implements Service {
  readonly actions = ['reserve', 'release', 'dispatch'];
  readonly ledger = new Journal();
  /** By saga, oldest first. */
  protected readonly rows = new Map<string, Reservation>();

  constructor(lamps: number) {
    this.ledger.store(ITEM, lamps);
  }

  apply(call: Call, env: ParticipantEnv): Outcome {
    if (call.action === 'dispatch') return this.dispatch(call);
    if (this.ledger.level(ITEM)!.onHand < 1) return refuse('sold out');
    this.rows.set(call.saga, { call, atUs: env.nowUs });
    this.put(call, { onHand: -1, reserved: 1 });
    return APPLIED;
  }

  undo(call: Call, _forward: Applied, _env: ParticipantEnv): Outcome {
    return this.release(call);
  }

  protected release(call: Call): Outcome {
    if (this.rows.delete(call.saga)) this.put(call, { onHand: 1, reserved: -1 });
    else this.ledger.note(call);
    return APPLIED;
  }

  protected dispatch(call: Call): Outcome {
    if (!this.rows.delete(call.saga)) return refuse('not reserved');
    this.put(call, { reserved: -1, sold: 1 });
    return APPLIED;
  }

  /** Changes the level and writes the entry of the effect. */
  protected put(call: Call, change: Change): void {
    this.ledger.put(call, this.changed(change));
  }

  protected changed({ onHand = 0, reserved = 0, sold = 0 }: Change): StockLevel {
    const level = this.ledger.level(ITEM)!;
    return {
      ...level,
      onHand: level.onHand + onHand,
      reserved: level.reserved + reserved,
      sold: level.sold + sold,
    };
  }
}
