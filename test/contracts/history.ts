// What every store must tell who folds the events of all its sagas: the acceptance suite of the port, with `saga_state_summary` as
// the view.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../engine/core/ports.ts';
import type { SagaEvent, StoredEvent } from '../../engine/core/saga-event.ts';
import {
  type HistoryPlace,
  PAGE_MAX,
  projectSagas,
  type SagaCatalogue,
  type SagaHistory,
} from '../../engine/live/index.ts';
import { sagaStateSummary, summaryRows } from '../../engine/observe/index.ts';
import { appendAll, appendOf, COMPLETED, CREATED, REQUESTED } from '../engine/live/store-asking.ts';

export type HistoryStore = Store & SagaCatalogue & SagaHistory & { close?(): Promise<void> };

const STARTED: SagaEvent = { kind: 'compensation-started', reason: { kind: 'cancelled' } };
const COMPENSATED: SagaEvent = { kind: 'saga-compensated' };
const FAILED: SagaEvent = { kind: 'saga-failed', reason: { kind: 'deadline' } };
const STUCK: SagaEvent = { kind: 'saga-compensation-failed' };
const RETRIED: SagaEvent = { kind: 'saga-retried', round: 1 };
/** What may come next, after each status. */
const NEXT: Readonly<Record<string, readonly (readonly SagaEvent[])[]>> = {
  none: [[CREATED], [{ ...CREATED, definition: 'e' }, REQUESTED]],
  running: [[REQUESTED], [COMPLETED], [FAILED], [STARTED], [STARTED, COMPENSATED]],
  compensating: [[{ kind: 'compensation-requested', step: 'b' }], [COMPENSATED], [STUCK]],
  compensated: [[RETRIED], [RETRIED, REQUESTED]],
  failed: [[RETRIED]],
  compensation_failed: [[{ kind: 'compensation-resumed' }], [{ kind: 'saga-resolved' }]],
};
const NOW_US = 10_000;

