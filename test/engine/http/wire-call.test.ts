// What http-request.ts writes of a call, wire-call.ts reads back.

import { expect, test } from 'vitest';
import type { Call } from '../../../engine/core/protocol.ts';
import { headersOf } from '../../../engine/http/http-request.ts';
import { wireCall } from '../../../engine/http/wire-call.ts';
import { callOf } from '../fence/call-of.ts';

function readBack(call: Call, changed: Readonly<Record<string, string>> = {}) {
  const headers: Readonly<Record<string, string>> = { ...headersOf(call, 1_000), ...changed };
  const body = JSON.stringify(call.payload);
  return wireCall({ action: call.action, body, header: (name) => headers[name] });
}

test('a call comes over the wire as it was, whatever it is called', () => {
  const call = callOf('compensation', 'refund', { amount: 3 }, { saga: 'ß/2 %', round: 1, attempt: 7 });
  const { kind: _, service: __, ...wire } = call;
  expect(readBack(call)).toEqual(wire);
});

test('the key may stand in either header, and not in two ways', () => {
  const call = callOf('forward', 'charge', { amount: 3 }, { saga: 's-1' });
  expect(readBack(call, { 'idempotency-key': '' }).key).toBe(call.key);
  expect(readBack(call, { 'transaction-id': '' }).key).toBe(call.key);
  expect(() => readBack(call, { 'transaction-id': 'other' })).toThrow(/differ/);
});
