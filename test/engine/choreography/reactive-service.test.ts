// R1 to R5: what a service makes of the events that it is told, whatever comes twice, late, or in an old shape.

import { describe, expect, test } from 'vitest';
import {
  type Choreography,
  defineChoreography,
  deliveryOf,
  Inbox,
  type PublishedEvent,
  ReactiveService,
} from '../../../engine/choreography/index.ts';
import type { Call, Outcome, ParticipantEnv } from '../../../engine/index.ts';
import { flow, LOST, NO, NOT_NOW, Obedient, SPEC } from './order-flow.ts';

interface Told {
  readonly time?: number;
  readonly results?: Readonly<Record<string, unknown>>;
  readonly schema?: number;
  readonly round?: number;
  readonly nowUs?: number;
}

/** A service at the end of a string. */
class ServiceUnderTest {
  readonly participant = new Obedient();
  readonly service: ReactiveService;
  commits = 0;
  readonly #choreography: Choreography;
  #attempt = 0;

  constructor(name: string, choreography: Choreography = flow, inbox?: Inbox) {
    this.#choreography = choreography;
    this.service = new ReactiveService(name, this.participant, [choreography], inbox);
  }

  /** What comes of an event: the types that are published, or why it was not handled. */
  hears(type: string, told: Told = {}): readonly string[] | string {
    const outcome = this.told(type, told);
    if (outcome.kind !== 'applied') return outcome.reason;
    return this.published(outcome).map((event) => event.type);
  }

  published(outcome: Outcome): readonly PublishedEvent[] {
    if (outcome.kind !== 'applied') throw new Error(outcome.reason);
    return (outcome.result as { readonly events: readonly PublishedEvent[] }).events;
  }

