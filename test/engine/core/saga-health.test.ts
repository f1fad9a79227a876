// How sagas fare: what is counted, when it is degraded, and what is recommended.

import { describe, expect, test } from 'vitest';
import type { SagaEvent, StoredEvent } from '../../../engine/core/saga-event.ts';
import { type HealthFacts, healthOf, type ListedSaga } from '../../../engine/core/saga-health.ts';

const S = 1_000_000;
const NOW = 10_000 * S;
const CREATED: SagaEvent = { kind: 'saga-created', definition: 'd', definitionVersion: 1, input: {} };

function logOf(
  saga: string,
  events: readonly (readonly [atUs: number, event: SagaEvent])[],
): readonly StoredEvent[] {
  return events.map(([atUs, event], i) => ({ saga, version: i + 1, epoch: 1, atUs, event }));
}

const ended = (status: ListedSaga['status'], tookUs = S): ListedSaga => ({
  status,
  createdAtUs: NOW - 100 * S,
  endedAtUs: NOW - 100 * S + tookUs,
});
const many = <Thing>(count: number, thing: Thing): Thing[] => Array.from({ length: count }, () => thing);

/** Asked for a step an hour ago, and not heard of since. */
const STUCK = logOf('s', [
  [NOW - 3_600 * S, CREATED],
  [NOW - 3_600 * S, { kind: 'step-requested', step: 'pay' }],
]);

/** Its undo failed twice, and was given up an hour ago. */
const FOR_PERSON = logOf('p', [
  [NOW - 3_700 * S, CREATED],
  [NOW - 3_700 * S, { kind: 'step-requested', step: 'hold' }],
  [NOW - 3_690 * S, { kind: 'step-applied', step: 'hold' }],
  [NOW - 3_690 * S, { kind: 'step-requested', step: 'pay' }],
  [NOW - 3_680 * S, { kind: 'step-rejected', step: 'pay', failure: 'business', reason: 'no money' }],
  [NOW - 3_680 * S, { kind: 'compensation-started', reason: { kind: 'cancelled' } }],
  [NOW - 3_680 * S, { kind: 'compensation-requested', step: 'hold' }],
  [
    NOW - 3_670 * S,
    {
      kind: 'compensation-retry-scheduled',
      step: 'hold',
      attempt: 2,
      dueAtUs: 0,
      failure: 'timeout',
      inDoubt: true,
    },
  ],
  [NOW - 3_600 * S, { kind: 'step-compensation-failed', step: 'hold', failure: 'timeout', reason: '' }],
  [NOW - 3_600 * S, { kind: 'saga-compensation-failed' }],
]);
const WAITS: ListedSaga = {
  status: 'compensation_failed',
  createdAtUs: NOW - 3_700 * S,
  endedAtUs: undefined,
};

function facts(rest: Partial<HealthFacts>): HealthFacts {
  return { sagas: [], open: [], sample: [], nowUs: NOW, ...rest };
}

/** A log whose steps take these many seconds, one after the other. */
function taking(...seconds: readonly number[]): readonly StoredEvent[] {
  const untilS = (i: number): number => seconds.slice(0, i).reduce((sum, one) => sum + one, 0);
  const steps = seconds.flatMap((_, i): [number, SagaEvent][] => [
    [untilS(i) * S, { kind: 'step-requested', step: `step-${i}` }],
    [untilS(i + 1) * S, { kind: 'step-applied', step: `step-${i}` }],
  ]);
  return logOf('s', [[0, CREATED], ...steps, [untilS(seconds.length) * S, { kind: 'saga-completed' }]]);
}

