// A choreography of three services, small enough to be read at a glance, and a participant that does whatever it is asked.

import {
  type Choreography,
  type ChoreographySpec,
  defineChoreography,
} from '../../../engine/choreography/index.ts';
import { type Call, defineSaga, type Outcome, type Participant } from '../../../engine/index.ts';
import { LedgerBook } from '../../../participants-mock/index.ts';

export const order = defineSaga({
  name: 'order',
  version: 1,
  steps: {
    charge: {
      service: 'payment',
      action: 'charge',
      compensation: 'refund',
      payload: ({ input }) => ({ amount: (input as { readonly amount: number }).amount }),
    },
    reserve: {
      service: 'inventory',
      action: 'reserve',
      compensation: 'release',
      after: ['charge'],
      payload: ({ results }) => ({ paid: results.charge ?? null }),
    },
    ship: { service: 'shipping', action: 'ship', kind: 'pivot', after: ['reserve'], payload: () => ({}) },
  },
});

export const SPEC: ChoreographySpec = {
  saga: order,
  starts: 'order-created',
  cancelledBy: 'cancel-requested',
  services: {
    payment: [
      { when: ['order-created'], does: 'charge', applied: 'payment-succeeded', rejected: 'payment-failed' },
      { when: [['stock-unavailable', 'stock-released']], undoes: 'charge', applied: 'payment-refunded' },
    ],
    inventory: [
      {
        when: ['payment-succeeded'],
        does: 'reserve',
        applied: 'stock-reserved',
        rejected: 'stock-unavailable',
      },
      { when: [['shipment-failed', 'shipment-called-off']], undoes: 'reserve', applied: 'stock-released' },
    ],
    shipping: [
      { when: ['stock-reserved'], does: 'ship', applied: 'shipment-created', rejected: 'shipment-failed' },
      { when: ['cancel-requested'], undoes: 'ship', applied: 'shipment-called-off' },
    ],
  },
  completes: ['shipment-created'],
  cancels: [['payment-failed', 'payment-refunded']],
};

export const flow: Choreography = defineChoreography(SPEC);

export const APPLIED: Outcome = { kind: 'applied' };
export const NO: Outcome = { kind: 'rejected', failure: 'business', reason: 'no' };
export const NOT_NOW: Outcome = { kind: 'rejected', failure: 'transient', reason: 'not now' };
export const LOST: Outcome = { kind: 'unknown', failure: 'timeout', reason: 'lost' };

/** Answers what it is told to, applies by default, and keeps what it was asked. */
export class Obedient implements Participant {
  readonly actions = ['charge', 'refund', 'reserve', 'release', 'ship'];
  readonly ledger = new LedgerBook();
  readonly asked: Call[] = [];
  answer: (call: Call) => Outcome = () => APPLIED;

  handle(call: Call): Outcome {
    this.asked.push(call);
    const outcome = this.answer(call);
    if (outcome.kind === 'applied') this.ledger.note(call);
    return outcome;
  }
}
