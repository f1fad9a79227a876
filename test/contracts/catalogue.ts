// What every store must tell who asks for its sagas: the acceptance suite of the port.

import { describe, expect, test } from 'vitest';
import type { EpochSink, Store } from '../../engine/core/ports.ts';
import type { SagaEvent, StoredEvent } from '../../engine/core/saga-event.ts';
import {
  liveNowUs,
  PAGE_MAX,
  RETIRED_ASKED_MAX,
  type Retirement,
  type SagaCatalogue,
  type SagaQuery,
  writeLogs,
} from '../../engine/live/index.ts';
import { appendAll, appendOf, COMPLETED, CREATED, REQUESTED } from '../engine/live/store-asking.ts';

export type CatalogueStore = Store &
  SagaCatalogue & { retire?(retirement: Retirement): Promise<number>; close?(): Promise<void> };

const COMPENSATED: SagaEvent = { kind: 'saga-compensated' };
const FAILED: SagaEvent = { kind: 'saga-failed', reason: { kind: 'deadline' } };
const STARTED: SagaEvent = { kind: 'compensation-started', reason: { kind: 'cancelled' } };
const STUCK: SagaEvent = { kind: 'saga-compensation-failed' };
const RESUMED: SagaEvent = { kind: 'compensation-resumed' };
const RETRIED: SagaEvent = { kind: 'saga-retried', round: 1 };

interface Part {
  readonly events: readonly SagaEvent[];
  readonly atUs: number;
}

