// Why sagas went wrong: a table of logs and books, and a simulated shop in which one thing goes wrong in each run.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FailureClass, Outcome } from '../../engine/core/protocol.ts';
import type { SagaEvent, StoredEvent } from '../../engine/core/saga-event.ts';
import { outcomeOfAnswer, outcomeOfFailure } from '../../engine/http/http-outcome.ts';
import { attemptsOf } from '../../engine/observe/attempts.ts';
import { servicesIn } from '../../engine/observe/diagnose-all.ts';
import { brokenLog, diagnose, diagnoseAll, REMEDIES, type StepEffects } from '../../engine/observe/index.ts';
import orderProcessing from '../../scenarios/order-processing.ts';
import { logsOf, observed, prepare } from '../../simulator/campaign/index.ts';
import { confusionOf, KINDS, shareRight, tableOf } from './confusion.ts';

const S = 1_000_000;
const CREATED: SagaEvent = { kind: 'saga-created', definition: 'd', definitionVersion: 1, input: {} };
const asked = (step: string): SagaEvent => ({ kind: 'step-requested', step });
const applied = (step: string): SagaEvent => ({ kind: 'step-applied', step });
const COMPLETED: SagaEvent = { kind: 'saga-completed' };
const again = (attempt: number, failure: FailureClass): SagaEvent => ({
  kind: 'step-retry-scheduled',
  step: 'pay',
  attempt,
  dueAtUs: 0,
  failure,
  inDoubt: false,
});
const NO = { kind: 'step-failed', step: 'pay', failure: 'business', reason: 'no money' } as const;
const UNDONE: readonly SagaEvent[] = [
  CREATED,
  asked('stock'),
  applied('stock'),
  asked('pay'),
  { kind: 'step-rejected', step: 'pay', failure: 'business', reason: 'no money' },
  { kind: 'compensation-started', reason: NO },
  { kind: 'compensation-requested', step: 'stock' },
  { kind: 'step-compensated', step: 'stock' },
  { kind: 'saga-compensated' },
];

/** Event n was written at second n. */
function logOf(events: readonly SagaEvent[]): readonly StoredEvent[] {
  return events.map((event, i) => ({ saga: 's', version: i + 1, epoch: 1, atUs: (i + 1) * S, event }));
}

function found(events: readonly SagaEvent[], effects?: readonly StepEffects[], nowS = 20) {
  return diagnose({ log: logOf(events), nowUs: nowS * S, ...(effects === undefined ? {} : { effects }) });
}

const stands = (step: string, forward: number, undone = 0): StepEffects => ({ step, forward, undone });

describe('a saga whose undo was given up', () => {
  const GIVEN_UP: readonly SagaEvent[] = [
    ...UNDONE.slice(0, -2),
    { kind: 'step-compensation-failed', step: 'stock', failure: 'timeout', reason: 'late' },
    { kind: 'saga-compensation-failed' },
  ];
  const act = { id: 'act-1', by: 'anna', why: 'ticket 4711' };
  const skipped: SagaEvent = { kind: 'step-skipped', step: 'stock', direction: 'compensation', act };

  test('is to be resumed while it waits for a person', () => {
    expect(found(GIVEN_UP)).toMatchObject({
      status: 'compensation_failed',
      remedy: expect.stringContaining('resume'),
    });
  });

  test.each<[string, readonly SagaEvent[], string]>([
    ['resolved', [{ kind: 'saga-resolved', act }], 'a person took it over: resolve by anna: ticket 4711'],
    [
      'resolved by a skip',
      [skipped, { kind: 'saga-resolved' }],
      'a person took it over: skip of "stock" by anna: ticket 4711',
    ],
    ['resolved without a name', [{ kind: 'saga-resolved' }], 'a person took it over, and left no name'],
  ])('is nothing to resume once it is %s, and who took it over is said', (_what, events, sentence) => {
    const one = found([...GIVEN_UP, ...events]);
    expect(one).toMatchObject({ status: 'resolved', class: 'compensating-failure' });
    expect(one.remedy).not.toContain('resume');
    expect(one.remedy).toContain('a person took it over');
    expect(one.evidence.at(-1)).toBe(sentence);
  });
});

