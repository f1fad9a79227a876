// Why a saga has not ended: a table of logs and what is said of them, and every prefix of every log of a storm.

import { describe, expect, test } from 'vitest';
import { fold, isEnded } from '../../../engine/core/saga.ts';
import type { SagaEvent, StoredEvent } from '../../../engine/core/saga-event.ts';
import { STUCK_AFTER_US, whyWaiting } from '../../../engine/core/waiting.ts';
import orderProcessing from '../../../scenarios/order-processing.ts';
import { type InvariantFactory, profiles, simulate } from '../../../simulator/index.ts';

const S = 1_000_000;
const CREATED: SagaEvent = { kind: 'saga-created', definition: 'd', definitionVersion: 1, input: {} };
const ASKED: SagaEvent = { kind: 'step-requested', step: 'pay' };
const AGAIN: SagaEvent = {
  kind: 'step-retry-scheduled',
  step: 'pay',
  attempt: 2,
  dueAtUs: 20 * S,
  failure: 'timeout',
  inDoubt: true,
};
const FAILED = { kind: 'step-failed', step: 'pay', failure: 'business', reason: 'no money' } as const;
const UNDO: readonly SagaEvent[] = [
  CREATED,
  { kind: 'step-requested', step: 'stock' },
  { kind: 'step-applied', step: 'stock' },
  { kind: 'compensation-started', reason: FAILED },
  { kind: 'compensation-requested', step: 'stock' },
];

/** A log of which event n was written at second n, from 1. */
function logOf(events: readonly SagaEvent[]): readonly StoredEvent[] {
  return events.map((event, i) => ({ saga: 's', version: i + 1, epoch: 1, atUs: (i + 1) * S, event }));
}

describe('why a saga waits', () => {
  test.each<[string, readonly SagaEvent[], number, object]>([
    [
      'an answer',
      [CREATED, ASKED],
      6,
      { waitsFor: 'answer', isStuck: false, sentence: 'waits for an answer to attempt 1 of "pay", for 4 s' },
    ],
    [
      'an answer that no policy waits for',
      [CREATED, ASKED],
      3 + STUCK_AFTER_US / S,
      { waitsFor: 'answer', isStuck: true },
    ],
    [
      'the next attempt',
      [CREATED, ASKED, AGAIN],
      15,
      {
        waitsFor: 'retry',
        untilUs: 20 * S,
        isStuck: false,
        sentence: 'waits 5 s more to send attempt 2 of "pay" (the last one ended timeout)',
      },
    ],
    [
      'the answer to the next attempt, since it was due',
      [CREATED, ASKED, AGAIN],
      22,
      { waitsFor: 'answer', sinceUs: 20 * S, sentence: 'waits for an answer to attempt 2 of "pay", for 2 s' },
    ],
    [
      'an undo',
      UNDO,
      7,
      { waitsFor: 'answer', sentence: 'waits for an answer to attempt 1 of the undo of "stock", for 2 s' },
    ],
    [
      'a person',
      [
        ...UNDO,
        { kind: 'step-compensation-failed', step: 'stock', failure: 'timeout', reason: 'no answer in time' },
        { kind: 'saga-compensation-failed' },
      ],
      127,
      {
        waitsFor: 'person',
        isStuck: true,
        sentence:
          'waits for a person since 2 min: the undo of "stock" was given up (timeout: no answer in time)',
      },
    ],
    [
      'an engine',
      [CREATED],
      2,
      { waitsFor: 'engine', isStuck: false, sentence: 'waits for an engine to take its next step, for 1 s' },
    ],
    [
      'nothing',
      [CREATED, ASKED, { kind: 'saga-failed', reason: FAILED }],
      10,
      {
        waitsFor: 'nothing',
        sentence: 'has ended failed, 7 s ago, because "pay" failed (business: no money)',
      },
    ],
  ])('%s', (_what, events, atSecond, expected) => {
    expect(whyWaiting(logOf(events), atSecond * S)).toMatchObject({ saga: 's', ...expected });
  });

  test('two calls at a time are both told, and the deadline', () => {
    const created: SagaEvent = { ...CREATED, deadlineAtUs: 100 * S };
    const log = logOf([created, ASKED, { kind: 'step-requested', step: 'ship' }]);
    const waiting = whyWaiting(log, 10 * S)!;
    expect(waiting.calls.map(({ step }) => step)).toEqual(['pay', 'ship']);
    expect(waiting.sentence).toBe('waits for an answer to attempt 1 of "pay", for 8 s, and for 1 more');
    expect(waiting.next).toContain('Forward work stops in 1.5 min, at the deadline.');
  });

  test('a deadline says nothing of an undo', () => {
    const [created, ...rest] = UNDO;
    const log = logOf([{ ...created, deadlineAtUs: 100 * S } as SagaEvent, ...rest]);
    expect(whyWaiting(log, 10 * S)!.next).toBe(
      'When there is none in time it is sent again, or given up, as the policy says.',
    );
  });

  test('an empty log is no saga', () => {
    expect(whyWaiting([], 0)).toBeUndefined();
  });
});

test('of every prefix of every log of a storm it says what the fold says', () => {
  const logs: (readonly StoredEvent[])[] = [];
  const collector: InvariantFactory = () => ({
    id: 'collector',
    statement: 'Somebody keeps the logs',
    onEnded: (_ending, log) => void logs.push(log.rows()),
  });
  const scenario = { ...orderProcessing, invariants: [...orderProcessing.invariants, collector] };
  simulate(scenario, { seed: 'why', sagas: 60, profile: profiles.storm });
  expect(logs.length).toBeGreaterThanOrEqual(60);
  const [definition] = orderProcessing.sagas;
  const seen = new Set<string>();
  for (const log of logs) {
    for (let length = 1; length <= log.length; length++) {
      const prefix = log.slice(0, length);
      const { status } = fold(
        definition!,
        prefix[0]!.saga,
        prefix.map(({ event }) => event),
      );
      const waiting = whyWaiting(prefix, prefix.at(-1)!.atUs + 1)!;
      seen.add(waiting.waitsFor);
      expect(waiting.status).toBe(status);
      expect(waiting.waitsFor === 'nothing').toBe(isEnded(status));
      expect(waiting.waitsFor === 'person').toBe(status === 'compensation_failed');
      expect(waiting.sentence).not.toMatch(/undefined|NaN/);
    }
  }
  expect([...seen].sort()).toEqual(expect.arrayContaining(['answer', 'nothing', 'retry']));
});
