// B1 to B4: whom the bus tells, in which order, how long, and when a transaction is over.

import { describe, expect, test } from 'vitest';
import { type Choreography, DEAD_LETTER_US, eventBus } from '../../../engine/choreography/index.ts';
import type { Outcome } from '../../../engine/index.ts';
import { SECOND } from '../core/given.ts';
import { MachineUnderTest, started } from '../core/machine.ts';
import { flow, LOST } from './order-flow.ts';

const DEAD: Outcome = { kind: 'rejected', failure: 'invalid_request', reason: 'schema 2' };

/** What a service answers that published these events; with a number, at that logical time. */
function publishing(...types: readonly (string | readonly [string, number])[]): Outcome {
  const events = types.map((one) => {
    const [type, time] = typeof one === 'string' ? [one, 1] : one;
    return { type, schema: 1, time, data: { input: {}, results: { charge: 7 } } };
  });
  return { kind: 'applied', result: { events } };
}

/** The events of the log, without the deliveries. */
function told({ log }: MachineUnderTest): readonly string[] {
  return log.flatMap(({ event }) =>
    'step' in event && event.step.includes('-on-')
      ? []
      : ['step' in event ? `${event.kind} ${event.step}` : event.kind],
  );
}

const bus = eventBus(flow);

describe('B1: an event goes to whoever hears it', () => {
  test('and what they publish goes on, once it is durable', () => {
    const machine = started(bus);
    expect(machine.reply('do payment-on-order-created #1', publishing('payment-succeeded'))).toEqual([
      'append @2: step-applied payment-on-order-created, step-requested charge, step-applied charge, step-requested inventory-on-payment-succeeded',
    ]);
    expect(machine.appended()).toEqual(['do inventory-on-payment-succeeded #1']);
    expect(machine.calls.get('do inventory-on-payment-succeeded #1')!.payload).toMatchObject({
      type: 'payment-succeeded',
      time: 1,
    });
  });

  test('until it is acknowledged, however often that is', () => {
    const machine = started(bus);
    for (let attempt = 1; attempt <= 50; attempt++) {
      machine.replied(`do payment-on-order-created #${attempt}`, LOST);
      machine.wake(machine.nowUs + 120 * SECOND);
    }
    expect([...machine.calls.keys()]).toContain('do payment-on-order-created #51');
  });

  test('by the next process, when this one dies', () => {
    const before = started(bus);
    before.replied('do payment-on-order-created #1', publishing('payment-succeeded'));
    const after = new MachineUnderTest(bus, { log: before.log, epoch: 2 });
    expect(after.take({ kind: 'recovered', sagas: [before.log] })).toEqual([
      'do inventory-on-payment-succeeded #1',
    ]);
  });
});

describe('B2: a service is told of the events of a transaction', () => {
  test.each([
    ['per-key', ['do shipping-on-payment-succeeded #1']],
    ['none', ['do shipping-on-payment-succeeded #1', 'do shipping-on-stock-reserved #1']],
  ] as const)('order: %s', (order, expected) => {
    const { services, ...rest } = flow;
    const choreography: Choreography = {
      ...rest,
      order,
      services: {
        ...services,
        shipping: [...services.shipping!, { when: ['payment-succeeded'], undoes: 'ship', applied: 'noted' }],
      },
    };
    const machine = started(eventBus(choreography));
    const both = publishing(['stock-reserved', 9], ['payment-succeeded', 3]);
    const left = machine.replied('do payment-on-order-created #1', both);
    expect(left.filter((call) => call.includes('shipping')).toSorted()).toEqual([...expected]);
  });
});