  told(type: string, { time = 1, results = {}, schema = 1, round = 0, nowUs = 0 }: Told = {}): Outcome {
    const payload = { type, schema, time, data: { input: { amount: 5 }, results } };
    const call: Call = {
      kind: 'call',
      saga: 't-1',
      step: `x-on-${type}`,
      direction: 'forward',
      round,
      attempt: ++this.#attempt,
      key: `t-1/${type}`,
      service: 'x',
      action: deliveryOf(this.#choreography, type),
      payload,
      payloadHash: 1,
    };
    const env: ParticipantEnv = { nowUs, chance: () => false, commit: () => void this.commits++ };
    return this.service.handle(call, env);
  }

  get asked(): readonly string[] {
    return this.participant.asked.map(({ action, key }) => `${action} ${key}`);
  }
}

describe('an event', () => {
  test('leads to the action of the step, under the key of the step, and to the event that follows', () => {
    const payment = new ServiceUnderTest('payment');
    payment.participant.answer = () => ({ kind: 'applied', result: { receipt: 7 } });
    const [event] = payment.published(payment.told('order-created', { time: 4 }));
    expect(payment.participant.asked[0]).toMatchObject({
      step: 'charge',
      direction: 'forward',
      key: 't-1/charge/forward',
      payload: { amount: 5 },
    });
    expect(event).toEqual({
      type: 'payment-succeeded',
      schema: 1,
      time: 5,
      data: { input: { amount: 5 }, results: { charge: { receipt: 7 } } },
    });
  });

  test('carries what the steps before it came to', () => {
    const inventory = new ServiceUnderTest('inventory');
    inventory.hears('payment-succeeded', { results: { charge: { receipt: 7 } } });
    expect(inventory.participant.asked[0]!.payload).toEqual({ paid: { receipt: 7 } });
  });

  test('of a refusal says why', () => {
    const payment = new ServiceUnderTest('payment');
    payment.participant.answer = () => NO;
    expect(payment.published(payment.told('order-created'))).toMatchObject([
      { type: 'payment-failed', data: { reason: 'no' } },
    ]);
  });

  test('R1: that comes again is answered as before, without another effect', () => {
    const payment = new ServiceUnderTest('payment');
    const first = payment.told('order-created');
    expect(payment.told('order-created')).toEqual(first);
    expect(payment.asked).toEqual(['charge t-1/charge/forward']);
  });

  test('R2: is handled in one transaction, whatever the participant commits by itself', () => {
    const payment = new ServiceUnderTest('payment');
    payment.hears('order-created');
    expect(payment.commits).toBe(0);
  });

  test('R3: that cannot be handled now is handled when it comes again', () => {
    const payment = new ServiceUnderTest('payment');
    payment.participant.answer = () => NOT_NOW;
    expect(payment.hears('order-created')).toBe('not now');
    payment.participant.answer = () => ({ kind: 'applied' });
    expect(payment.hears('order-created')).toEqual(['payment-succeeded']);
  });

  test('R4: that was called off before it came has no effect', () => {
    const inventory = new ServiceUnderTest('inventory');
    expect(inventory.hears('shipment-called-off')).toEqual(['stock-released']);
    expect(inventory.hears('payment-succeeded')).toEqual([]);
    expect(inventory.asked).toEqual([]);
  });

  test('of another round is another event', () => {
    const payment = new ServiceUnderTest('payment');
    payment.hears('order-created');
    expect(payment.hears('order-created', { round: 1 })).toEqual(['payment-succeeded']);
    expect(payment.asked).toEqual(['charge t-1/charge/forward', 'charge t-1/charge/forward/round-1']);
  });
});

describe('R5: who gives up', () => {
  test('after five certain refusals says so, and undoes nothing', () => {
    const payment = new ServiceUnderTest('payment');
    payment.participant.answer = () => NOT_NOW;
    const heard = Array.from({ length: 5 }, () => payment.hears('order-created'));
    expect(heard).toEqual(['not now', 'not now', 'not now', 'not now', ['payment-failed']]);
    expect(payment.asked).toHaveLength(5);
  });

  test('in doubt undoes first, until that succeeds', () => {
    const payment = new ServiceUnderTest('payment');
    payment.participant.answer = ({ action }) => (action === 'charge' ? LOST : NOT_NOW);
    for (let i = 0; i < 4; i++) payment.hears('order-created');
    expect(payment.hears('order-created')).toBe('not now');
    payment.participant.answer = ({ action }) => (action === 'charge' ? LOST : { kind: 'applied' });
    expect(payment.hears('order-created')).toEqual(['payment-failed']);
    expect(payment.asked.at(-1)).toBe('refund t-1/charge/compensation');
  });

  test('of a step that cannot be undone never does, while it is in doubt', () => {
    const shipping = new ServiceUnderTest('shipping');
    shipping.participant.answer = () => LOST;
    const heard = Array.from({ length: 20 }, () => shipping.hears('stock-reserved'));
    expect(new Set(heard)).toEqual(new Set(['lost']));
  });

  const undoFirst = defineChoreography({
    ...SPEC,
    services: Object.fromEntries(
      Object.entries(SPEC.services).map(([service, reactions]) => [service, reactions.toReversed()]),
    ),
  });

  test('in doubt, and told to undo meanwhile, undoes what may be done', () => {
    const inventory = new ServiceUnderTest('inventory', undoFirst);
    inventory.participant.answer = ({ action }) => (action === 'reserve' ? LOST : { kind: 'applied' });
    inventory.hears('payment-succeeded');
    expect(inventory.hears('shipment-called-off')).toEqual(['stock-released']);
    expect(inventory.asked.at(-1)).toBe('release t-1/reserve/compensation');
    expect(inventory.hears('payment-succeeded')).toEqual([]);
  });

  test('in doubt of what cannot be undone, and told to call it off, says nothing until it knows', () => {
    const shipping = new ServiceUnderTest('shipping', undoFirst);
    shipping.participant.answer = () => LOST;
    shipping.hears('stock-reserved');
    expect(shipping.hears('cancel-requested')).toBe('it may be done, and cannot be undone');
    shipping.participant.answer = () => ({ kind: 'applied' });
    expect(shipping.hears('stock-reserved')).toEqual(['shipment-created']);
    expect(shipping.hears('cancel-requested')).toEqual([]);
  });

  test('does not call off what cannot be undone any more', () => {
    const shipping = new ServiceUnderTest('shipping');
    shipping.hears('stock-reserved');
    expect(shipping.hears('cancel-requested')).toEqual([]);
  });
});

describe('an event of another shape', () => {
  const shaped = defineChoreography({
    ...SPEC,
    events: {
      'order-created': {
        schema: 3,
        upcast: (data, schema) => ({ ...(data as object), input: { amount: schema === 1 ? 100 : 200 } }),
      },
      'payment-succeeded': { schema: 2 },
    },
  });

  test.each([
    [1, 100],
    [2, 200],
    [3, 5],
  ])('of schema %d is understood', (schema, amount) => {
    const payment = new ServiceUnderTest('payment', shaped);
    expect(payment.published(payment.told('order-created', { schema }))[0]).toMatchObject({ schema: 2 });
    expect(payment.participant.asked[0]!.payload).toEqual({ amount });
  });

  test.each([
    ['payment', 'order-created', 4, '"order-created" has schema 4, and this service knows 3'],
    ['inventory', 'payment-succeeded', 1, '"payment-succeeded" has schema 1, and there is no upcaster to 2'],
  ])('that %s does not know is refused for good', (name, type, schema, reason) => {
    const service = new ServiceUnderTest(name, shaped);
    expect(service.told(type, { schema })).toEqual({ kind: 'rejected', failure: 'invalid_request', reason });
    expect(service.asked).toEqual([]);
  });

  test('that is none is refused for good', () => {
    const payment = new ServiceUnderTest('payment');
    const call = { action: deliveryOf(flow, 'order-created'), saga: 't-1', round: 0, payload: { hello: 1 } };
    const env: ParticipantEnv = { nowUs: 0, chance: () => false, commit() {} };
    expect(payment.service.handle(call as unknown as Call, env)).toMatchObject({
      failure: 'invalid_request',
    });
  });
});

test('an inbox that remembers nothing is refused', () => {
  expect(() => new Inbox({ retentionUs: 0 })).toThrow('cannot remember for 0 microseconds');
});

test('an inbox remembers for at least its retention, and less than twice that', () => {
  const payment = new ServiceUnderTest('payment', flow, new Inbox({ retentionUs: 100 }));
  payment.hears('order-created', { nowUs: 0 });
  payment.hears('order-created', { nowUs: 100 });
  expect(payment.asked).toHaveLength(1);
  payment.hears('order-created', { nowUs: 300 });
  expect(payment.asked).toHaveLength(2);
});
