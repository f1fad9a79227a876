// What an engine may rely on when it calls a participant over HTTP, for every service, through the engine's own client.

import { describe, expect, test } from 'vitest';
import { Host, HttpTransport, MemoryStore } from '../../../engine/live/index.ts';
import { readParticipantFile } from '../../../participants-mock/http/index.ts';
import order from '../../../scenarios/order.json' with { type: 'json' };
import { callOf } from '../../engine/fence/call-of.ts';
import { type ParticipantDouble, participantDouble } from './participant-double.ts';
import { closing, engineFor, fileOf, served } from './served.ts';

const SERVICES = [
  ['bank', 'debit', 'compensate_debit', { account: 'a-0', amount: 5 }, undefined],
  ['bank', 'credit', 'compensate_credit', { account: 'a-0', amount: 5 }, undefined],
  ['inventory', 'reserve', 'release', { productId: 'prod_123', quantity: 2 }, undefined],
  ['payment', 'charge', 'refund', { amount: 99_99, currency: 'USD' }, { customer: 'c-0', amount: 99_99 }],
  ['payment', 'authorize', 'void', { amount: 5 }, { authorization: 'auth-s-1' }],
  ['shipping', 'create', 'cancel', {}, { shipment: 'ship-s-1' }],
  ['orders', 'create', 'cancel', { basket: ['ü', '%41'] }, { order: 'order-s-1' }],
  ['ride', 'assign_driver', 'release_driver', { driver: 'd-3' }, expect.objectContaining({ driver: 'd-3' })],
] as const;

describe.each(SERVICES)('%s: %s', (service, action, compensation, payload, result) => {
  const forward = callOf('forward', action, payload);
  const undo = callOf('compensation', compensation, payload);
  const applied = result === undefined ? { kind: 'applied' } : { kind: 'applied', result };

  test('the same call twice has one effect and one answer', async () => {
    const ask = engineFor((await served(service)).url);
    const [first, second] = await Promise.all([ask(forward), ask({ ...forward, attempt: 2 })]);
    expect(first).toEqual(applied);
    expect(second).toEqual(first);
    expect(readParticipantFile(fileOf(service)).entries.map(({ entry }) => entry.action)).toEqual([action]);
  });

  test('it is undone once, and leaves nothing but two entries', async () => {
    const ask = engineFor((await served(service)).url);
    for (const call of [forward, undo, { ...undo, attempt: 2 }]) {
      expect(await ask(call)).toMatchObject({ kind: 'applied' });
    }
    const { entries, participant, opening } = readParticipantFile(fileOf(service));
    expect(entries.map(({ entry }) => entry.direction)).toEqual(['forward', 'compensation']);
    expect([...participant.ledger.balances()]).toEqual([...opening.ledger.balances()]);
    expect([...participant.ledger.stock()]).toEqual([...opening.ledger.stock()]);
  });

  test('compensated before it arrived, it has no effect any more', async () => {
    const ask = engineFor((await served(service)).url);
    expect(await ask(undo)).toEqual({ kind: 'applied' });
    expect(await ask(forward)).toEqual({
      kind: 'rejected',
      failure: 'business',
      reason: 'compensated before it arrived',
    });
    expect(readParticipantFile(fileOf(service)).entries).toEqual([]);
  });

  test('the same key with another payload is refused', async () => {
    const ask = engineFor((await served(service)).url);
    await ask(forward);
    const other = callOf('forward', action, { ...payload, other: 1 });
    expect(await ask(other)).toMatchObject({ kind: 'rejected', failure: 'invalid_request' });
    expect(readParticipantFile(fileOf(service)).entries).toHaveLength(1);
  });

  test('what was answered is answered the same after a restart', async () => {
    const first = await served(service);
    await engineFor(first.url)(forward);
    await first.close();
    const ask = engineFor((await served(service)).url);
    expect(await ask(forward)).toEqual(applied);
    expect(await ask(undo)).toMatchObject({ kind: 'applied' });
    expect(await ask(callOf('compensation', compensation, payload, { step: 'late' }))).toEqual({
      kind: 'applied',
    });
  });
});

test('a refusal is told with its reason, and a refusal for good stays one', async () => {
  const ask = engineFor((await served('bank')).url);
  const debit = callOf('forward', 'debit', { account: 'a-0', amount: 2_000 });
  const refused = { kind: 'rejected', failure: 'business', reason: 'insufficient funds in a-0' };
  expect(await ask(debit)).toEqual(refused);
  await ask(callOf('forward', 'credit', { account: 'a-0', amount: 5_000 }, { step: 'other' }));
  expect(await ask({ ...debit, attempt: 2 })).toEqual(refused);
});

