// Looks whether there is stock in one step, takes it in the next: in between others look, too. An order flow in Java
// checks the available quantity and then subtracts from it, in a service that handles many orders at the same time.

import { type Call, defineSaga, type Outcome } from '../../engine/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { APPLIED, Clerk, refuse, type Service } from './clerk.ts';
import { Journal } from './journal.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

const ITEM = 'lamp';
const TOTAL = 7;

const order = defineSaga({
  name: 'lamp-order',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    check: { service: 'warehouse', action: 'check', effects: 'none' },
    reserve: { service: 'warehouse', action: 'reserve', compensation: 'release', after: ['check'] },
  },
});

class Warehouse implements Service {
  readonly actions = ['check', 'reserve', 'release'];
  readonly ledger = new Journal();
  readonly #looksAgain: boolean;

  constructor(looksAgain: boolean) {
    this.#looksAgain = looksAgain;
    this.ledger.store(ITEM, TOTAL);
  }

  apply(call: Call): Outcome {
    const { onHand } = this.ledger.level(ITEM)!;
    const looks = call.action === 'check' || this.#looksAgain;
    if (looks && onHand < 1) return refuse('sold out');
    if (call.action === 'reserve') this.#take(call, 1);
    return APPLIED;
  }

  undo(call: Call): Outcome {
    this.#take(call, -1);
    return APPLIED;
  }

  #take(call: Call, quantity: number): void {
    const level = this.ledger.level(ITEM)!;
    const onHand = level.onHand - quantity;
    const reserved = level.reserved + quantity;
    const touch = { record: ITEM, read: level.onHand, written: onHand };
    this.ledger.put(call, { ...level, onHand, reserved }, [touch]);
  }
}

function orders(name: string, title: string, looksAgain: boolean): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [order],
    sagasPerRun: SAGAS,
    participants: () => ({ warehouse: new Clerk(new Warehouse(looksAgain)) }),
    workload: () => ({ saga: order, input: {} }),
  });
}

export const bug = plantedBug({
  how: 'Ten orders see that there are lamps, and reserve more than there are',
  lookFor:
    'Look for a check and a change that are two statements. Put the condition into the update, as in `SET n = n - 1 WHERE n > 0`, and look at the count of rows.',
  reading: 'Berenson et al., _A Critique of ANSI SQL Isolation Levels_, SIGMOD 1995, on lost updates',
  caughtBy: ['isolation', 'stock-conserved'],
  trigger: [],
  seenIn: 'an order flow in Java: getAvailableQuantity() < quantity, then setAvailableQuantity()',
  wrong: orders('oversell', 'Stock is checked in one step and taken in the next', false),
  right: orders('oversell-corrected', 'Stock is checked when it is taken', true),
});

export default bug.wrong;
