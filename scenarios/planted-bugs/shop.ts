// The sagas and services that most of the planted bugs run: a purchase, step after step; a basket, all at once; an
// order with a point of no return. The services are right; what is wrong is the engine that a bug brings.

import {
  defineSaga,
  type OrchestratorOptions,
  type SagaDefinition,
  type StepSpec,
} from '../../engine/index.ts';
import { inventory, orders, payment, shipping } from '../../participants-mock/index.ts';
import { defineScenario, type Engine, type Scenario, type ScenarioSpec } from '../../simulator/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { SAGAS } from './planted-bug.ts';

export const PRICE = 99_99;

/** What a step is, wherever it stands. */
type Deed = Omit<StepSpec<unknown>, 'after' | 'isolation'>;

const reserve: Deed & Required<Pick<Deed, 'payload'>> = {
  service: 'inventory',
  action: 'reserve',
  compensation: 'release',
  payload: () => ({ productId: 'lamp', quantity: 1 }),
};
const charge: Deed & Required<Pick<Deed, 'payload'>> = {
  service: 'payment',
  action: 'charge',
  compensation: 'refund',
  payload: () => ({ amount: PRICE }),
};
const ship: Deed = { service: 'shipping', action: 'create', compensation: 'cancel' };

export const purchaseSteps = {
  stock: reserve,
  payment: { ...charge, after: ['stock'] },
  shipment: { ...ship, after: ['payment'] },
} as const;

/** Reserve, then charge, then ship; one shipment in five is refused. */
export const purchase = defineSaga({
  name: 'purchase',
  version: 1,
  deadlineMs: 300_000,
  steps: purchaseSteps,
});

/** The same, where no step is tried twice. */
export const impatient = defineSaga({
  name: 'impatient-purchase',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    stock: { ...purchaseSteps.stock, attemptsMax: 1 },
    payment: { ...purchaseSteps.payment, attemptsMax: 1 },
    shipment: { ...purchaseSteps.shipment, attemptsMax: 1 },
  },
});

export const basketSteps = { stock: reserve, payment: charge, shipment: ship } as const;

/** The same three at once, in the shortest time that the default policy needs. */
export const basket = defineSaga({ name: 'basket', version: 1, deadlineMs: 40_000, steps: basketSteps });

export const orderSteps = {
  stock: reserve,
  payment: { service: 'payment', action: 'authorize', compensation: 'void', payload: charge.payload },
  shipment: { ...ship, after: ['stock', 'payment'] },
  capture: {
    service: 'payment',
    action: 'capture',
    kind: 'pivot',
    after: ['shipment'],
    payload: ({ saga }: { readonly saga: string }) => ({ authorization: `auth-${saga}` }),
  },
} as const;

/** Goods, money and a shipment are secured; the capture is the pivot; what comes after succeeds in the end. */
export const order = defineSaga({
  name: 'order',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    ...orderSteps,
    commit: {
      service: 'inventory',
      action: 'commit',
      kind: 'retriable',
      after: ['capture'],
      payload: reserve.payload,
    },
    confirm: { service: 'orders', action: 'create', kind: 'retriable', after: ['capture'] },
  },
});

export interface Shop {
  /** The file's name, or that of the twin. */
  readonly name: string;
  readonly title: string;
  /** Default: {@link purchase}. */
  readonly saga?: SagaDefinition;
  /** A later version of it, which every other client asks for. Default: there is none. */
  readonly newer?: SagaDefinition;
  /** Default: the plain engine. */
  engine?(options: OrchestratorOptions): Engine;
  /** Default: the store checks version and epoch. */
  readonly accepts?: NonNullable<ScenarioSpec['variant']>['accepts'];
}

/** A scenario in which the shop runs one saga on one engine. */
export function shop({
  name,
  title,
  saga = purchase,
  newer = saga,
  engine = plain,
  accepts,
}: Shop): Scenario {
  return defineScenario({
    name,
    title,
    sagas: newer === saga ? [saga] : [saga, newer],
    participants: ({ sagas }) => ({
      inventory: inventory({ items: { lamp: sagas } }),
      payment: payment({ customers: 1 }),
      shipping: shipping({ createFails: { permille: 200 } }),
      orders: orders(),
    }),
    workload: ({ index }) => ({ saga: index % 2 === 0 ? saga : newer, input: {} }),
    sagasPerRun: SAGAS,
    variant: accepts === undefined ? { engine } : { engine, accepts },
  });
}

/** A bug and its twin: the same saga on the wrong engine, and on the plain one. */
export function shopPair(bug: Shop): { readonly wrong: Scenario; readonly right: Scenario } {
  const { name, saga = purchase, newer = saga } = bug;
  const title = `${name}, done right`;
  return { wrong: shop(bug), right: shop({ name: `${name}-corrected`, title, saga, newer }) };
}

export function plain(options: OrchestratorOptions): Engine {
  return new PlainEngine(options);
}
