// The live host: that it performs what the orchestrator decides, in that order, and what it promises to who uses it.

import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Clock } from '../../../engine/core/ports.ts';
import { circuitBreakers, definePolicy, defineSaga } from '../../../engine/index.ts';
import { Host, LocalTransport, MemoryStore } from '../../../engine/live/index.ts';
import { bank } from '../../../participants-mock/index.ts';
import transferScenario from '../../../scenarios/bank-transfer.ts';
import { failsWith, hosts, running } from './running-host.ts';
import { APPLIED, LOST, NO, order, quick, type Stage, StageStore, StageTransport } from './stage.ts';

describe('a saga', () => {
  test('runs to its end, and its effects are in the ledgers', async () => {
    const transfer = transferScenario.sagas[0]!;
    const teller = bank({
      accounts: 2,
      openingBalance: 100_00,
      creditFails: { permille: 0, per: 'transfer', answer: 'rejected' },
    });
    const transport = new LocalTransport({ participants: { bank: teller } });
    const host = new Host({ store: new MemoryStore(), transport, definitions: [transfer], policy: quick });
    hosts.push(host);
    await host.start();
    const id = await host.create(transfer, { from: 'a-0', to: 'a-1', amount: 10_00 });
    expect((await host.whenEnded(id)).status).toBe('completed');
    expect(Object.fromEntries(teller.ledger.balances())).toMatchObject({ 'a-0': 90_00, 'a-1': 110_00 });
    expect(host.size).toBe(0);
  });

  test('E1: no call leaves before its append is answered, and nobody is told that it was accepted', async () => {
    const { host, store, transport } = await running();
    store.isHeld = true;
    let accepted = '';
    const created = host.create(order, {}, { id: 's' }).then((id) => {
      accepted = id;
    });
    await turn();
    expect([transport.keys, accepted]).toEqual([[], '']);
    store.release();
    await created;
    expect(accepted).toBe('s');
    expect(transport.keys[0]).toBe('s/stock/forward#1');
  });

  test('is retried by the clock as its policy says', async () => {
    const { host, transport } = await running();
    transport.answer = ({ attempt }) => (attempt < 3 ? LOST : APPLIED);
    const id = await host.create(order, {}, { id: 's' });
    expect((await host.whenEnded(id)).status).toBe('completed');
    expect(transport.keys).toEqual(
      ['stock', 'pay'].flatMap((step) => [1, 2, 3].map((n) => `s/${step}/forward#${n}`)),
    );
  });

  test('E2: is undone when a step is rejected, and its end is reported once it is durable', async () => {
    const { host, transport, reports } = await running();
    transport.answer = ({ action }) => (action === 'charge' ? NO : APPLIED);
    const id = await host.create(order, {}, { id: 's' });
    const { status, reason } = await host.whenEnded(id);
    expect([status, reason]).toEqual(['compensated', expect.objectContaining({ step: 'pay', reason: 'no' })]);
    expect(reports).toEqual([{ kind: 'ended', saga: 's', status: 'compensated' }]);
    expect((await host.log('s')).at(-1)!.event.kind).toBe('saga-compensated');
  });

  test('is told of event by event when it is durable, and as a whole when it is taken up', async () => {
    const { host, store, transport, logs } = await running();
    transport.answer = ({ action }) => (action === 'charge' ? undefined : APPLIED);
    await host.create(order, {}, { id: 's' });
    const log = await host.log('s');
    expect(logs.flatMap((told) => (told.kind === 'written' ? told.batch.events : []))).toEqual(
      log.map(({ event }) => event),
    );
    await host.stop({ graceMs: 0 });
    const next = await running({ store });
    expect(next.logs[0]).toEqual({ kind: 'read', log });
  });

  test('is held back by the circuit of its policy, and a change of that is reported', async () => {
    const circuitBreaker = circuitBreakers.fiveInARow;
    const { host, transport, reports } = await running({
      policy: definePolicy({ name: 'fused', circuitBreaker }),
    });
    transport.answer = () => LOST;
    for (let i = 0; i < 8; i++) await host.create(order, {}, { id: `s-${i}` });
    expect(reports).toEqual([{ kind: 'circuit', service: 'shop', from: 'closed', to: 'open' }]);
    expect(transport.calls).toHaveLength(5);
  });

  test('a call that nobody answers is given up by the clock', async () => {
    const slow = defineSaga({
      name: 'slow',
      version: 1,
      steps: { look: { service: 'shop', action: 'look', effects: 'none', timeoutMs: 2, attemptsMax: 2 } },
    });
    const { host, transport } = await running({ definitions: [slow] });
    transport.answer = () => undefined;
    const { status } = await host.whenEnded(await host.create(slow, {}, { id: 's' }));
    expect(status).toBe('failed');
    expect(transport.keys).toEqual(['s/look/forward#1', 's/look/forward#2']);
  });
});

