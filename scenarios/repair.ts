// People repair orders: they retry, compensate, resume, skip and resolve them, wisely or not, twice, too late, and while
// engines die and are replaced. Some services refuse for good what must not be refused: the release of goods, the entry
// of an order that is paid for. Only a person can end such an order, by taking it over.

import {
  definePolicy,
  defineSaga,
  type Outcome,
  type Participant,
  type SagaStatus,
} from '../engine/index.ts';
import { inventory, orders, payment, shipping } from '../participants-mock/index.ts';
import { defineScenario, type EndedSaga, sometimes } from '../simulator/index.ts';

const PRICE = 19_99;
const REFUSED: Outcome = { kind: 'rejected', failure: 'dependency_failure', reason: 'this needs a person' };

const stock = {
  service: 'inventory',
  action: 'reserve',
  compensation: 'release',
  payload: () => ({ productId: 'lamp', quantity: 1 }),
} as const;
const shipment = { service: 'shipping', action: 'create', compensation: 'cancel' } as const;

const purchase = defineSaga({
  name: 'purchase',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    stock,
    payment: {
      service: 'payment',
      action: 'charge',
      compensation: 'refund',
      payload: () => ({ amount: PRICE }),
      after: ['stock'],
    },
    shipment: { ...shipment, after: ['payment'] },
  },
});

const order = defineSaga({
  name: 'order',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    stock,
    payment: {
      service: 'payment',
      action: 'authorize',
      compensation: 'void',
      payload: () => ({ amount: PRICE }),
    },
    shipment: { ...shipment, after: ['stock', 'payment'] },
    capture: {
      service: 'payment',
      action: 'capture',
      kind: 'pivot',
      payload: ({ saga }) => ({ authorization: `auth-${saga}` }),
      after: ['shipment'],
    },
    commit: {
      service: 'inventory',
      action: 'commit',
      kind: 'retriable',
      payload: () => ({ productId: 'lamp', quantity: 1 }),
      after: ['capture'],
    },
    confirm: { service: 'orders', action: 'create', kind: 'retriable', after: ['capture'] },
  },
});

/** Undos are given up soon, so that people are asked for. */
const impatient = definePolicy({
  name: 'impatient',
  callTimeoutMs: 2_000,
  compensation: { attemptsMax: 3, initialMs: 200, maxMs: 2_000, factorPermille: 2_000 },
});

/** Of 1,000 sagas, so many are refused an action for good, and nothing is stored of it. */
function stubborn(service: Participant, action: string, permille: number): Participant {
  const { actions, ledger } = service;
  return {
    actions,
    ledger,
    handle(call, env) {
      const isRefused = call.action === action && env.chance(`refuses-${action}`, call.saga, permille);
      return isRefused ? REFUSED : service.handle(call, env);
    },
    forget: (saga) => service.forget?.(saga),
  };
}

const ended =
  (status: SagaStatus) =>
  ({ ending }: EndedSaga): boolean =>
    ending.status === status;
const acted =
  (act: string) =>
  ({ ending }: EndedSaga): boolean =>
    ending.state.acts.some((done) => done.act === act);

export default defineScenario({
  name: 'repair',
  title: 'Services refuse undos for good, and people repair orders: retry, compensate, resume, skip, resolve',
  sagas: [purchase, order],
  policy: impatient,
  repairs: { permille: 250 },
  participants: ({ sagas }) => ({
    inventory: stubborn(inventory({ items: { lamp: 2 * sagas } }), 'release', 150),
    payment: payment({ customers: 10, openingBalance: PRICE * sagas }),
    shipping: shipping({ createFails: { permille: 200 } }),
    orders: stubborn(orders(), 'create', 100),
  }),
  workload: ({ index }) => ({ saga: index % 2 === 0 ? purchase : order, input: {} }),
  sometimes: [
    ...(['retry', 'compensate', 'resume', 'resolve'] as const).map((act) =>
      sometimes(`a saga was repaired: ${act}`, acted(act)),
    ),
    sometimes('a saga ends resolved', ended('resolved')),
    // Services that react to events undo for themselves, for as long as it takes: there is no undo to give up or to skip.
    sometimes('a saga was repaired: skip', acted('skip'), { under: ['saga', '2pc'] }),
    sometimes('a saga asks for a person', ended('compensation_failed'), { under: ['saga', '2pc'] }),
  ],
});
