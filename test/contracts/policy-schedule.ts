// One policy, one schedule: whatever drives the orchestrator, the same outcomes lead to the same attempts at the same
// distances. The acceptance suite of hosts, as far as policies go.

import { describe, expect, test } from 'vitest';
import type { AppendOutput } from '../../engine/core/orchestrator.ts';
import type { Call, Outcome } from '../../engine/core/protocol.ts';
import {
  circuitBreakers,
  definePolicy,
  defineSaga,
  type PolicySet,
  type PolicySpec,
  retryBudgets,
  type SagaDefinition,
} from '../../engine/index.ts';

/** What a host is given: sagas `s-0`, `s-1`, … are begun one after another, each when the one before has ended. */
export interface Schedule {
  readonly definition: SagaDefinition;
  readonly policy: PolicySet;
  readonly sagas: number;
  /** What the service answers. */
  answer(call: Call): Outcome;
}

/** Runs it and tells of every append that became durable, in order. */
export type ScheduleDriver = (schedule: Schedule) => Promise<readonly AppendOutput[]>;

const charge = defineSaga({
  name: 'charge',
  version: 1,
  steps: { charge: { service: 'payment', action: 'charge', compensation: 'refund' } },
});

const ROW = { attemptsMax: 5, initialMs: 2, maxMs: 9, factorPermille: 2_000 } as const;
const APPLIED: Outcome = { kind: 'applied' };
const NOT_NOW: Outcome = { kind: 'unknown', failure: 'transient', reason: 'not now' };
const LATER: Outcome = { kind: 'rejected', failure: 'rate_limited', reason: '429', retryAfterUs: 7_000 };
const NO: Outcome = { kind: 'rejected', failure: 'business', reason: 'no' };

interface Case {
  readonly what: string;
  readonly spec: Omit<PolicySpec, 'name'>;
  /** Answers to the forward attempts of each saga; the last one goes on. Undos fail twice. */
  readonly answers: readonly (readonly Outcome[])[];
  /** Per saga, in microseconds: waits before attempts, `undo` before those of its undo. */
  readonly waits: readonly string[];
}

const CASES: readonly Case[] = [
  {
    what: 'exponential, to the cap',
    spec: { jitter: 'none' },
    answers: [[NOT_NOW, NOT_NOW, NOT_NOW, NOT_NOW, APPLIED]],
    waits: ['2000 4000 8000 9000 completed'],
  },
  {
    what: 'a row for each failure class, and what the service asks for',
    spec: { jitter: 'none', retry: { transient: ROW, rate_limited: { ...ROW, initialMs: 3 } } },
    answers: [[LATER, NOT_NOW, LATER, APPLIED], [NO]],
    waits: ['7000 4000 9000 completed', 'failed'],
  },
  {
    what: 'undos by their own row',
    spec: { jitter: 'none', compensation: { ...ROW, initialMs: 5, backoff: 'linear' } },
    answers: [[NOT_NOW]],
    waits: ['2000 4000 8000 9000 undo 5000 undo 9000 compensated'],
  },
  {
    what: 'jitter by the key of the operation, so different for each saga',
    spec: { jitter: 'full' },
    answers: [
      [NOT_NOW, NOT_NOW, APPLIED],
      [NOT_NOW, NOT_NOW, APPLIED],
    ],
    waits: ['924 1084 completed', '1876 936 completed'],
  },
  {
    what: 'decorrelated',
    spec: { retry: { transient: { ...ROW, backoff: 'decorrelated' } } },
    answers: [[NOT_NOW, NOT_NOW, NOT_NOW, APPLIED]],
    waits: ['3848 4593 2352 completed'],
  },
  {
    what: 'a budget that is spent by one saga ends the retries of the next',
    spec: { jitter: 'none', retryBudget: { ...retryBudgets.tenth, tokensMax: 3 } },
    answers: [[NOT_NOW, NOT_NOW, APPLIED], [NOT_NOW], [NOT_NOW]],
    waits: ['2000 4000 completed', '2000 undo 2000 undo 4000 compensated', 'undo 2000 undo 4000 compensated'],
  },
  {
    what: 'a circuit that one saga opens refuses the next, but not its undo',
    spec: {
      jitter: 'none',
      retry: { transient: ROW, circuit_open: { ...ROW, attemptsMax: 1 } },
      circuitBreaker: { ...circuitBreakers.fiveInARow, recoveryMs: 3_600_000 },
    },
    answers: [[NOT_NOW], [APPLIED]],
    waits: ['2000 4000 8000 9000 undo 2000 undo 4000 compensated', 'undo 2000 undo 4000 compensated'],
  },
  {
    what: 'adaptive: the waits of a service in trouble are stretched',
    spec: {
      jitter: 'none',
      retry: { transient: { ...ROW, initialMs: 1, factorPermille: 1_000 } },
      adaptiveRetry: {
        windowCalls: 10,
        successPermille: 500,
        lowSuccessFactorPermille: 2_000,
        recentFailures: 3,
        recentFailuresFactorPermille: 3_000,
      },
    },
    answers: [[APPLIED], [APPLIED], [NOT_NOW, NOT_NOW, NOT_NOW, NOT_NOW, APPLIED]],
    waits: ['completed', 'completed', '1000 1000 2000 6000 completed'],
  },
];

export function policyScheduleContract(name: string, run: ScheduleDriver): void {
  describe(`${name} goes by the policy`, () => {
    test.each(CASES)('$what', async ({ spec, answers, waits }) => {
      const policy = definePolicy({
        name: 'schedule',
        retry: { transient: ROW },
        compensation: { ...ROW, attemptsMax: 9 },
        ...spec,
      });
      const appends = await run({
        definition: charge,
        policy,
        sagas: answers.length,
        answer({ saga, direction, attempt }) {
          if (direction === 'compensation') return attempt > 2 ? APPLIED : NOT_NOW;
          const own = answers[Number(saga.slice(2))]!;
          return own[Math.min(attempt, own.length) - 1]!;
        },
      });
      expect(answers.map((_, i) => scheduleOf(appends, `s-${i}`))).toEqual(waits);
    });
  });
}

/** The waits of a saga, as they stand in its log, and how it ended. */
function scheduleOf(appends: readonly AppendOutput[], saga: string): string {
  const words = appends
    .filter((append) => append.saga === saga)
    .flatMap(({ atUs, events }) =>
      events.flatMap((event) => {
        switch (event.kind) {
          case 'step-retry-scheduled':
            return [String(event.dueAtUs - atUs)];
          case 'compensation-retry-scheduled':
            return [`undo ${event.dueAtUs - atUs}`];
          case 'saga-completed':
          case 'saga-compensated':
          case 'saga-failed':
            return [event.kind.slice('saga-'.length)];
          default:
            return [];
        }
      }),
    );
  return words.join(' ');
}