test('a saga that has ended keeps no wake', async () => {
  const wakes = new Set<string>();
  const clock: Clock = {
    nowUs: () => 0,
    wake: (saga) => wakes.add(saga),
    cancel: (saga) => wakes.delete(saga),
  };
  const { host, transport } = await running({ clock });
  transport.answer = () => undefined;
  await host.create(order, {}, { id: 's' });
  expect([...wakes]).toEqual(['s']);
  transport.answer = () => APPLIED;
  transport.reply(0, APPLIED);
  await host.whenEnded('s');
  expect([...wakes]).toEqual([]);
});

describe('create', () => {
  test('with the same id begins nothing more, whether the saga goes on or has ended', async () => {
    const { host, transport } = await running();
    transport.answer = () => undefined;
    expect(await host.create(order, {}, { id: 's' })).toBe('s');
    expect(await host.create(order, {}, { id: 's' })).toBe('s');
    transport.answer = () => APPLIED;
    transport.reply(0, APPLIED);
    await host.whenEnded('s');
    expect(await host.create(order, {}, { id: 's' })).toBe('s');
    expect(transport.keys).toEqual(['s/stock/forward#1', 's/pay/forward#1']);
  });

  test.each(['in memory', 'ended'])('an id that another saga has is refused: it is %s', async (where) => {
    const other = defineSaga({
      name: 'other',
      version: 1,
      steps: { pay: { service: 'shop', action: 'charge', effects: 'none' } },
    });
    const { host, transport } = await running({ definitions: [order, other] });
    transport.answer = () => (where === 'ended' ? APPLIED : undefined);
    await host.create(order, { n: 1, m: [2] }, { id: 's' });
    if (where === 'ended') await host.whenEnded('s');
    const taken = 'another saga has this id';
    await expect(host.create(order, { n: 2, m: [2] }, { id: 's' })).rejects.toThrow(taken);
    await expect(host.create(other, { n: 1, m: [2] }, { id: 's' })).rejects.toThrow(taken);
    expect(await host.create(order, { m: [2], n: 1 }, { id: 's' })).toBe('s'); // the same, told in another order
    expect((await host.state('s'))?.input).toEqual({ n: 1, m: [2] });
  });

  test('gives a saga an id when nobody does', async () => {
    const { host } = await running();
    const ids = await Promise.all([host.create(order, {}), host.create(order, {})]);
    expect(new Set(ids).size).toBe(2);
  });

  test('copies the input: what the caller changes later does not matter', async () => {
    const { host, store, transport } = await running();
    store.isHeld = true;
    const input = { n: 1, when: new Date(0) };
    const created = host.create(order, input);
    input.n = 2;
    store.release();
    await created;
    expect(transport.calls[0]!.call.payload).toEqual({ n: 1, when: '1970-01-01T00:00:00.000Z' });
  });

  test.each([
    ['bad-id', 'an id with a line feed', order, {}, 'a\nb'],
    ['bad-id', 'an id that is empty', order, {}, ''],
    ['bad-id', 'an id that is too long', order, {}, 'x'.repeat(201)],
    ['bad-input', 'an input that is no JSON', order, { n: 1n }, 's'],
    ['unknown-definition', 'another version of the definition', { ...order, version: 2 }, {}, 's'],
  ])('%s: %s is refused, and nothing is written', async (code, _what, definition, input, id) => {
    const { host, transport } = await running();
    await expect(host.create(definition, input, { id })).rejects.toThrow(failsWith(code));
    expect(host.size).toBe(0);
    expect(transport.calls).toEqual([]);
  });

  test('refused: an input that its schema refuses', async () => {
    const strict = defineSaga({
      name: 'strict',
      version: 1,
      input: z.object({ amount: z.int() }),
      steps: { stock: { service: 'shop', action: 'reserve', compensation: 'release' } },
    });
    const { host } = await running({ definitions: [strict] });
    // @ts-expect-error: the schema types the input, too
    await expect(host.create(strict, { amount: 'much' }, { id: 's' })).rejects.toThrow(/saga s: amount: /);
    expect(await host.state('s')).toBeUndefined();
  });

  test.each([
    ['at: a Date is not JSON', z.object({ at: z.coerce.date() }), { at: '2026-01-01' }],
    ['n: a bigint is not JSON', z.object({ n: z.coerce.bigint() }), { n: 1 }],
    ['a function of it threw', z.string().transform((text): unknown => JSON.parse(text)), '{'],
  ])('refused: %s, of a schema that makes something else of the input', async (why, input, given) => {
    const odd = defineSaga({
      name: 'odd',
      version: 1,
      input: input as z.ZodType<unknown>,
      steps: { stock: { service: 'shop', action: 'reserve', compensation: 'release' } },
    });
    const { host } = await running({ definitions: [odd] });
    await expect(host.create(odd, given, { id: 's' })).rejects.toThrow(why);
    expect(await host.state('s')).toBeUndefined();
    expect(host.size).toBe(0);
  });

  test('overloaded: more sagas than there is room for, until one has ended', async () => {
    const { host, transport } = await running({ sagasMax: 2 });
    transport.answer = () => undefined;
    await host.create(order, {}, { id: 's-0' });
    await host.create(order, {}, { id: 's-1' });
    await expect(host.create(order, {}, { id: 's-2' })).rejects.toThrow(failsWith('overloaded'));
    transport.answer = () => APPLIED;
    transport.reply(0, APPLIED);
    await host.whenEnded('s-0');
    expect(await host.create(order, {}, { id: 's-2' })).toBe('s-2');
  });

  test('overloaded: what the policy does not admit', async () => {
    const admission = { sagasMax: 1, queueMax: 0 };
    const { host, transport } = await running({ policy: definePolicy({ name: 'one', admission }) });
    transport.answer = () => undefined;
    await host.create(order, {}, { id: 's-0' });
    await expect(host.create(order, {}, { id: 's-1' })).rejects.toThrow(failsWith('overloaded'));
  });
});

