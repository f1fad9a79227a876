// The saga is wrong, not the engine: "authorising a card takes no money", so the step is declared to have no
// effects and has no compensation. The money is held all the same, and when the saga is undone nobody lets go of
// it.

import { defineSaga } from '../../engine/index.ts';
import { plantedBug } from './planted-bug.ts';
import { orderSteps, shop } from './shop.ts';

const NAME = 'hold-declared-harmless';
const { stock, payment, shipment, capture } = orderSteps;
const { service, action, payload } = payment;

const careless = defineSaga({
  name: 'careless-order',
  version: 1,
  deadlineMs: 300_000,
  steps: { stock, payment: { service, action, payload, effects: 'none' }, shipment, capture },
});

const careful = defineSaga({
  name: 'careful-order',
  version: 1,
  deadlineMs: 300_000,
  steps: { stock, payment, shipment, capture },
});

export const bug = plantedBug({
  how: 'A step that holds money is declared to have no effects, so nothing lets go of the money',
  mended: 'The step that holds money has a compensation that lets go of it',
  lookFor:
    "List the steps without compensation, and ask of each what it leaves in somebody else's system. Authorisations, reservations and locks are effects.",
  reading: 'Richardson, _Microservices Patterns_, 2018, chapter 4',
  caughtBy: ['money-conserved'],
  trigger: [],
  seenIn: 'sagas that count an authorisation as a question',
  wrong: shop({ name: NAME, title: 'An authorisation is said to have no effects', saga: careless }),
  right: shop({ name: `${NAME}-corrected`, title: `${NAME}, done right`, saga: careful }),
});

export default bug.wrong;