describe('a saga', () => {
  test.each<[string, readonly SagaEvent[], readonly StepEffects[] | undefined, string]>([
    ['that completed', [CREATED, asked('pay'), applied('pay'), COMPLETED], undefined, 'it completed'],
    ['refused by the business', UNDONE, undefined, 'pay said no: no money'],
    ['whose service was done with it twice', UNDONE, [stands('stock', 2, 1)], '"stock" was done 2 times'],
    [
      'undone in the log only',
      UNDONE,
      [stands('stock', 1)],
      'the log says that "stock" was undone, and its effect still stands',
    ],
    [
      'rejected in the log only',
      UNDONE,
      [stands('stock', 1, 1), stands('pay', 1)],
      'the log does not say that "pay" was applied, and its effect stands',
    ],
    [
      'done in the log only',
      [CREATED, asked('pay'), applied('pay'), COMPLETED],
      [stands('pay', 0)],
      'the log says that "pay" was applied, and its service has nothing of it',
    ],
    [
      'without an undo for what it did',
      UNDONE.filter((event) => event.kind !== 'compensation-requested' && event.kind !== 'step-compensated'),
      [stands('stock', 1)],
      '"stock" was applied, and nothing ever undoes it',
    ],
    [
      'that did more than its log knows',
      [CREATED],
      [stands('pay', 1)],
      '"pay" took effect, but the log ends before it intends that',
    ],
    ['of which the store knows nothing', [], [stands('pay', 1)], 'the store has no event of it'],
    [
      'that is refused because there is no room',
      [CREATED, asked('pay'), again(2, 'rate_limited')],
      undefined,
      '1 of its attempts at pay failed, 1 because it has no room',
    ],
    [
      'that waits behind a circuit',
      [CREATED, asked('pay'), again(2, 'timeout'), again(3, 'circuit_open')],
      undefined,
      '1 of its attempts at pay failed, 1 without an answer in time',
    ],
    [
      'cancelled',
      [
        CREATED,
        { kind: 'stop-requested', reason: { kind: 'cancelled' } },
        { kind: 'saga-failed', reason: { kind: 'cancelled' } },
      ],
      undefined,
      'a person cancelled it',
    ],
  ])('%s: %j', (_what, events, effects, evidence) => {
    expect(found(events, effects).evidence[0]).toBe(evidence);
  });

  test('that nobody drives', () => {
    const { class: name, evidence } = found([CREATED, asked('pay')], undefined, 62);
    expect([name, evidence]).toEqual([
      'engine-away',
      ['it waits for an answer to attempt 1 of "pay", for 1 min'],
    ]);
  });

  test('tells which services failed, how first, and whether anything was undone', () => {
    expect(found(UNDONE)).toMatchObject({
      class: 'business-refusal',
      ...REMEDIES['business-refusal'],
      service: 'pay',
      primaryError: 'service_error',
      serviceErrors: { pay: 1 },
      compensationAttempted: true,
      durationUs: 8 * S,
    });
  });

  test('Q1: that nobody answered in time is a slow service when others had to wait, and a network when they had not', () => {
    const own = logOf([CREATED, asked('pay'), again(2, 'timeout'), again(3, 'timeout')]);
    const other = (seconds: number): readonly StoredEvent[] =>
      [CREATED, asked('pay'), applied('pay')].map((event, i) => ({
        saga: 'other',
        version: i + 1,
        epoch: 1,
        atUs: i === 2 ? (2 + seconds) * S : 2 * S,
        event,
      }));
    const classOf = (seconds: number) =>
      diagnoseAll({ logs: [own], others: [other(seconds)], nowUs: 5 * S }).map((one) => one.class);
    expect([classOf(0.9), classOf(0.1)]).toEqual([['slow-service'], ['network-timeout']]);
  });
});

describe('Q5: a service that cannot be used', () => {
  const reasonOf = (outcome: Outcome): string => (outcome.kind === 'applied' ? 'none' : outcome.reason);
  const answered = (status: number, body: string): string =>
    reasonOf(outcomeOfAnswer({ status, body, retryAfter: undefined }, 0));
  const NO_JSON = answered(200, '<html>');
  const LOGIN = answered(401, '{ "detail": "log in first" }');
  const givenUp = (failure: FailureClass, reason: string): readonly SagaEvent[] => [
    CREATED,
    asked('pay'),
    again(2, failure),
    { kind: 'step-left-unknown', step: 'pay', failure, reason },
    { kind: 'compensation-started', reason: { kind: 'step-failed', step: 'pay', failure, reason } },
    { kind: 'compensation-requested', step: 'pay' },
    { kind: 'step-compensated', step: 'pay' },
    { kind: 'saga-compensated' },
  ];
  const beside = (saga: string, events: readonly SagaEvent[]): readonly StoredEvent[] =>
    logOf(events).map((row) => ({ ...row, saga }));

  test('is told with what was answered, and how often, when something else answers at its address', () => {
    const [one] = diagnoseAll({
      logs: [logOf(givenUp('dependency_failure', NO_JSON))],
      others: [
        beside('a', givenUp('dependency_failure', LOGIN)),
        beside('b', givenUp('dependency_failure', NO_JSON)),
      ],
      nowUs: 20 * S,
    });
    expect(one).toMatchObject({
      class: 'service-unavailable',
      cause: expect.stringContaining('something else answers'),
      remedy: expect.stringMatching(/address.*proxy.*credentials/),
      evidence: [
        '2 of its attempts at pay failed with an error',
        `the reason given most often (2 of 3): "${NO_JSON}"`,
        'what was answered is no outcome (dependency_failure)',
        '3 of 9 calls around it were applied',
      ],
    });
  });

  test('is no better for its undo: where that was given up, too, what answers there comes before resuming', () => {
    const events = givenUp('dependency_failure', NO_JSON).slice(0, -2);
    const stop = {
      kind: 'step-compensation-failed',
      step: 'pay',
      failure: 'dependency_failure',
      reason: NO_JSON,
    } as const;
    expect(found([...events, stop, { kind: 'saga-compensation-failed' }])).toMatchObject({
      class: 'compensating-failure',
      cause: expect.stringMatching(/an undo was given up: something else answers/),
      remedy: expect.stringMatching(/address.*proxy.*credentials.*resume/),
    });
  });

  test.each<[string, readonly SagaEvent[]]>([
    ['answers 401', givenUp('dependency_failure', LOGIN)],
    [
      'speaks no HTTP',
      givenUp('dependency_failure', reasonOf(outcomeOfFailure('garbled', 'HPE_INVALID_CONSTANT'))),
    ],
    ['is asked again still', [CREATED, asked('pay'), again(2, 'dependency_failure')]],
  ])('is something else when what %s', (_what, events) => {
    expect(found(events)).toMatchObject({
      class: 'service-unavailable',
      cause: expect.stringContaining('something else'),
    });
  });

  test.each<[string, readonly SagaEvent[], string]>([
    ['refuses connections', givenUp('transient', 'ECONNREFUSED'), '"ECONNREFUSED"'],
    ['fails', givenUp('transient', answered(500, '')), '"answered 500"'],
    [
      'says itself that another is away',
      givenUp('dependency_failure', 'the bank is away'),
      '"the bank is away"',
    ],
    ['is not configured', givenUp('dependency_failure', 'no service pay'), '"no service pay"'],
  ])('is away when it %s, and the reason is told', (_what, events, reason) => {
    const { class: name, cause, remedy, evidence } = found(events);
    expect({ pattern: 'partition', cause, remedy }).toEqual(REMEDIES['service-unavailable']);
    expect([name, evidence[1]]).toEqual([
      'service-unavailable',
      `the reason given most often (1 of 1): ${reason}`,
    ]);
  });
});

