// The shop moves from an orchestrator to events, service by service. Payment reacts to the new event, and the old
// call to it is still made: two messages, two keys, and each of them is new. An order flow in Java starts both for
// every order.

import type { Choreography } from '../../engine/choreography/index.ts';
import { orderChoreography } from '../order.ts';
import { choreographedOrders, type MakeService, reactive } from './choreographed-order.ts';
import { plantedBug } from './planted-bug.ts';

const { services } = orderChoreography;
const both: Choreography = {
  ...orderChoreography,
  services: {
    ...services,
    payment: [
      { when: ['order-requested'], does: 'charge', applied: 'payment-taken' }, // what the orchestrator asks for
      ...services.payment!,
    ],
  },
};

/** The old code and the new, beside one another: each with keys of its own. */
const twoDeployments: MakeService = (...made) => {
  const before = reactive(...made);
  const now = reactive(...made);
  return {
    actions: now.actions,
    ledger: now.ledger,
    handle: (call, env) =>
      call.action.endsWith('.order-requested') ? before.handle(call, env) : now.handle(call, env),
  };
};

export const bug = plantedBug({
  how: 'One order is paid for twice: once for the event, and once for the call that the event was to replace',
  mended: 'One of the two is there, and the key of a charge names the order and the step, not the message.',
  lookFor:
    'While two styles live side by side, look for two ways that lead to one effect, and ask which key each of them uses.',
  caughtBy: ['at-most-once', 'all-or-nothing'],
  trigger: [],
  seenIn: 'an order flow in Java (`createOrder` publishes OrderCreated and starts the orchestrator, too)',
  wrong: choreographedOrders({
    name: 'both-styles',
    title: 'An order that is orchestrated and choreographed',
    choreography: both,
    services: { payment: twoDeployments },
  }),
  right: choreographedOrders({
    name: 'both-styles-corrected',
    title: 'An order that is choreographed',
  }),
});

export default bug.wrong;
