// Somebody retries a failed saga; the page of the admin tool does not answer, so the button is pressed again. The first
// request was taken, and its round has ended; the second begins another round. The customer is asked to pay once more.

import { decideRepair, type Repair, type SagaState } from '../../engine/index.ts';
import { PlainEngine, type Wish } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { repairPair } from './repair-shop.ts';
import { impatient } from './shop.ts';

class RepairsTwice extends PlainEngine {
  protected override wished(state: SagaState, wish: Wish, nowUs: number): Repair {
    if (wish.kind !== 'repair') return super.wished(state, wish, nowUs);
    return decideRepair({ ...state, acts: [] }, wish.act, nowUs);
  }
}

export const bug = plantedBug({
  how: 'An act of a person that is asked for twice is done twice, where the state allows it again',
  mended: 'An act has an id, which stands in the log with it: the same act is one event (E10 keeps it so)',
  lookFor:
    'Press the button of your admin tool twice, with a minute in between; let its answer be lost. Has the request an id, and where is it kept?',
  caughtBy: ['log-is-state'],
  trigger: [],
  seenIn: 'admin endpoints that look at the status only',
  ...repairPair({
    name: 'repair-twice',
    title: 'A retry that is asked for twice is two retries',
    saga: impatient,
    engine: (options) => new RepairsTwice(options),
  }),
});

export default bug.wrong;