test('each of many sagas is diagnosed as if it were compared with all', () => {
  const moment = fc.integer({ min: 0, max: 900 });
  const call = fc.tuple(
    moment,
    fc.constantFrom('timeout', 'transient', undefined),
    fc.integer({ max: 200, min: 0 }),
  );
  fc.assert(
    fc.property(fc.array(call, { minLength: 1, maxLength: 12 }), (calls) => {
      const logs = calls.map(([atS, failure, tookS], i) => {
        const end = failure === undefined ? applied('pay') : again(2, failure);
        return [CREATED, asked('pay'), end].map((event, n) => ({
          saga: `s-${i}`,
          version: n + 1,
          epoch: 1,
          atUs: (atS + (n === 2 ? tookS : 0)) * S,
          event,
        }));
      });
      const all = logs.flatMap((log) => attemptsOf(log, servicesIn(log)));
      const nowUs = 2_000 * S;
      const oneByOne = logs.map((log) => {
        const others = all.filter(({ saga }) => saga !== log[0]!.saga);
        return diagnose({ log, serviceOf: servicesIn(log), others, nowUs });
      });
      expect(diagnoseAll({ logs, nowUs })).toEqual(oneByOne);
    }),
  );
});

describe('a log', () => {
  test.each<[string, (log: readonly StoredEvent[]) => readonly StoredEvent[], string]>([
    ['with a hole', (log) => log.toSpliced(2, 1), 'event 3 is missing'],
    [
      'that goes on after its end',
      (log) => logOf([...log.map(({ event }) => event), asked('x')]),
      'event 10 (step-requested) comes after saga-compensated',
    ],
    [
      'that settles what was never intended',
      () => logOf([CREATED, applied('x')]),
      'event 2 settles the step "x", which was never intended',
    ],
    ['that begins in the middle', () => logOf([asked('x')]), 'event 1 is step-requested, where it cannot be'],
  ])('%s is broken', (_what, alter, sentence) => {
    expect(brokenLog(alter(logOf(UNDONE)))).toBe(sentence);
  });

  test('of a storm never is', async () => {
    const job = await prepare({ scenario: 'order-processing', profile: 'storm', sagas: 200 });
    const { happenings } = observed({ ...job, scenario: orderProcessing }, 'whole', {});
    const broken = [...logsOf(happenings).values()].flatMap((log) => brokenLog(log) ?? []);
    expect([logsOf(happenings).size, broken]).toEqual([200, []]);
  });
});

describe('a shop in which one thing goes wrong', () => {
  test('is diagnosed rightly, whatever it is', async () => {
    const confusion = await confusionOf(6);
    expect(shareRight(confusion), tableOf(confusion)).toBeGreaterThanOrEqual(0.95);
  });

  test('the table in the docs has every cause, and at least 95 of 100 runs right', () => {
    const doc = readFileSync('docs/on-call.md', 'utf8');
    const rows = [...doc.matchAll(/^\| `([\w-]+)` \| (\d+) of (\d+) \|/gm)];
    expect(rows.map(([, kind]) => kind)).toEqual(KINDS);
    const sum = (column: number): number => rows.reduce((total, row) => total + Number(row[column]), 0);
    expect(sum(3)).toBeGreaterThanOrEqual(1_000);
    expect(sum(2) / sum(3)).toBeGreaterThanOrEqual(0.95);
  });
});