describe('wishes', () => {
  test('cancel stops forward work, and what was done is undone', async () => {
    const { host, transport } = await running();
    transport.answer = ({ action }) => (action === 'charge' ? undefined : APPLIED);
    await host.create(order, {}, { id: 's' });
    await host.cancel('s');
    transport.answer = () => APPLIED;
    expect((await host.whenEnded('s')).status).toBe('compensated');
    expect(transport.keys.slice(-2)).toEqual(['s/pay/compensation#1', 's/stock/compensation#1']);
  });

  test('retry opens a new round of a saga that was undone', async () => {
    const { host, transport } = await running();
    transport.answer = () => NO;
    await host.create(order, {}, { id: 's' });
    expect((await host.whenEnded('s')).status).toBe('failed');
    transport.answer = () => APPLIED;
    await host.retry('s');
    expect(await host.whenEnded('s')).toMatchObject({ status: 'completed', round: 1 });
    expect(transport.keys.slice(-2)).toEqual(['s/stock/forward/round-1#1', 's/pay/forward/round-1#1']);
  });

  test('resume goes on with an undo that was given up', async () => {
    const { host, transport } = await running();
    transport.answer = ({ action }) => (action === 'reserve' ? APPLIED : NO);
    await host.create(order, {}, { id: 's' });
    expect((await host.whenEnded('s')).status).toBe('compensation_failed');
    transport.answer = () => APPLIED;
    await host.resume('s');
    expect((await host.whenEnded('s')).status).toBe('compensated');
  });

  test('refused: a wish that does not fit, with the reason', async () => {
    const { host } = await running();
    await host.create(order, {}, { id: 's' });
    await host.whenEnded('s');
    await expect(host.cancel('s')).rejects.toThrow('saga s: saga is completed');
    await expect(host.retry('s')).rejects.toThrow(failsWith('refused'));
    await expect(host.resume('nobody')).rejects.toThrow('no such saga');
  });
});

