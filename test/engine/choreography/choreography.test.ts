// Which choreographies start, and what is said of those that do not (C1, C2).

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ChoreographySpec,
  choreographyOf,
  defineChoreography,
  eventBus,
  type Reaction,
} from '../../../engine/choreography/index.ts';
import { anySaga } from '../core/any-saga.ts';
import { sequence } from '../core/given.ts';
import { SPEC } from './order-flow.ts';

/** The choreography with other reactions of one service. */
function having(service: string, ...reactions: readonly Reaction[]): ChoreographySpec {
  return { ...SPEC, services: { ...SPEC.services, [service]: reactions } };
}

const [charge, refund] = SPEC.services.payment! as readonly [Reaction, Reaction];
const [reserve, release] = SPEC.services.inventory! as readonly [Reaction, Reaction];
const [ship, callOff] = SPEC.services.shipping! as readonly [Reaction, Reaction];

describe('C2: a branch that nobody thought of is found', () => {
  test.each([
    [
      'an order flow in Java: nobody listens to a shipment that fails',
      having('inventory', reserve, { ...release, when: ['shipment-called-off'] }),
      'when ship is refused, it stops after "shipment-failed" with charge, reserve done',
    ],
    [
      'stock that is missing and not refunded',
      having('payment', charge, { ...refund, when: ['stock-released'] }),
      'when reserve is refused, it stops after "stock-unavailable" with charge done',
    ],
    [
      'stock that stays reserved',
      {
        ...SPEC,
        services: {
          ...SPEC.services,
          payment: [charge, { ...refund, when: [['stock-unavailable', 'shipment-failed']] }],
          inventory: [reserve, { ...release, when: ['shipment-called-off'] }],
        },
      },
      'when ship is refused, it ends as undone, and reserve stays done',
    ],
    [
      'an order that completes too early',
      {
        ...having('shipping', { ...ship, when: ['cancel-requested'] }, callOff),
        completes: ['stock-reserved'],
      },
      'when nothing is refused, it completes without ship',
    ],
  ] as const)('%s', (_, spec, fault) => {
    expect(() => defineChoreography(spec)).toThrow(fault);
  });
});

describe('what is no choreography is told with its place', () => {
  test.each([
    [
      'a step of another service',
      having('payment', charge, refund, { ...ship, applied: 'x', rejected: 'y' }),
      'service "payment" has no step "ship"',
    ],
    [
      'an event that nobody publishes',
      having('shipping', { ...ship, when: ['goods-packed'] }, callOff),
      'waits for "goods-packed", which nobody publishes',
    ],
    [
      'C1: an event of two reactions',
      having('payment', charge, { ...refund, applied: 'payment-succeeded' }),
      '"payment-succeeded" is published by two reactions',
    ],
    [
      'a reaction that does nothing',
      having('payment', charge, { when: ['stock-released'], applied: 'x' }),
      'a reaction does a step or undoes one',
    ],
    [
      'a reaction to nothing',
      having('payment', { ...charge, when: [] }, refund),
      '"charge": `when` is []; it is a list of events',
    ],
  ] as const)('%s', (_, spec, fault) => {
    expect(() => defineChoreography(spec)).toThrow(fault);
  });

  test.each([
    ['not an object', 7, 'a choreography is an object'],
    ['without a saga', { ...SPEC, saga: undefined }, 'a choreography has a `saga`'],
    ['with a member that nothing reads', { ...SPEC, cancel: [] }, 'unknown member "cancel"'],
    ['without `cancels`', { ...SPEC, cancels: undefined }, '`cancels` is missing; it is a list of events'],
    [
      'with a condition that is no list',
      having('payment', { ...charge, when: 'x' } as never),
      '`when` is "x"; it is a list',
    ],
    ['without services', { ...SPEC, services: {} }, 'has no services'],
    ['with a service that is no list', { ...SPEC, services: { payment: {} } }, 'service "payment" is {}'],
    [
      'with a service that the saga has not',
      having('mail', charge),
      'no step of the saga is of this service',
    ],
    ['with another order', { ...SPEC, order: 'sorted' }, '`order` is "sorted"'],
    [
      'with an event without a name',
      having('payment', { ...charge, applied: '' }, refund),
      '`applied` is ""',
    ],
    ['with no attempts', having('payment', { ...charge, attemptsMax: 0 }, refund), 'attemptsMax is 0'],
    [
      'with an undo that is refused',
      having('payment', charge, { ...refund, rejected: 'x' }),
      'an undo is not refused for good',
    ],
    ['with schema 0', { ...SPEC, events: { 'order-created': { schema: 0 } } }, 'schema is 0'],
    [
      'with the shape of an unknown event',
      { ...SPEC, events: { 'goods-packed': { schema: 2 } } },
      '`events` names "goods-packed"',
    ],
    [
      'with a cancellation that nobody hears',
      { ...SPEC, cancelledBy: 'nobody-hears' },
      'waits for "cancel-requested"',
    ],
    [
      'whose start is published, too',
      having('payment', { ...charge, applied: 'order-created' }, refund),
      '"order-created" is published by two reactions',
    ],
  ])('%s', (_, spec, fault) => {
    expect(() => defineChoreography(spec as ChoreographySpec)).toThrow(fault);
  });

  test('steps that are called as deliveries are', () => {
    const saga = sequence('svc-on-requested', 'b');
    expect(() => eventBus(choreographyOf(saga))).toThrow('"svc-on-requested" is the name of two steps');
  });

  test('what is undone though nobody refused anything', () => {
    const undone = { ...SPEC, cancels: [['payment-failed', 'payment-refunded', 'shipment-created']] };
    expect(() => defineChoreography(undone)).toThrow('when nothing is refused, it ends as undone');
  });

  test('a cancellation that is not asked of who ships', () => {
    const early = having('inventory', reserve, {
      ...release,
      when: [['shipment-failed', 'cancel-requested']],
    });
    const spec = { ...early, services: { ...early.services, shipping: [ship] } };
    expect(() => defineChoreography(spec)).toThrow('and it is cancelled after');
  });

  test('events in a circle', () => {
    const circle = having('payment', charge, {
      ...refund,
      when: [['stock-unavailable', 'stock-released', 'payment-refunded']],
    });
    expect(() => eventBus({ ...SPEC, ...circle, kind: 'choreography', name: 'circle' })).toThrow(
      'wait for one another',
    );
  });
});

describe('the choreography of a saga', () => {
  test('names its events after the steps', () => {
    const { services, completes, cancels } = choreographyOf(sequence('a', 'b'));
    expect(services).toEqual({
      svc: [
        { when: ['requested'], does: 'a', applied: 'a-applied', rejected: 'a-failed' },
        {
          when: [
            ['b-failed', 'cancelled'],
            ['b-undone', 'b-failed'],
          ],
          undoes: 'a',
          applied: 'a-undone',
        },
        { when: ['a-applied'], does: 'b', applied: 'b-applied', rejected: 'b-failed' },
        { when: [['a-failed', 'cancelled']], undoes: 'b', applied: 'b-undone' },
      ],
    });
    expect([completes, cancels]).toEqual([
      ['a-applied', 'b-applied'],
      [
        ['a-undone', 'a-failed'],
        ['b-undone', 'b-failed'],
      ],
    ]);
  });

  test('has no open end, whatever the saga', () => {
    fc.assert(
      fc.property(anySaga, (saga) => {
        const { steps } = eventBus(choreographyOf(saga));
        expect(steps.length).toBeGreaterThan(saga.steps.length);
      }),
      { numRuns: 300 },
    );
  });
});