/** @param makeOther a store beside that of `make`, which knows nothing of it */
export function catalogueContract(
  name: string,
  make: () => Promise<CatalogueStore>,
  makeOther: () => Promise<CatalogueStore> = make,
): void {
  /** A store with its partition open, and ways to fill it. */
  async function filled() {
    const store = await make();
    const epoch = await new Promise<number>((resolve) => {
      const sink: EpochSink = { opened: (epoch) => resolve(epoch) };
      store.open('p', sink);
    });
    const versions = new Map<string, number>();
    /** One append for each part, the next when that before is durable. */
    const write = async (saga: string, ...parts: readonly Part[]): Promise<void> => {
      for (const { events, atUs } of parts) {
        const expectedVersion = versions.get(saga) ?? 0;
        const output = appendOf(saga, epoch, events, { expectedVersion, atUs });
        expect(await appendAll(store, [output])).toEqual(['appended']);
        versions.set(saga, expectedVersion + events.length);
      }
    };
    const named = async (query: Partial<SagaQuery> = {}): Promise<readonly string[]> =>
      (await store.find({ limit: 50, ...query })).sagas.map(({ saga }) => saga);
    return { store, epoch, write, named };
  }

  /** What counts says of a status: how many, and how long. */
  async function tally(store: SagaCatalogue): Promise<Readonly<Record<string, readonly [number, number]>>> {
    const rows = (await store.counts()).filter(({ count }) => count > 0);
    return Object.fromEntries(
      rows.map(({ status, count, durationUsTotal }) => [status, [count, durationUsTotal]]),
    );
  }

  const created = (definition = 'd'): SagaEvent => ({ ...CREATED, definition });

  /** One saga of each kind, oldest first; created at 100, 200, … and of two definitions by turns. */
  async function variety() {
    const at = await filled();
    await at.write('running', { events: [created(), REQUESTED], atUs: 100 });
    await at.write('completed', { events: [created('e')], atUs: 200 }, { events: [COMPLETED], atUs: 207 });
    await at.write('compensating', { events: [created()], atUs: 300 }, { events: [STARTED], atUs: 303 });
    await at.write(
      'compensated',
      { events: [created('e')], atUs: 400 },
      { events: [STARTED], atUs: 405 },
      { events: [COMPENSATED], atUs: 411 },
    );
    await at.write('failed', { events: [created()], atUs: 500 }, { events: [FAILED], atUs: 550 });
    await at.write('stuck', { events: [created('e')], atUs: 600 }, { events: [STARTED, STUCK], atUs: 660 });
    return at;
  }

  describe(`${name} is a catalogue`, () => {
    test('a store without sagas has an empty page, no counts, no log, and nothing to remove', async () => {
      const { store } = await filled();
      expect(await store.find({ limit: 10 })).toEqual({ sagas: [], next: undefined });
      expect(await tally(store)).toEqual({});
      expect(await store.logOf('nobody')).toEqual([]);
      expect(await store.remove('nobody')).toBe('unknown');
    });

    test('rebuilt from its events alone it answers every question as before, and its sagas go on', async () => {
      const { store } = await variety();
      const asked = async (of: SagaCatalogue) => {
        const { sagas } = await of.find({ limit: 10 });
        const logs = await Promise.all(sagas.map(({ saga }) => of.logOf(saga)));
        return {
          sagas,
          amiss: await of.find({ limit: 2, statuses: ['compensated', 'failed', 'compensation_failed'] }),
          ofOne: (await of.find({ limit: 10, definition: 'e', createdFromUs: 300 })).sagas,
          tally: await tally(of),
          logs: logs.map((log) => log.map(({ epoch: _, ...row }) => row)),
        };
      };
      const before = await asked(store);
      const logs = await Promise.all(before.sagas.toReversed().map(({ saga }) => store.logOf(saga)));
      const rebuilt = await makeOther();
      // One after the other, so that they are as old among one another as they were.
      for (const log of logs) expect(await writeLogs([log], rebuilt, () => 'p')).toBe(1);
      const after = await asked(rebuilt);
      expect({ ...after, amiss: after.amiss.sagas }).toEqual({ ...before, amiss: before.amiss.sagas });
      await expect(writeLogs([logs[0]!], rebuilt, () => 'p')).rejects.toMatchObject({ code: 'not-written' });
      const open = await new Promise<readonly (readonly StoredEvent[])[]>((resolve) =>
        rebuilt.open('p', { opened: (_epoch, logs) => resolve(logs) }),
      );
      expect(open.map(([first]) => first!.saga).sort()).toEqual(['compensating', 'running']);
    });

    test('a saga is listed as it stands: an open one and one that waits for a person have no end', async () => {
      const { store } = await variety();
      const rows = (await store.find({ limit: 10 })).sagas;
      const common = { definition: 'd', definitionVersion: 3, endedAtUs: undefined };
      expect(rows).toEqual([
        {
          saga: 'stuck',
          ...common,
          definition: 'e',
          status: 'compensation_failed',
          createdAtUs: 600,
          updatedAtUs: 660,
        },
        {
          saga: 'failed',
          ...common,
          status: 'failed',
          createdAtUs: 500,
          updatedAtUs: 550,
          endedAtUs: 550,
        },
        {
          saga: 'compensated',
          ...common,
          definition: 'e',
          status: 'compensated',
          createdAtUs: 400,
          updatedAtUs: 411,
          endedAtUs: 411,
        },
        { saga: 'compensating', ...common, status: 'compensating', createdAtUs: 300, updatedAtUs: 303 },
        {
          saga: 'completed',
          ...common,
          definition: 'e',
          status: 'completed',
          createdAtUs: 200,
          updatedAtUs: 207,
          endedAtUs: 207,
        },
        { saga: 'running', ...common, status: 'running', createdAtUs: 100, updatedAtUs: 100 },
      ]);
    });

    test('the last event counts as its update, whatever it says', async () => {
      const { store, write } = await filled();
      await write('s', { events: [created()], atUs: 5 }, { events: [REQUESTED], atUs: 8 });
      expect((await store.find({ limit: 1 })).sagas[0]).toMatchObject({ createdAtUs: 5, updatedAtUs: 8 });
    });

    test('conditions choose sagas, and all of them hold together', async () => {
      const { named } = await variety();
      expect(await named({ statuses: ['failed'] })).toEqual(['failed']);
      expect(await named({ statuses: ['completed', 'running', 'completed'] })).toEqual([
        'completed',
        'running',
      ]);
      expect(await named({ statuses: ['compensation_failed', 'compensating'] })).toEqual([
        'stuck',
        'compensating',
      ]);
      expect(await named({ statuses: ['created'] })).toEqual([]);
      expect(await named({ statuses: [] })).toEqual([]);
      expect(await named({ definition: 'e' })).toEqual(['stuck', 'compensated', 'completed']);
      expect(await named({ definition: 'neither' })).toEqual([]);
      expect(await named({ createdFromUs: 500 })).toEqual(['stuck', 'failed']);
      expect(await named({ createdFromUs: 601 })).toEqual([]);
      expect(await named({ createdFromUs: 0 })).toHaveLength(6);
      expect(await named({ definition: 'd', statuses: ['failed', 'completed'] })).toEqual(['failed']);
      expect(await named({ definition: 'd', createdFromUs: 300 })).toEqual(['failed', 'compensating']);
      expect(await named({ statuses: ['completed', 'compensated'], createdFromUs: 201 })).toEqual([
        'compensated',
      ]);
      expect(
        await named({ definition: 'e', statuses: ['completed', 'compensation_failed'], createdFromUs: 150 }),
      ).toEqual(['stuck', 'completed']);
    });

    test('the order is that of arrival, although clocks differ', async () => {
      const { write, named } = await filled();
      await write('late', { events: [created()], atUs: 900 });
      await write('early', { events: [created()], atUs: 100 });
      await write('between', { events: [created()], atUs: 500 });
      expect(await named()).toEqual(['between', 'early', 'late']);
      expect(await named({ createdFromUs: 500 })).toEqual(['between', 'late']);
    });

    test.each<[string, Partial<SagaQuery>]>([
      ['of all', {}],
      ['of a status', { statuses: ['running'] }],
      ['of two statuses', { statuses: ['running', 'completed'] }],
      ['of a definition', { definition: 'd' }],
      ['of a definition and a time', { definition: 'd', createdFromUs: 3 }],
    ])('pages %s follow one another without gap or repetition, while new sagas come', async (_of, query) => {
      const { store, write } = await filled();
      for (let i = 0; i < 7; i++) await write(`s-${i}`, { events: [created()], atUs: 10 + i });
      const seen: string[] = [];
      const sizes: number[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await store.find({ ...query, limit: 3, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...page.sagas.map(({ saga }) => saga));
        sizes.push(page.sagas.length);
        await write(`new-${sizes.length}`, { events: [created()], atUs: 100 });
        if (page.next === undefined) break;
        cursor = page.next;
      }
      expect(seen).toEqual(['s-6', 's-5', 's-4', 's-3', 's-2', 's-1', 's-0']);
      expect(sizes).toEqual([3, 3, 1]);
    });

    test('a page that is full and the last has no next', async () => {
      const { store } = await variety();
      expect((await store.find({ limit: 6 })).next).toBeUndefined();
      expect((await store.find({ limit: 5 })).next).toBeDefined();
      expect((await store.find({ limit: 1, statuses: ['failed'] })).next).toBeUndefined();
    });

    test('a cursor outlives the sagas that it stands on', async () => {
      const { store } = await variety();
      const { sagas, next } = await store.find({ limit: 2 });
      expect(sagas.at(-1)!.saga).toBe('failed');
      await store.remove('failed');
      const after = await store.find({ limit: 2, cursor: next! });
      expect(after.sagas.map(({ saga }) => saga)).toEqual(['compensated', 'compensating']);
      expect((await store.find({ limit: 2, cursor: '0' })).sagas).toEqual([]);
      const beyond = await store.find({ limit: 9, cursor: '999999999999999', createdFromUs: 0 });
      expect(beyond.sagas).toHaveLength(5);
    });

    test.each<[string, SagaQuery]>([
      ['no limit at all', { limit: 0 }],
      ['half a saga', { limit: 1.5 }],
      ['too many sagas', { limit: PAGE_MAX + 1 }],
      ['a limit that is none', { limit: Number.NaN }],
      ['another cursor', { limit: 1, cursor: 'x' }],
      ['an empty cursor', { limit: 1, cursor: '' }],
      ['a negative cursor', { limit: 1, cursor: '-1' }],
      ['a cursor without end', { limit: 1, cursor: '9'.repeat(30) }],
      ['a time that is none', { limit: 1, createdFromUs: 0.5 }],
    ])('a query with %s is refused', async (_what, query) => {
      const { store } = await filled();
      await expect(store.find(query)).rejects.toMatchObject({ name: 'UserError', code: 'bad-query' });
      expect(await tally(store)).toEqual({});
    });

    test('names that nobody can have are found nowhere', async () => {
      const { store, named } = await variety();
      for (const name of ["'; DROP TABLE sagas; --", 'zero \0', 'half \ud800', 'x'.repeat(5_000)]) {
        expect(await named({ definition: name })).toEqual([]);
        expect(await store.logOf(name)).toEqual([]);
        expect(await store.remove(name)).toBe('unknown');
      }
      expect(await named()).toHaveLength(6);
    });

    test('A1: what was acknowledged is in the log, in the list and in the counts at once', async () => {
      const { store, epoch } = await filled();
      const seen: Promise<unknown>[] = [];
      const output = appendOf('s', epoch, [CREATED, REQUESTED]);
      await new Promise<void>((resolve) => {
        store.append(output, {
          input: ({ kind }) => {
            expect(kind).toBe('appended');
            seen.push(store.logOf('s'), store.find({ limit: 1 }), store.counts());
            resolve();
          },
        });
      });
      const [log, page, counts] = await Promise.all(seen);
      expect(log).toEqual([
        { saga: 's', version: 1, epoch, atUs: 5, event: CREATED },
        { saga: 's', version: 2, epoch, atUs: 5, event: REQUESTED },
      ]);
      expect(page).toMatchObject({ sagas: [{ saga: 's', status: 'running' }] });
      expect(counts).toEqual([{ status: 'running', count: 1, durationUsTotal: 0 }]);
    });

    test('counts say how many are in each status, and how long those took that ended', async () => {
      const { store, write } = await variety();
      expect(await tally(store)).toEqual({
        running: [1, 0],
        completed: [1, 7],
        compensating: [1, 0],
        compensated: [1, 11],
        failed: [1, 50],
        compensation_failed: [1, 0],
      });
      await write('more', { events: [created()], atUs: 700 }, { events: [COMPLETED], atUs: 720 });
      await write('at-once', { events: [created(), COMPLETED], atUs: 800 });
      expect(await tally(store)).toMatchObject({ running: [1, 0], completed: [3, 27] });
    });

    test('a saga that ended by a clock behind that of its beginning took no time', async () => {
      const { store, write } = await filled();
      await write('s', { events: [created()], atUs: 700 }, { events: [COMPLETED], atUs: 650 });
      expect(await tally(store)).toEqual({ completed: [1, 0] });
      await store.remove('s');
      expect(await tally(store)).toEqual({});
    });

    test('counts follow a saga that is cancelled, given up, resumed, undone and retried', async () => {
      const { store, write } = await filled();
      const go = async (atUs: number, ...events: readonly SagaEvent[]): Promise<unknown> => {
        await write('s', { events, atUs });
        return tally(store);
      };
      expect(await go(10, created())).toEqual({ running: [1, 0] });
      expect(await go(20, STARTED)).toEqual({ compensating: [1, 0] });
      expect(await go(30, STUCK)).toEqual({ compensation_failed: [1, 0] });
      expect(await go(40, RESUMED)).toEqual({ compensating: [1, 0] });
      expect(await go(50, COMPENSATED)).toEqual({ compensated: [1, 40] });
      expect(await go(60, RETRIED)).toEqual({ running: [1, 0] });
      expect(await go(70, FAILED)).toEqual({ failed: [1, 60] });
      expect(await go(80, RETRIED, COMPLETED)).toEqual({ completed: [1, 70] });
    });

    test('a saga that a person took over is listed, counted and removed as one that has ended', async () => {
      const { store, write, named } = await variety();
      const act = { id: 'inc-7', by: 'anna', why: 'refunded by hand' };
      const skipped = { kind: 'step-skipped', step: 'a', direction: 'compensation', act } as const;
      await write(
        'taken',
        { events: [created(), REQUESTED], atUs: 700 },
        { events: [{ kind: 'saga-resolved', act }], atUs: 707 },
      );
      await write(
        'skipped',
        { events: [created('e'), STARTED, STUCK], atUs: 800 },
        { events: [skipped], atUs: 810 },
      );
      expect(await named({ statuses: ['resolved'] })).toEqual(['taken']);
      expect(await named({ statuses: ['compensating'] })).toEqual(['skipped', 'compensating']);
      await write('skipped', { events: [{ kind: 'saga-resolved' }], atUs: 820 });
      expect(await named({ statuses: ['resolved'] })).toEqual(['skipped', 'taken']);
      expect(await named({ statuses: ['resolved', 'failed'], definition: 'd' })).toEqual(['taken', 'failed']);
      expect(await named({ statuses: ['resolved', 'completed'] })).toEqual(['skipped', 'taken', 'completed']);
      expect(await tally(store)).toMatchObject({ resolved: [2, 27] });
      expect((await store.logOf('taken')).at(-1)?.event).toEqual({ kind: 'saga-resolved', act });
      const [row] = (await store.find({ statuses: ['resolved'], limit: 1 })).sagas;
      expect(row).toMatchObject({ saga: 'skipped', status: 'resolved', endedAtUs: 820 });
      expect(await store.remove('taken')).toBe('removed');
      expect(await tally(store)).toMatchObject({ resolved: [1, 20] });
    });

    test('counts are right however many sagas move in one turn', async () => {
      const { store, epoch } = await filled();
      const all = Array.from({ length: 300 }, (_, i) => [
        appendOf(`s-${i}`, epoch, [CREATED], { atUs: 10 }),
        appendOf(`s-${i}`, epoch, [i % 3 === 0 ? FAILED : COMPLETED], { expectedVersion: 1, atUs: 12 }),
        ...(i % 6 === 0 ? [appendOf(`s-${i}`, epoch, [RETRIED], { expectedVersion: 2, atUs: 13 })] : []),
      ]).flat();
      expect(new Set(await appendAll(store, all))).toEqual(new Set(['appended']));
      expect(await tally(store)).toEqual({ completed: [200, 400], failed: [50, 100], running: [50, 0] });
    });

    test('counts know nothing of what was not written', async () => {
      const { store, epoch } = await filled();
      const answers = await appendAll(store, [
        appendOf('s', epoch, [CREATED]),
        appendOf('s', epoch, [CREATED, COMPLETED]),
        appendOf('s', epoch, [COMPLETED], { expectedVersion: 9 }),
        appendOf('t', epoch + 99, [CREATED]),
      ]);
      expect(answers).toEqual(['appended', 'append-conflict', 'append-conflict', 'append-fenced']);
      expect(await tally(store)).toEqual({ running: [1, 0] });
    });

    test('a saga that ended is removed with its log, and its name is free', async () => {
      const { store, write, named, epoch } = await variety();
      for (const saga of ['completed', 'compensated', 'failed']) {
        expect(await store.remove(saga)).toBe('removed');
        expect(await store.logOf(saga)).toEqual([]);
        expect(await store.remove(saga)).toBe('unknown');
      }
      expect(await named()).toEqual(['stuck', 'compensating', 'running']);
      expect(await tally(store)).toEqual({
        running: [1, 0],
        compensating: [1, 0],
        compensation_failed: [1, 0],
      });
      expect(await appendAll(store, [appendOf('failed', epoch, [CREATED], { atUs: 9 })])).toEqual([
        'appended',
      ]);
      expect(await store.logOf('failed')).toHaveLength(1);
      await write('running', { events: [COMPLETED], atUs: 150 });
      expect(await tally(store)).toMatchObject({ running: [1, 0], completed: [1, 50] });
    });

    test('a saga that is open, or waits for a person, stays', async () => {
      const { store, named } = await variety();
      for (const saga of ['running', 'compensating', 'stuck']) {
        expect(await store.remove(saga)).toBe('not-ended');
        expect((await store.logOf(saga)).length).toBeGreaterThan(0);
      }
      expect(await named()).toHaveLength(6);
      expect(await tally(store)).toMatchObject({ running: [1, 0], compensation_failed: [1, 0] });
    });

    test('of a retry and a removal at the same time, one is done', async () => {
      const { store, epoch } = await filled();
      for (let i = 0; i < 20; i++) {
        const saga = `s-${i}`;
        await appendAll(store, [appendOf(saga, epoch, [CREATED, FAILED], { atUs: 10 })]);
        const retry = appendOf(saga, epoch, [RETRIED], { expectedVersion: 2, atUs: 20 });
        const [[answer], removed] = await Promise.all([appendAll(store, [retry]), store.remove(saga)]);
        expect([
          ['appended', 'not-ended'],
          ['append-gone', 'removed'],
        ]).toContainEqual([answer, removed]);
        expect(await store.logOf(saga)).toHaveLength(answer === 'appended' ? 3 : 0);
      }
      const running = (await tally(store)).running?.[0] ?? 0;
      expect((await store.find({ limit: 50 })).sagas).toHaveLength(running);
    });

    test('what is retired leaves lists and counts', async ({ skip }) => {
      const { store, named } = await variety();
      if (store.retire === undefined) return skip('nothing is retired from it');
      expect(await store.retire({ endedBeforeUs: 500 })).toBe(2);
      expect(await named()).toEqual(['stuck', 'failed', 'compensating', 'running']);
      expect(await tally(store)).toEqual({
        running: [1, 0],
        compensating: [1, 0],
        failed: [1, 50],
        compensation_failed: [1, 0],
      });
    });

    test('who left the store, and when, is known for as long as the store is', async () => {
      const { store, epoch } = await variety();
      const all = ['completed', 'compensated', 'failed', 'stuck', 'nobody', 'half \ud800'];
      expect(await store.retiredAmong(all)).toEqual(new Map());
      const from = liveNowUs() - 2_000_000;
      await store.remove('completed');
      await store.remove('stuck'); // it has not ended
      if (store.retire === undefined) await store.remove('failed');
      else expect(await store.retire({ endedBeforeUs: 551 })).toBe(2);
      const gone = await store.retiredAmong(all);
      const expected =
        store.retire === undefined ? ['completed', 'failed'] : ['completed', 'compensated', 'failed'];
      expect([...gone.keys()].sort()).toEqual(expected.sort());
      for (const atUs of gone.values()) {
        expect(atUs).toBeGreaterThan(from);
        expect(atUs).toBeLessThan(liveNowUs() + 2_000_000);
      }
      expect(await store.retiredAmong(['failed'])).toEqual(new Map([['failed', gone.get('failed')!]]));
      expect(await store.retiredAmong([])).toEqual(new Map());
      await appendAll(store, [appendOf('failed', epoch, [CREATED, FAILED], { atUs: 900 })]); // its name is free
      expect(await store.remove('failed')).toBe('removed');
      expect((await store.retiredAmong(['failed'])).get('failed')).toBeGreaterThanOrEqual(
        gone.get('failed')!,
      );
      const many = Array.from({ length: RETIRED_ASKED_MAX + 1 }, (_, i) => `${i}`);
      await expect(store.retiredAmong(many)).rejects.toMatchObject({ code: 'bad-query' });
    });

    test('a store that is closed says so', async ({ skip }) => {
      const { store } = await variety();
      if (store.close === undefined) return skip('it cannot be closed');
      await store.close();
      const asked = [store.find({ limit: 1 }), store.counts(), store.logOf('failed'), store.remove('failed')];
      for (const answer of asked) await expect(answer).rejects.toMatchObject({ code: 'store-failed' });
    });
  });
}
