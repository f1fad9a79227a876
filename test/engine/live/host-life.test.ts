// A live host from its start to its end: recovery, a graceful stop, and ends that are not.

import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import { failsWith, hosts, running } from './running-host.ts';
import { APPLIED, order, stage } from './stage.ts';

describe('recovery', () => {
  test('E9: the next host sends what is pending, under the same key, and ends what was begun', async () => {
    const first = await running();
    first.transport.answer = ({ action }) => (action === 'charge' ? undefined : APPLIED);
    for (const id of ['s-0', 's-1']) await first.host.create(order, {}, { id });
    await first.host.stop({ graceMs: 0 });
    const second = stage({ store: first.store });
    hosts.push(second.host);
    expect(await second.host.start()).toEqual({ epoch: 2, recovered: 2 });
    expect(second.transport.keys).toEqual(['s-0/pay/forward#1', 's-1/pay/forward#1']);
    expect((await second.host.whenEnded('s-1')).status).toBe('completed');
  });

  test('H2: a flood of answers leaves the event loop its turn', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const long = defineSaga({
      name: 'long',
      version: 1,
      steps: Object.fromEntries(
        names.map((name, i) => [
          name,
          { service: 'shop', action: 'do', compensation: 'undo', after: names.slice(Math.max(0, i - 1), i) },
        ]),
      ),
    });
    const first = await running({ definitions: [long] });
    first.transport.answer = () => undefined;
    await Promise.all(Array.from({ length: 400 }, (_, i) => first.host.create(long, {}, { id: `s-${i}` })));
    await first.host.stop({ graceMs: 0 });
    const second = stage({ store: first.store, definitions: [long] });
    hosts.push(second.host);
    const started = second.host.start();
    const seen: number[] = [];
    while (second.reports.length < 400) {
      await turn();
      seen.push(second.reports.length);
    }
    await started;
    expect(seen[0]).toBe(0);
    for (const [i, ended] of seen.entries()) expect(ended - (seen[i - 1] ?? 0)).toBeLessThan(400);
  });

  test('does not begin with a definition that is missing, and says which', async () => {
    const { host, store, transport } = await running();
    transport.answer = () => undefined;
    await host.create(order, {}, { id: 's' });
    const other = stage({ store, definitions: [{ ...order, version: 2 }] });
    await expect(other.host.start()).rejects.toThrow('this host does not run saga "order" version 1');
    await expect(other.host.create(order, {})).rejects.toThrow(failsWith('unknown-definition'));
    expect(other.transport.calls).toEqual([]);
  });
});

describe('stop', () => {
  test('H4: what is on the wire is waited for and written, and no new call leaves', async () => {
    const { host, store, transport } = await running();
    transport.answer = () => undefined;
    await host.create(order, {}, { id: 's' });
    const stopping = host.stop();
    await expect(host.create(order, {}, { id: 't' })).rejects.toThrow(failsWith('stopped'));
    transport.reply(0, APPLIED);
    expect(await stopping).toEqual({ handedOver: 1, callsCut: 0 });
    expect(transport.keys).toEqual(['s/stock/forward#1']);
    const next = await running({ store });
    expect(next.transport.keys).toEqual(['s/pay/forward#1']);
  });

  test('H4: an append that is under way is waited for, and its request answered', async () => {
    const { host, store } = await running();
    store.isHeld = true;
    const created = host.create(order, {}, { id: 's' });
    const stopping = host.stop();
    store.release();
    expect(await created).toBe('s');
    expect(await stopping).toEqual({ handedOver: 1, callsCut: 0 });
  });

  test('after its grace it cuts off what has not been answered, and says so to who waits', async () => {
    const { host, transport } = await running();
    transport.answer = () => undefined;
    await host.create(order, {}, { id: 's' });
    const ended = expect(host.whenEnded('s')).rejects.toThrow(failsWith('stopped'));
    await turn();
    expect(await host.stop({ graceMs: 1 })).toEqual({ handedOver: 1, callsCut: 1 });
    await ended;
    transport.reply(0, APPLIED);
    expect((await host.log('s')).map(({ event }) => event.kind)).toEqual(['saga-created', 'step-requested']);
  });

  test('that is told again to stop has no more patience than it is told then', async () => {
    const { host, transport } = await running();
    transport.answer = () => undefined;
    await host.create(order, {});
    const stopped = host.stop({ graceMs: 3_600_000 });
    void host.stop({ graceMs: 1 });
    expect(await stopped).toEqual({ handedOver: 1, callsCut: 1 });
  });

  test('twice is once, and a host that has nothing to do stops at once', async () => {
    const { host } = await running();
    expect(await Promise.all([host.stop(), host.stop()])).toEqual([
      { handedOver: 0, callsCut: 0 },
      { handedOver: 0, callsCut: 0 },
    ]);
    await expect(host.create(order, {})).rejects.toThrow(failsWith('stopped'));
  });
});

describe('when it is over', () => {
  test('H5: a host that was fenced says so, answers those who wait, and sends nothing more', async () => {
    const first = await running();
    first.transport.answer = () => undefined;
    await first.host.create(order, {}, { id: 's' });
    const ended = expect(first.host.whenEnded('s')).rejects.toThrow(failsWith('fenced'));
    await turn();
    const second = await running({ store: first.store });
    first.transport.reply(0, APPLIED);
    await ended;
    expect(first.reports).toEqual([{ kind: 'halted', error: failsWith('fenced') }]);
    await expect(first.host.create(order, {})).rejects.toThrow(failsWith('fenced'));
    expect(first.transport.keys).toEqual(['s/stock/forward#1']);
    expect((await second.host.whenEnded('s')).status).toBe('completed');
  });

  test('H5: a broken assumption ends it, with the reason', async () => {
    const { host, transport, reports } = await running({
      report: (report) => report.kind !== 'written' && reports.push(report) && ended(report),
    });
    const ended = ({ kind }: { kind: string }): void => {
      if (kind === 'ended') throw new Error('the reporter fell over');
    };
    transport.answer = () => APPLIED;
    await host.create(order, {}, { id: 's' }).catch(() => undefined);
    expect(reports.map(({ kind }) => kind)).toEqual(['ended', 'halted']);
    await expect(host.create(order, {})).rejects.toThrow('the reporter fell over');
  });

  test('before it is started it takes nothing', async () => {
    const { host } = stage();
    await expect(host.create(order, {})).rejects.toThrow(failsWith('not-started'));
  });

  test('E12: a definition that needs a service which nobody configured does not start', () => {
    const lost = defineSaga({
      name: 'lost',
      version: 1,
      steps: { a: { service: 'moon', action: 'go', compensation: 'back' } },
    });
    expect(() => stage({ definitions: [order, lost] })).toThrow(
      'saga "lost": step "a" calls "moon", which is not configured',
    );
    expect(() => stage({ sagasMax: 0 })).toThrow(failsWith('bad-option'));
  });
});
