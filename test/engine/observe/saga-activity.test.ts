// What logs come to as news: a table, and every log of a storm against what its sagas became.

import { describe, expect, test } from 'vitest';
import type { Batch, SagaEvent, StoredEvent } from '../../../engine/core/saga-event.ts';
import { STUCK_AFTER_US, whyWaiting } from '../../../engine/core/waiting.ts';
import { causeOf, SagaActivity, type SagaNews } from '../../../engine/observe/index.ts';
import orderProcessing from '../../../scenarios/order-processing.ts';
import { type InvariantFactory, profiles, simulate } from '../../../simulator/index.ts';

const S = 1_000_000;
const CREATED: SagaEvent = { kind: 'saga-created', definition: 'order', definitionVersion: 1, input: {} };
const ASKED: SagaEvent = { kind: 'step-requested', step: 'pay' };
const RETRIED = {
  kind: 'step-retry-scheduled',
  step: 'pay',
  attempt: 2,
  dueAtUs: 3 * S,
  failure: 'timeout',
  inDoubt: true,
} as const;
const REASON = { kind: 'step-failed', step: 'pay', failure: 'business', reason: 'no' } as const;

/** A batch of one event, which is number `version` of its saga, written at that second. */
function nth(version: number, event: SagaEvent, saga = 's'): Batch {
  return { saga, expectedVersion: version - 1, epoch: 1, atUs: version * S, events: [event] };
}

function told(
  batches: readonly Batch[],
  activity?: SagaActivity,
): { all: SagaNews[]; activity: SagaActivity } {
  const all: SagaNews[] = [];
  const it = activity ?? new SagaActivity((news) => all.push(news));
  for (const batch of batches) it.written(batch);
  return { all, activity: it };
}

const rowsFrom = (events: readonly SagaEvent[]): readonly StoredEvent[] =>
  events.map((event, i) => ({ saga: 's', version: i + 1, epoch: 1, atUs: (i + 1) * S, event }));

describe('the news of a saga', () => {
  test('that completes: begun, a failed attempt, a step from its first intention on, its end', () => {
    const events: SagaEvent[] = [
      CREATED,
      ASKED,
      RETRIED,
      { kind: 'step-applied', step: 'pay' },
      { kind: 'saga-completed' },
    ];
    expect(told(events.map((event, i) => nth(i + 1, event))).all).toEqual([
      { kind: 'started', type: 'order' },
      {
        kind: 'attempt-failed',
        type: 'order',
        step: 'pay',
        isUndo: false,
        failure: 'timeout',
        isLast: false,
      },
      { kind: 'step-succeeded', type: 'order', step: 'pay', durationUs: 2 * S },
      { kind: 'completed', type: 'order', durationUs: 4 * S },
    ]);
  });

  test('that is undone: why, and how long the undo took', () => {
    const events: SagaEvent[] = [
      CREATED,
      { kind: 'compensation-started', reason: REASON },
      { kind: 'compensation-requested', step: 'stock' },
      { kind: 'step-compensated', step: 'stock' },
      { kind: 'saga-compensated' },
    ];
    expect(told(events.map((event, i) => nth(i + 1, event))).all.slice(1)).toEqual([
      { kind: 'step-undone', type: 'order', step: 'stock' },
      { kind: 'compensated', type: 'order', cause: 'business', durationUs: 4 * S, undoUs: 3 * S },
    ]);
  });

  test('N1: what is written twice, or read after it was written, is no news', () => {
    const { all, activity } = told([nth(1, CREATED), nth(1, CREATED)]);
    activity.read(rowsFrom([CREATED]));
    expect(all).toEqual([{ kind: 'started', type: 'order' }]);
    activity.read(rowsFrom([CREATED, ASKED, RETRIED])); // the store was not sure, and was read
    expect(all.map(({ kind }) => kind)).toEqual(['started', 'attempt-failed']);
  });

  test('N2: what an earlier engine wrote is no news; what becomes of the saga is', () => {
    const { all, activity } = told([]);
    activity.read(rowsFrom([CREATED, ASKED]));
    activity.written(nth(3, { kind: 'step-applied', step: 'pay' }));
    expect(all).toEqual([{ kind: 'step-succeeded', type: 'order', step: 'pay', durationUs: S }]);
  });

  test('that ended, and is retried by a person: it begins again', () => {
    const { all } = told([
      nth(1, CREATED),
      nth(2, { kind: 'saga-failed', reason: REASON }),
      nth(3, { kind: 'saga-retried', round: 1 }),
      nth(4, { kind: 'saga-completed' }),
    ]);
    expect(all).toMatchObject([
      { kind: 'started' },
      { kind: 'failed', durationUs: S },
      { kind: 'started' },
      { kind: 'completed', durationUs: S },
    ]);
  });

  test.each([
    [REASON, 'business'],
    [{ ...REASON, failure: 'timeout' } as const, 'technical'],
    [{ kind: 'deadline' } as const, 'technical'],
    [{ kind: 'cancelled' } as const, 'cancelled'],
  ])('%j is %s', (reason, cause) => {
    expect(causeOf(reason)).toBe(cause);
  });
});

describe('what is stuck', () => {
  test('a saga to which nothing happens, from the moment on that whyWaiting says so', () => {
    const { activity } = told([nth(1, CREATED), nth(2, ASKED), nth(3, RETRIED)]);
    expect(activity.stuckAtUs('s')).toBe(3 * S + STUCK_AFTER_US);
    expect(activity.stuck(20 * S).size).toBe(0);
    expect(activity.stuck(33 * S)).toEqual(new Map([['order', { count: 1, longestUs: 30 * S }]]));
  });

  test('who waits for a person is, at once', () => {
    const { activity } = told([nth(1, CREATED), nth(2, { kind: 'saga-compensation-failed' })]);
    expect(activity.isStuck('s', 2 * S + 1)).toBe(true);
  });

  test('N3: not what another engine drives now', () => {
    const { activity } = told([nth(1, CREATED)]);
    expect(activity.letGo('main')).toEqual(['s']);
    expect([activity.size, activity.stuck(1e12).size]).toEqual([0, 0]);
  });
});

test('in a storm the news add up to what the run counted, and every prefix of every log is stuck when whyWaiting says so', () => {
  const all: SagaNews[] = [];
  const activity = new SagaActivity((news) => all.push(news));
  let differing = 0;
  const watcher: InvariantFactory = () => ({
    id: 'watcher',
    statement: 'Nothing: it only watches',
    onAppended(append, log, { saga }) {
      activity.written(append);
      const stuckAtUs = activity.stuckAtUs(saga);
      if (stuckAtUs === undefined) return;
      const says = (atUs: number) => whyWaiting(log.rows(), atUs)?.isStuck;
      // Between intentions that fall due at other times it may be stuck for a while and then not: the first time counts.
      if (!says(stuckAtUs + 1) || (says(stuckAtUs) && activity.isStuck(saga, stuckAtUs))) differing++;
    },
  });
  const scenario = { ...orderProcessing, invariants: [...orderProcessing.invariants, watcher] };
  const { sagas } = simulate(scenario, { seed: 'news', sagas: 200, profile: profiles.storm });
  const count = (kind: SagaNews['kind']): number => all.filter((news) => news.kind === kind).length;
  expect(count('compensated')).toBeGreaterThan(0);
  expect(differing).toBe(0);
  expect(count('completed')).toBe(sagas.completed);
  expect(count('started')).toBe(count('completed') + count('compensated') + count('failed') + activity.size);
});