describe('the health of sagas', () => {
  test('counts what is open though its log was not read', () => {
    const found = healthOf(facts({ open: [STUCK], unread: { active: 70, stuck: 10 } }));
    expect(found).toMatchObject({ overall: 'degraded', active: 71, stuckCount: 11, stuck: [{ saga: 's' }] });
  });

  test.each([
    ['two bottlenecks', [4, 4, 1], S, ['parallelization']],
    ['one bottleneck', [4, 1, 1], S, []],
    ['a step of over five seconds, among many', [6, 5, 5, 5, 5], S, ['caching']],
    ['sagas of over a minute', [1, 1, 1, 1], 61 * S, ['timeout-tuning']],
  ])('%s: what might make it faster', (_what, seconds, meanUs, kinds) => {
    const found = healthOf(facts({ sagas: [ended('completed', meanUs)], sample: [taking(...seconds)] }));
    expect(found.suggestions.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('of none is healthy, and has no rates', () => {
    const found = healthOf(facts({}));
    expect(found).toMatchObject({ overall: 'healthy', active: 0, ended: 0, reasons: [] });
    expect(found.successRate).toBeUndefined();
  });

  test('rates are of those that ended', () => {
    const sagas = [...many(97, ended('completed', 2 * S)), ...many(3, ended('compensated', 4 * S))];
    const open: ListedSaga = { status: 'running', createdAtUs: NOW, endedAtUs: undefined };
    const found = healthOf(facts({ sagas: [...sagas, open] }));
    expect(found).toMatchObject({
      overall: 'healthy',
      ended: 100,
      successRate: 0.97,
      compensationRate: 0.03,
    });
    expect(found.meanUs).toBeCloseTo(2.06 * S, 0);
  });

  test.each([
    [10, 'healthy'],
    [11, 'degraded'],
    [50, 'degraded'],
    [51, 'unhealthy'],
  ])('%i stuck sagas: %s', (count, overall) => {
    const found = healthOf(facts({ open: many(count, STUCK) }));
    expect([found.overall, found.stuck.length]).toEqual([overall, count]);
    expect(found.reasons).toEqual([`${count} have not moved for over 25 s`]);
  });

  test('a log that says nothing yet is not counted, and 95 % of completed sagas are enough', () => {
    const sagas = [...many(95, ended('completed')), ...many(5, ended('compensated'))];
    expect(healthOf(facts({ open: [[], STUCK], sagas }))).toMatchObject({ active: 1, overall: 'healthy' });
  });

  test('few that complete degrade it, and it is said what to do', () => {
    const found = healthOf(
      facts({ sagas: [...many(90, ended('completed')), ...many(10, ended('compensated'))] }),
    );
    expect(found.overall).toBe('degraded');
    expect(found.reasons).toEqual(['only 90 % of the sagas that ended completed', '10 % were undone']);
    expect(found.recommendations).toEqual(['See `sagastorm diagnose --all`: which step fails, and why.']);
  });

  test('where none completed, that is said', () => {
    expect(healthOf(facts({ sagas: many(3, ended('failed')) })).reasons).toEqual([
      'none of the sagas that ended completed',
    ]);
  });

  test('six of seven that wait for a person are no health, and nothing is to be faster', () => {
    const sagas = [ended('completed', 61 * S), ...many(6, WAITS)];
    const found = healthOf(facts({ sagas, open: many(6, FOR_PERSON), sample: [taking(6, 6)] }));
    expect(found).toMatchObject({ overall: 'degraded', ended: 1, waitForPerson: 6, compensationRate: 0 });
    expect(found.successRate).toBeCloseTo(1 / 7);
    expect(found.reasons).toEqual([
      '6 wait for a person',
      '85.7 % of the sagas of the last 24 h wait for a person',
      'only 14.3 % of the sagas that ended or wait for a person completed',
    ]);
    expect(found.recommendations).toEqual([
      'See `sagastorm why`, mend what cannot be undone, and resume them.',
    ]);
    expect(found.suggestions).toEqual([]);
    expect(found.steps.find(({ step }) => step === 'hold')).toMatchObject({ calls: 6, failedUndos: 12 });
    expect(found.steps.find(({ step }) => step === 'pay')).toMatchObject({ calls: 6, rejected: 6 });
  });

  test('where all wait for a person there are rates, and no mean', () => {
    const found = healthOf(facts({ sagas: [WAITS], open: [FOR_PERSON] }));
    expect(found).toMatchObject({ overall: 'degraded', ended: 0, successRate: 0, compensationRate: 0 });
    expect(found.meanUs).toBeUndefined();
  });

  test.each([
    [9, 1, false],
    [8, 1, true],
  ])('%i that run, %i for a person: over a tenth is %s', (count, persons, isOver) => {
    const running: ListedSaga = { status: 'running', createdAtUs: NOW, endedAtUs: undefined };
    const sagas = [...many(count, running), ...many(persons, WAITS)];
    const { reasons } = healthOf(facts({ sagas, open: many(persons, FOR_PERSON) }));
    expect(reasons.some((reason) => reason.includes('of the last 24 h wait for a person'))).toBe(isOver);
  });

  test('one that is old and waits for a person stops advice on speed, and no rate', () => {
    const found = healthOf(
      facts({ sagas: many(9, ended('completed', 61 * S)), open: [FOR_PERSON], sample: [taking(6, 6)] }),
    );
    expect(found).toMatchObject({ overall: 'healthy', successRate: 1, suggestions: [] });
    expect(found.reasons).toEqual(['1 wait for a person']);
  });

  test('a step that takes the time, and one that is tried again and again, are named', () => {
    const sample = [
      logOf('s', [
        [NOW + 0, CREATED],
        [NOW + 0, { kind: 'step-requested', step: 'pay' }],
        [
          NOW + 1 * S,
          {
            kind: 'step-retry-scheduled',
            step: 'pay',
            attempt: 2,
            dueAtUs: 0,
            failure: 'timeout',
            inDoubt: true,
          },
        ],
        [
          NOW + 2 * S,
          {
            kind: 'step-retry-scheduled',
            step: 'pay',
            attempt: 3,
            dueAtUs: 0,
            failure: 'timeout',
            inDoubt: true,
          },
        ],
        [NOW + 8 * S, { kind: 'step-applied', step: 'pay' }],
        [NOW + 8 * S, { kind: 'step-requested', step: 'ship' }],
        [NOW + 10 * S, { kind: 'step-applied', step: 'ship' }],
        [NOW + 10 * S, { kind: 'saga-completed' }],
      ]),
    ];
    const { steps, reasons } = healthOf(facts({ sample }));
    expect(steps).toMatchObject([
      { step: 'pay', calls: 1, atOnce: 0, retries: 2, meanUs: 8 * S, timeShare: 0.8 },
      { step: 'ship', calls: 1, atOnce: 1, retries: 0, meanUs: 2 * S, timeShare: 0.2 },
    ]);
    expect(reasons).toEqual(['"pay" takes 80 % of the time', '"pay" is tried 3.0 times on average']);
  });
});