describe('B3: the log says how the steps stand', () => {
  test('of a transaction that completes', () => {
    const machine = started(bus);
    machine.replied('do payment-on-order-created #1', publishing('payment-succeeded'));
    machine.replied('do inventory-on-payment-succeeded #1', publishing('stock-reserved'));
    machine.reply('do shipping-on-stock-reserved #1', publishing('shipment-created'));
    expect(machine.appended()).toEqual(['ended completed']);
    expect(told(machine)).toEqual([
      'saga-created',
      ...['charge', 'reserve', 'ship'].flatMap((step) => [`step-requested ${step}`, `step-applied ${step}`]),
      'saga-completed',
    ]);
  });

  test('of one that is undone', () => {
    const machine = started(bus);
    machine.replied('do payment-on-order-created #1', publishing('payment-succeeded'));
    machine.replied('do inventory-on-payment-succeeded #1', publishing('stock-unavailable'));
    expect(machine.replied('do payment-on-stock-unavailable #1', publishing('payment-refunded'))).toEqual([
      'ended compensated',
    ]);
    expect(told(machine).slice(3)).toEqual([
      'step-requested reserve',
      'step-rejected reserve',
      'compensation-started',
      'compensation-requested charge',
      'step-compensated charge',
      'saga-compensated',
    ]);
  });

  test('of one in which nothing was done', () => {
    const machine = started(bus);
    expect(machine.replied('do payment-on-order-created #1', publishing('payment-failed'))).toEqual([
      'ended failed',
    ]);
  });
});

describe('B4: a transaction ends when nothing is under way', () => {
  test('and not while somebody has not heard of what was cancelled', () => {
    const machine = started(bus);
    machine.replied('do payment-on-order-created #1', publishing('payment-succeeded'));
    machine.replied('do inventory-on-payment-succeeded #1', publishing('stock-reserved'));
    machine.wish('cancel');
    machine.appended();
    machine.reply('do shipping-on-stock-reserved #1', publishing('shipment-created'));
    expect(machine.appended()).toEqual(['do shipping-on-cancel-requested #1']);
    expect(machine.replied('do shipping-on-cancel-requested #1', publishing())).toEqual(['ended completed']);
  });

  test('a cancellation is an event like any other', () => {
    const machine = started(bus);
    machine.wish('cancel');
    expect(machine.appended()).toEqual(['do shipping-on-cancel-requested #1']);
  });

  test('nobody can cancel what nobody would hear of', () => {
    const { cancelledBy: _, ...without } = flow;
    const shipping = [without.services.shipping![0]!];
    const machine = started(eventBus({ ...without, services: { ...without.services, shipping } }));
    expect(machine.wish('cancel', 'r')).toEqual(['r refused saga is running']);
  });
});

describe('what a service answers', () => {
  test.each([undefined, { ok: true }, { events: [null] }, { events: [{ type: 'payment-succeeded' }] }])(
    'is a dead letter when it says no events: %j',
    (result) => {
      const machine = started(bus);
      const outcome: Outcome = result === undefined ? { kind: 'applied' } : { kind: 'applied', result };
      expect(machine.replied('do payment-on-order-created #1', outcome)).toEqual([]);
      expect(machine.wake(DEAD_LETTER_US)).toEqual(['do payment-on-order-created #2']);
    },
  );
});

describe('a dead letter', () => {
  test('is delivered again by an act of a person, once', () => {
    const machine = started(bus);
    machine.replied('do payment-on-order-created #1', DEAD);
    const act = { act: 'resume', id: 'inc-7', by: 'anna' } as const;
    const wish = { kind: 'repair', saga: 's-1', act, request: 'r' } as const;
    machine.take(wish);
    expect(machine.appended()).toEqual(['r accepted', 'do payment-on-order-created #2']);
    expect(machine.take(wish)).toEqual(['r done-before']);
  });

  test('lies aside, and is tried again by itself', () => {
    const machine = started(bus);
    machine.replied('do payment-on-order-created #1', DEAD);
    expect(machine.wake(DEAD_LETTER_US - 1)).toEqual([]);
    expect(machine.wake(DEAD_LETTER_US)).toEqual(['do payment-on-order-created #2']);
  });

  test('is tried again at once when a person wants it', () => {
    const machine = started(bus);
    machine.replied('do payment-on-order-created #1', DEAD);
    machine.wish('resume', 'r');
    expect(machine.appended()).toEqual(['r accepted', 'do payment-on-order-created #2']);
  });

  test('is not there when nothing waits', () => {
    expect(started(bus).wish('resume', 'r')).toEqual(['r refused saga is running']);
  });
});
