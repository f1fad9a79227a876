// The happy path has a listener for every event, and so have the failures that somebody thought of. A refused
// shipment gives the stock back, and the event that says so is heard by nobody: the customer has paid, and waits.

import type { Call, Outcome, Participant, ParticipantEnv } from '../../engine/index.ts';
import { choreographedOrders, type MakeService, reactive } from './choreographed-order.ts';
import { plantedBug } from './planted-bug.ts';

const IGNORED: Outcome = { kind: 'applied', result: { events: [] } };

/** Acknowledges an event for which it has no code. */
const deafTo =
  (type: string): MakeService =>
  (...made) => {
    const service = reactive(...made);
    const handle: Participant['handle'] = (call: Call, env: ParticipantEnv) =>
      call.action.endsWith(`.${type}`) ? IGNORED : service.handle(call, env);
    return { actions: service.actions, ledger: service.ledger, handle };
  };

export const bug = plantedBug({
  how: 'An event of a branch that nobody thought of is acknowledged and dropped, and the order waits for ever',
  mended: '`defineChoreography` plays every branch, and refuses one that ends neither done nor undone.',
  lookFor:
    'List the events that are published, and beside each who listens. Take the failures one by one, the last step first.',
  caughtBy: ['every-saga-ends'],
  trigger: [],
  seenIn: 'an order flow in Java (nobody listens to a shipment that fails after the stock was reserved)',
  wrong: choreographedOrders({
    name: 'unhandled-event',
    title: 'A refused shipment that nobody refunds',
    services: { payment: deafTo('stock-released') },
  }),
  right: choreographedOrders({
    name: 'unhandled-event-corrected',
    title: 'A refund when the stock came back',
  }),
});

export default bug.wrong;
