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
      'document 003: nobody listens to a shipment that fails',
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
      '"charge" waits for nothing',
    ],
  ] as const)('%s', (_, spec, fault) => {
    expect(() => defineChoreography(spec)).toThrow(fault);
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