test('a credit that fails is unknown, had no effect, and may succeed at the next attempt', async () => {
  const options = { accounts: 1, openingBalance: 0, creditFails: { permille: 500 } };
  const ask = engineFor((await served('bank', { options })).url);
  const kinds = new Set<string>();
  for (let attempt = 1; attempt <= 40; attempt++) {
    const { kind } = await ask(callOf('forward', 'credit', { account: 'a-0', amount: 5 }, { attempt }));
    kinds.add(kind);
    const { entries } = readParticipantFile(fileOf('bank'));
    expect(entries).toHaveLength(kind === 'applied' ? 1 : 0);
    if (kind === 'applied') break;
  }
  expect([...kinds].at(-1)).toBe('applied');
});

describe('an outcome goes over the wire as it is, with a status for everybody else', () => {
  const WAIT = { retryAfterUs: 1_500_000 };
  test.each([
    [422, { kind: 'rejected', failure: 'business', reason: 'no' }],
    [400, { kind: 'rejected', failure: 'invalid_request', reason: 'no' }],
    [429, { kind: 'rejected', failure: 'rate_limited', reason: 'slowly', ...WAIT }],
    [503, { kind: 'rejected', failure: 'transient', reason: 'not now' }],
    [503, { kind: 'rejected', failure: 'resource_exhausted', reason: 'full' }],
    [503, { kind: 'rejected', failure: 'dependency_failure', reason: 'behind us' }],
    [500, { kind: 'unknown', failure: 'transient', reason: 'perhaps' }],
    [503, { kind: 'unknown', failure: 'resource_exhausted', reason: 'perhaps', ...WAIT }],
    [504, { kind: 'unknown', failure: 'timeout', reason: 'too long' }],
    [200, { kind: 'applied', result: null }],
    [200, { kind: 'applied', result: '' }],
    [200, { kind: 'applied' }],
  ] satisfies readonly (readonly [number, ParticipantDouble])[])('%d: %j', async (status, outcome) => {
    const { url } = await served('odd', { create: () => participantDouble(outcome) });
    expect(await engineFor(url)(callOf('forward', 'act', {}))).toEqual(outcome);
    const headers = { 'sagastorm-saga': 's-2', 'sagastorm-step': 'a', 'sagastorm-direction': 'forward' };
    const response = await fetch(`${url}/act`, {
      method: 'POST',
      headers: { 'transaction-id': 'k', ...headers },
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe('retryAfterUs' in outcome ? '2' : null);
  });
});

test('names are taken as they were meant, whatever letters they are made of', async () => {
  const { url } = await served('orders');
  const saga = 'Zoë/100%/\u{1f980}';
  const ask = engineFor(url);
  expect(await ask(callOf('forward', 'create', {}, { saga, step: 'schönes %41' }))).toMatchObject({
    result: { order: `order-${saga}` },
  });
  expect(readParticipantFile(fileOf('orders')).entries[0]!.entry).toMatchObject({
    saga,
    step: 'schönes %41',
  });
});

test('a payload that is not the one of its hash is refused, and nobody sees it', async () => {
  const { url, durable } = await served('bank');
  const call = callOf('forward', 'debit', { account: 'a-0', amount: 5 }, { payloadHash: 42 });
  expect(await engineFor(url)(call)).toMatchObject({ kind: 'rejected', failure: 'invalid_request' });
  expect(durable.calls).toBe(0);
});

test('an engine runs the order in plain JSON against real participants', async () => {
  const services = { inventory: (await served('inventory')).url, payment: (await served('payment')).url };
  const transport = closing(new HttpTransport({ services }));
  const host = new Host({ definitions: [], transport, store: new MemoryStore() });
  await host.start();
  const id = await host.createFromJson(order);
  expect((await host.whenEnded(id)).status).toBe('completed');
  await host.stop();
  expect(readParticipantFile(fileOf('payment')).entries[0]!.entry).toMatchObject({
    saga: id,
    postings: [
      { account: 'c-0', amount: -99_99 },
      { account: 'merchant', amount: 99_99 },
    ],
  });
  expect([...readParticipantFile(fileOf('inventory')).participant.ledger.stock()][0]).toMatchObject({
    reserved: 2,
  });
});
