// A cancelled order is cancelled at the desk: payment and inventory are told, and the carrier, who has the goods on
// his list, is not. The shipment that he reports later sells what was given back.

import type { Choreography } from '../../engine/choreography/index.ts';
import { orderChoreography } from '../order.ts';
import { choreographedOrders } from './choreographed-order.ts';
import { plantedBug } from './planted-bug.ts';

const { services } = orderChoreography;
const decidedAtTheDesk: Choreography = {
  ...orderChoreography,
  services: {
    orders: [
      ...services.orders!,
      { when: ['cancel-requested'], undoes: 'place', applied: 'order-called-off' },
    ],
    payment: [
      services.payment![0]!,
      {
        when: [['stock-unavailable', 'stock-released', 'order-called-off']],
        undoes: 'charge',
        applied: 'payment-refunded',
      },
    ],
    inventory: [
      services.inventory![0]!,
      { when: [['shipment-failed', 'order-called-off']], undoes: 'reserve', applied: 'stock-released' },
      services.inventory![2]!,
    ],
    shipping: [services.shipping![0]!],
  },
};

export const bug = plantedBug({
  how: 'An order is cancelled without asking the one service that can no longer undo, and its late event revives the order',
  mended:
    'The service with the last word, whose step is the pivot, decides whether an order can still be cancelled.',
  lookFor:
    'Ask who may say that it is too late to cancel. Let the last event of the happy path arrive after the cancellation.',
  caughtBy: ['all-or-nothing', 'nothing-after-the-end', 'status-is-true', 'undo-order'],
  trigger: ['operator-cancel'],
  seenIn:
    'an order flow in Java (`order.setStatus(CONFIRMED)` whatever the order is when ShipmentCreated comes)',
  wrong: choreographedOrders({
    name: 'late-event-revives',
    title: 'Orders that are cancelled at the desk',
    choreography: decidedAtTheDesk,
  }),
  right: choreographedOrders({
    name: 'late-event-revives-corrected',
    title: 'Orders that are cancelled by who ships them',
  }),
});

export default bug.wrong;
