// Orders and shipments: records that are made and unmade.

import { describe, expect, test } from 'vitest';
import type { ParticipantEnv } from '../../engine/core/protocol.ts';
import { orders, shipping } from '../../participants-mock/index.ts';
import { client } from '../engine/fence/call-of.ts';

describe.each([
  ['orders', orders, { order: 'order-s-1' }, 'order-create-fails'],
  ['shipping', shipping, { shipment: 'ship-s-1' }, 'shipment-create-fails'],
] as const)('%s', (_, make, result, purpose) => {
  test('create answers with an id made from the saga, cancel undoes it, one entry each', () => {
    const at = client(make());
    expect(at.forward('create', { address: 'here' })).toEqual({ kind: 'applied', result });
    expect(at.undo('cancel', null)).toEqual({ kind: 'applied' });
    expect(at.entries().map(({ action, direction }) => [action, direction])).toEqual([
      ['create', 'forward'],
      ['cancel', 'compensation'],
    ]);
  });

  test('refuses for good as often as it is told, by a draw that no retry changes', () => {
    const drawn: unknown[] = [];
    const chance: ParticipantEnv['chance'] = (...draw) => {
      drawn.push(draw);
      return draw[1].startsWith('s-1/');
    };
    const at = client(make({ createFails: { permille: 250 } }), {
      nowUs: 0,
      chance,
      commit: () => undefined,
    });
    for (const attempt of [1, 2]) {
      expect(at.forward('create', {}, { attempt })).toMatchObject({ kind: 'rejected', failure: 'business' });
    }
    expect(at.forward('create', {}, { saga: 's-2' }).kind).toBe('applied');
    expect(drawn).toEqual([
      [purpose, 's-1/step/forward', 250],
      [purpose, 's-2/step/forward', 250],
    ]);
    expect(at.entries().map(({ saga }) => saga)).toEqual(['s-2']);
  });

  test('knows its actions in their own direction only', () => {
    const at = client(make());
    expect(at.forward('cancel', {})).toMatchObject({ failure: 'invalid_request' });
    at.forward('create', {}, { saga: 's-2' });
    expect(at.undo('create', {}, { saga: 's-2' })).toMatchObject({ failure: 'invalid_request' });
  });

  test.each([-1, 1001, 0.5])('%d of 1,000 is refused as an option', (permille) => {
    expect(() => make({ createFails: { permille } })).toThrow(
      expect.objectContaining({ code: 'bad-option' }),
    );
  });
});