describe('looking', () => {
  test('the state is what is durable', async () => {
    const { host, transport } = await running();
    transport.answer = ({ action }) =>
      action === 'charge' ? undefined : { kind: 'applied', result: { shelf: 7 } };
    await host.create(order, {}, { id: 's' });
    const state = await host.state('s');
    expect([state!.status, state!.steps.map(({ status }) => status)]).toEqual([
      'running',
      ['applied', 'running'],
    ]);
    expect(state!.steps[0]!.result).toEqual({ shelf: 7 });
    expect(await host.state('nobody')).toBeUndefined();
    expect(await host.log('nobody')).toEqual([]);
  });

  test('the end of a saga that ended long ago, and of one that never was', async () => {
    const { host } = await running();
    await host.create(order, {}, { id: 's' });
    await turn();
    expect((await host.whenEnded('s')).status).toBe('completed');
    await expect(host.whenEnded('nobody')).rejects.toThrow(failsWith('unknown-saga'));
  });

  test('to wait for the end of a saga in memory asks the store nothing', async () => {
    const { host, transport, store } = await running();
    const load = vi.spyOn(store, 'load');
    transport.answer = () => undefined;
    await host.create(order, {}, { id: 's' });
    const ends = [host.whenEnded('s'), host.whenEnded('s')];
    transport.answer = () => APPLIED;
    transport.reply(0, APPLIED);
    expect((await Promise.all(ends)).map(({ status }) => status)).toEqual(['completed', 'completed']);
    expect(load).not.toHaveBeenCalled();
    expect((await host.whenEnded('s')).status).toBe('completed');
    expect(load).toHaveBeenCalledTimes(1);
  });

  test('while a retry is not written yet, the end that stands in the log is the end', async () => {
    const { host, transport, store } = await running();
    transport.answer = () => NO;
    await host.create(order, {}, { id: 's' });
    await host.whenEnded('s');
    transport.answer = () => undefined;
    const append = store.append.bind(store);
    let write = (): void => undefined;
    store.append = (output, answers) => {
      write = () => append(output, answers);
    };
    const retried = host.retry('s');
    await turn();
    expect(await host.whenEnded('s')).toMatchObject({ status: 'failed', round: 0 });
    write();
    await retried;
    expect(await host.state('s')).toMatchObject({ status: 'running', round: 1 });
  });

  test.each(['a', 'b'])('E10: a saga of another partition is refused, and host %s goes on', async (mine) => {
    const store = new StageStore();
    const hosts = new Map<string, Stage>();
    for (const partition of ['a', 'b']) {
      hosts.set(partition, await running({ store, partition, transport: new StageTransport() }));
    }
    const [own, other] = [hosts.get(mine)!, hosts.get(mine === 'a' ? 'b' : 'a')!];
    other.transport.answer = ({ saga }) => (saga === 'open' ? undefined : NO);
    await other.host.create(order, {}, { id: 'open' });
    await other.host.create(order, {}, { id: 'ended' });
    await other.host.whenEnded('ended');
    const elsewhere = 'it is of another partition';
    for (const id of ['open', 'ended']) {
      await expect(own.host.create(order, {}, { id })).rejects.toThrow(elsewhere);
      await expect(own.host.cancel(id)).rejects.toThrow(elsewhere);
      await expect(own.host.retry(id)).rejects.toThrow(elsewhere);
    }
    expect(own.transport.calls).toEqual([]);
    expect(own.host.size).toBe(0);
    await own.host.create(order, {}, { id: 'own' });
    expect((await own.host.whenEnded('own')).status).toBe('completed');
    expect((await other.host.state('open'))?.status).toBe('running');
  });

  test('who waits for a saga whose retry comes after its removal is told so', async () => {
    const { host, transport, store } = await running();
    transport.answer = () => undefined;
    await host.create(order, {}, { id: 's' });
    const append = store.append.bind(store);
    let write = (): void => undefined;
    store.append = (output, answers) => {
      write = () => append(output, answers);
    };
    transport.reply(0, NO);
    const retried = expect(host.retry('s')).rejects.toThrow('it was removed');
    await turn();
    const end = expect(host.whenEnded('s')).rejects.toThrow(failsWith('unknown-saga'));
    write(); // the end, which the retry has waited for
    expect(await store.inner.remove('s')).toBe('removed');
    write(); // the retry
    await Promise.all([retried, end]);
  });
});