export function historyContract(name: string, make: () => Promise<HistoryStore>): void {
  async function filled() {
    const store = await make();
    const epoch = await new Promise<number>((resolve) => store.open('p', { opened: resolve }));
    const versions = new Map<string, number>();
    let atUs = 0;
    const write = async (saga: string, events: readonly SagaEvent[]): Promise<void> => {
      const expectedVersion = versions.get(saga) ?? 0;
      const append = appendOf(saga, epoch, events, { expectedVersion, atUs: ++atUs });
      expect(await appendAll(store, [append])).toEqual(['appended']);
      versions.set(saga, expectedVersion + events.length);
    };
    const remove = async (saga: string): Promise<void> => {
      expect(await store.remove(saga)).toBe('removed');
      versions.delete(saga);
    };
    return { store, epoch, write, remove };
  }

  async function read(store: SagaHistory, after?: HistoryPlace) {
    const events: StoredEvent[] = [];
    let place: HistoryPlace | undefined;
    let fresh = 0;
    for await (const page of store.history(after)) {
      if (page.isFresh) fresh++;
      events.push(...page.events);
      place = page.place;
    }
    return { events, place: place!, fresh, names: events.map(({ saga, version }) => `${saga}@${version}`) };
  }

  const summary = async (store: HistoryStore, rebuild = false) =>
    summaryRows((await projectSagas(store, sagaStateSummary, { rebuild })).view, NOW_US);

  /** What the summary must be, from the store's own list of sagas; steps are left out, which the list does not have. */
  async function listed(store: HistoryStore) {
    const { sagas } = await store.find({ limit: PAGE_MAX });
    const shown = sagas.filter(({ status }) =>
      ['running', 'compensating', 'failed', 'compensation_failed'].includes(status),
    );
    const groups = Map.groupBy(shown, ({ definition, status }) => `${definition} ${status}`);
    return [...groups]
      .map(([key, rows]) => `${key} ${rows.length} ${Math.min(...rows.map((row) => row.createdAtUs))}`)
      .sort();
  }

  async function projected(store: HistoryStore) {
    const groups = Map.groupBy(await summary(store), ({ definition, status }) => `${definition} ${status}`);
    return [...groups]
      .map(([key, rows]) => {
        const count = rows.reduce((sum, row) => sum + row.count, 0);
        return `${key} ${count} ${Math.min(...rows.map((row) => row.oldestCreatedAtUs))}`;
      })
      .sort();
  }

  describe(`${name} has a history`, () => {
    test('of nothing, which is one page', async () => {
      const { store } = await filled();
      expect(await read(store)).toMatchObject({ events: [], fresh: 1 });
      expect(await summary(store)).toEqual([]);
    });

    test('in the order in which it was appended, of which nothing is told again', async () => {
      const { store, write } = await filled();
      await write('a', [CREATED, REQUESTED]);
      await write('b', [CREATED]);
      await write('a', [COMPLETED]);
      const { names, place, events } = await read(store);
      expect(names).toEqual(['a@1', 'a@2', 'b@1', 'a@3']);
      expect(events.filter(({ saga }) => saga === 'a')).toEqual(await store.logOf('a'));
      expect(await read(store, place)).toMatchObject({ events: [], fresh: 0, place });
      await write('b', [FAILED]);
      expect(await read(store, place)).toMatchObject({ names: ['b@2'], fresh: 0 });
    });

    test('of one moment: what is appended while it is read comes with the next reading', async () => {
      const { store, write } = await filled();
      await write('a', [CREATED]);
      let place: HistoryPlace | undefined;
      const seen: string[] = [];
      for await (const page of store.history()) {
        if (place === undefined) await write('b', [CREATED]);
        seen.push(...page.events.map(({ saga }) => saga));
        place = page.place;
      }
      expect(seen).toEqual(['a']);
      expect(await read(store, place)).toMatchObject({ names: ['b@1'], fresh: 0 });
    });

    test('of more than a page', async () => {
      const { store, epoch } = await filled();
      const many = Array.from({ length: 2_300 }, (_, i) => appendOf(`s-${i}`, epoch, [CREATED, REQUESTED]));
      await appendAll(store, many);
      const { names, place, fresh } = await read(store);
      expect([names.length, new Set(names).size, fresh]).toEqual([4_600, 4_600, 1]);
      expect(await read(store, place)).toMatchObject({ events: [], fresh: 0 });
      expect(await summary(store)).toMatchObject([{ definition: 'd', step: 'a', count: 2_300 }]);
    });
  });

  describe(`${name} keeps views of its sagas`, () => {
    test('which say where sagas stand, and since when', async () => {
      const { store, write } = await filled();
      await write('a', [CREATED, REQUESTED]); // at 1
      await write('b', [{ ...CREATED, definition: 'e' }]); // at 2
      await write('c', [CREATED, REQUESTED]); // at 3
      await write('d', [CREATED, COMPLETED]);
      await write('e', [CREATED, STARTED, COMPENSATED]); // at 5
      expect(await summary(store)).toEqual([
        {
          definition: 'd',
          status: 'running',
          step: 'a',
          count: 2,
          averageAgeUs: 9_998,
          oldestCreatedAtUs: 1,
          newestCreatedAtUs: 3,
        },
        {
          definition: 'e',
          status: 'running',
          step: '',
          count: 1,
          averageAgeUs: 9_998,
          oldestCreatedAtUs: 2,
          newestCreatedAtUs: 2,
        },
      ]);
      await write('e', [RETRIED]);
      expect(
        (await summary(store)).map(({ step, count, oldestCreatedAtUs }) => [step, count, oldestCreatedAtUs]),
      ).toEqual([
        ['', 1, 5],
        ['a', 2, 1],
        ['', 1, 2],
      ]);
    });

    test('and go on with what is new, or begin anew when it is another version or asked for', async () => {
      const { store, write } = await filled();
      await write('a', [CREATED]);
      expect(await projectSagas(store, sagaStateSummary)).toMatchObject({ folded: 1, isRebuilt: true });
      expect(await projectSagas(store, sagaStateSummary)).toMatchObject({ folded: 0, isRebuilt: false });
      await write('a', [REQUESTED, FAILED]);
      expect(await projectSagas(store, sagaStateSummary)).toMatchObject({ folded: 2, isRebuilt: false });
      const next = { ...sagaStateSummary, version: 2 };
      expect(await projectSagas(store, next)).toMatchObject({ folded: 3, isRebuilt: true });
      expect(await store.keptView(next.name)).toMatchObject({ version: 2 });
      expect(await projectSagas(store, next, { rebuild: true })).toMatchObject({
        folded: 3,
        isRebuilt: true,
      });
    });

    test('without sagas that are removed, and with those that come into their place', async () => {
      const { store, write, remove } = await filled();
      await write('a', [CREATED]);
      await write('b', [CREATED, FAILED]);
      expect(await projected(store)).toEqual(['d failed 1 2', 'd running 1 1']);
      await remove('b');
      await write('c', [CREATED, FAILED]); // may get the position that was b's
      expect(await projected(store)).toEqual(['d failed 1 3', 'd running 1 1']);
      expect(await store.remove('a')).toBe('not-ended');
      expect(await projectSagas(store, sagaStateSummary)).toMatchObject({ folded: 0, isRebuilt: false });
    });

    test('which come to what the store lists, and to what they come to from the beginning', async () => {
      const step = fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 7 }), fc.boolean());
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (todo) => {
          const { store, write, remove } = await filled();
          const { sagas: before } = await store.find({ limit: PAGE_MAX });
          expect(before).toEqual([]);
          for (const [number, choice, isAsked] of todo) {
            const saga = `s-${number}`;
            const found = (await store.find({ limit: PAGE_MAX })).sagas.find((row) => row.saga === saga);
            const options = NEXT[found?.status ?? 'none'];
            if (options === undefined || (choice === 7 && found?.endedAtUs !== undefined)) await remove(saga);
            else await write(saga, options[choice % options.length]!);
            if (isAsked) expect(await projected(store)).toEqual(await listed(store));
          }
          const kept = await summary(store);
          expect(await projected(store)).toEqual(await listed(store));
          expect(await summary(store, true)).toEqual(kept);
          await store.close?.();
        }),
        { numRuns: 15 },
      );
    });
  });
}
