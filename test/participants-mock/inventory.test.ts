// Where the things are after each call: on hand, reserved or sold, and never more than there were.

import { describe, expect, test } from 'vitest';
import { inventory } from '../../participants-mock/index.ts';
import { client } from '../engine/fence/call-of.ts';

const TWO = { productId: 'prod_123', quantity: 2 };

function open(total = 10) {
  const at = client(inventory({ items: { prod_123: total, other: 1 } }));
  const parts = () => {
    const { onHand, reserved, sold } = at.level('prod_123')!;
    return [onHand, reserved, sold];
  };
  return { ...at, parts };
}

test('a reservation takes things from hand, a release puts them back', () => {
  const at = open();
  expect(at.forward('reserve', TWO)).toEqual({ kind: 'applied' });
  expect(at.parts()).toEqual([8, 2, 0]);
  expect(at.undo('release', TWO)).toEqual({ kind: 'applied' });
  expect(at.parts()).toEqual([10, 0, 0]);
});

test('a commit sells what was reserved', () => {
  const at = open();
  at.forward('reserve', TWO);
  expect(at.forward('commit', TWO, { step: 'commit' })).toEqual({ kind: 'applied' });
  expect(at.parts()).toEqual([8, 0, 2]);
});

test('every effect is one entry with the level after it', () => {
  const at = open();
  at.forward('reserve', TWO);
  at.forward('reserve', TWO, { attempt: 2 });
  at.undo('release', TWO);
  expect(at.entries()).toEqual([
    {
      ...{ saga: 's-1', step: 'step', direction: 'forward', round: 0, action: 'reserve' },
      stock: { item: 'prod_123', onHand: 8, reserved: 2, sold: 0, total: 10 },
    },
    {
      ...{ saga: 's-1', step: 'step', direction: 'compensation', round: 0, action: 'release' },
      stock: { item: 'prod_123', onHand: 10, reserved: 0, sold: 0, total: 10 },
    },
  ]);
});

test('the last thing can be reserved, and not one more', () => {
  const at = open(2);
  expect(at.forward('reserve', { ...TWO, quantity: 3 })).toMatchObject({ failure: 'business' });
  expect(at.forward('reserve', TWO, { saga: 's-2' }).kind).toBe('applied');
  expect(at.forward('reserve', { ...TWO, quantity: 1 }, { saga: 's-3' })).toMatchObject({
    kind: 'rejected',
    failure: 'business',
  });
  expect(at.parts()).toEqual([0, 2, 0]);
});

test('a release without a reservation succeeds, and nothing moves', () => {
  const at = open();
  at.forward('reserve', TWO, { saga: 'someone else' });
  at.entries();
  expect(at.undo('release', TWO).kind).toBe('applied');
  expect(at.parts()).toEqual([8, 2, 0]);
  expect(at.entries()).toEqual([]);
});

describe('what is not there does not move', () => {
  test('a commit of more than is reserved is refused', () => {
    const at = open();
    expect(at.forward('commit', TWO)).toMatchObject({ kind: 'rejected', failure: 'business' });
    expect(at.parts()).toEqual([10, 0, 0]);
  });

  test('a release of what was sold is refused', () => {
    const at = open();
    at.forward('reserve', TWO);
    at.forward('commit', TWO, { step: 'commit' });
    expect(at.undo('release', TWO)).toMatchObject({ kind: 'rejected', failure: 'business' });
    expect(at.parts()).toEqual([8, 0, 2]);
  });

  test.each([
    ['an unknown product', { productId: 'prod_9', quantity: 1 }],
    ['the name of a method', { productId: 'toString', quantity: 1 }],
    ['no product', { quantity: 1 }],
    ['no quantity', { productId: 'prod_123' }],
    ['none', { productId: 'prod_123', quantity: 0 }],
    ['less than none', { productId: 'prod_123', quantity: -2 }],
    ['a list', [1]],
    ['no payload', null],
  ])('%s is an invalid request', (_, payload) => {
    for (const action of ['reserve', 'commit']) {
      const at = open();
      expect(at.forward(action, payload)).toMatchObject({ kind: 'rejected', failure: 'invalid_request' });
      expect(at.entries()).toEqual([]);
    }
  });

  test('release is no forward action, and reserve no undo', () => {
    const at = open();
    expect(at.forward('release', TWO)).toMatchObject({ failure: 'invalid_request' });
    at.forward('reserve', TWO, { saga: 's-2' });
    expect(at.undo('reserve', TWO, { saga: 's-2' })).toMatchObject({ failure: 'invalid_request' });
  });
});

test.each([-1, 0.5, 2 ** 53])('an item cannot begin with %d', (total) => {
  expect(() => open(total)).toThrow(expect.objectContaining({ code: 'bad-option' }));
});
