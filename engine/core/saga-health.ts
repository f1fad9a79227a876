// How the sagas of a store fare, as a report for whoever is on call: what is open, how the last day went, where time goes,
// what is stuck, and what to do about it. Pure: from rows and logs that were read before.
//
// - Degraded above 10 stuck sagas, or when under 95 % of the last day completed; unhealthy above 50 stuck ones.
// - A step is a bottleneck when more than 30 % of the time of the sagas that were looked at went by in it.

import type { SagaStatus, StoredEvent } from './saga-event.ts';
import { type Waiting, whyWaiting } from './waiting.ts';

const DEGRADED_ABOVE = 10;
const UNHEALTHY_ABOVE = 50;
const SUCCESS_MIN = 0.95;
const UNDONE_MAX = 0.05;
const MEAN_MAX_US = 30_000_000;
const BOTTLENECK = 0.3;

/** How a saga stands; as a catalogue of sagas lists it. */
export interface ListedSaga {
  readonly status: SagaStatus;
  readonly createdAtUs: number;
  readonly endedAtUs: number | undefined;
}

/** One step over the logs that were looked at. */
export interface StepHealth {
  readonly step: string;
  readonly calls: number;
  /** Share that was applied at the first attempt; 0 to 1. */
  readonly atOnce: number;
  readonly retries: number;
  readonly rejected: number;
  readonly meanUs: number;
  /** Of the time of all sagas looked at; 0 to 1. */
  readonly timeShare: number;
}

export interface SagaHealth {
  readonly overall: 'healthy' | 'degraded' | 'unhealthy';
  readonly active: number;
  /** Of those that came to rest within the period. */
  readonly ended: number;
  /** Absent when none ended. */
  readonly successRate?: number;
  readonly compensationRate?: number;
  readonly meanUs?: number;
  readonly stuck: readonly Waiting[];
  readonly steps: readonly StepHealth[];
  readonly reasons: readonly string[];
  readonly recommendations: readonly string[];
}

export interface HealthFacts {
  /** Created within the period. */
  readonly sagas: readonly ListedSaga[];
  /** Logs of all sagas that have not ended, however old. */
  readonly open: readonly (readonly StoredEvent[])[];
  /** Logs to read step times off: some that ended. */
  readonly sample: readonly (readonly StoredEvent[])[];
  readonly nowUs: number;
}

/** What the facts come to. */
export function healthOf({ sagas, open, sample, nowUs }: HealthFacts): SagaHealth {
  const waiting = open.flatMap((log) => whyWaiting(log, nowUs) ?? []);
  const active = waiting.filter(({ waitsFor }) => waitsFor !== 'nothing');
  const stuck = active.filter(({ isStuck }) => isStuck);
  const ended = sagas.filter(({ endedAtUs }) => endedAtUs !== undefined);
  const share = (status: SagaStatus): number =>
    ended.filter((saga) => saga.status === status).length / ended.length;
  const rates =
    ended.length === 0
      ? {}
      : {
          successRate: share('completed'),
          compensationRate: share('compensated'),
          meanUs:
            ended.reduce((sum, { createdAtUs, endedAtUs }) => sum + (endedAtUs! - createdAtUs), 0) /
            ended.length,
        };
  const steps = stepsOf(sample);
  const findings = findingsOf({ stuck, steps, ...rates });
  const isDegraded =
    stuck.length > DEGRADED_ABOVE || (rates.successRate !== undefined && rates.successRate < SUCCESS_MIN);
  return {
    overall: stuck.length > UNHEALTHY_ABOVE ? 'unhealthy' : isDegraded ? 'degraded' : 'healthy',
    active: active.length,
    ended: ended.length,
    ...rates,
    stuck,
    steps,
    reasons: findings.map(([reason]) => reason),
    recommendations: [...new Set(findings.map(([, todo]) => todo))],
  };
}

type Finding = readonly [reason: string, recommendation: string];

function findingsOf({
  stuck,
  steps,
  successRate,
  compensationRate,
  meanUs,
}: Pick<SagaHealth, 'stuck' | 'steps' | 'successRate' | 'compensationRate' | 'meanUs'>): readonly Finding[] {
  const found: Finding[] = [];
  const persons = stuck.filter(({ waitsFor }) => waitsFor === 'person').length;
  if (persons > 0)
    found.push([
      `${persons} wait for a person`,
      'See `sagastorm why`, mend what cannot be undone, and resume them.',
    ]);
  if (stuck.length > persons) {
    found.push([
      `${stuck.length - persons} have not moved for over 30 s`,
      'See `sagastorm why`: is an engine running, do its services answer?',
    ]);
  }
  if (successRate !== undefined && successRate < SUCCESS_MIN) {
    found.push([
      `only ${percent(successRate)} of the sagas that ended completed`,
      'See which step is rejected most, and why.',
    ]);
  }
  if (compensationRate !== undefined && compensationRate > UNDONE_MAX) {
    found.push([`${percent(compensationRate)} were undone`, 'See which step is rejected most, and why.']);
  }
  if (meanUs !== undefined && meanUs > MEAN_MAX_US) {
    found.push([
      `a saga takes ${Math.round(meanUs / 1_000_000)} s on average`,
      'See which step takes the time.',
    ]);
  }
  for (const { step, timeShare, retries, calls } of steps) {
    if (timeShare > BOTTLENECK && steps.length > 1) {
      found.push([
        `"${step}" takes ${percent(timeShare)} of the time`,
        `Make "${step}" faster, or run it beside others.`,
      ]);
    }
    if (calls > 0 && retries / calls > 1) {
      found.push([
        `"${step}" is tried ${(1 + retries / calls).toFixed(1)} times on average`,
        `See whether the service of "${step}" is well; a circuit breaker spares it.`,
      ]);
    }
  }
  return found;
}

interface StepTally {
  calls: number;
  atOnce: number;
  retries: number;
  rejected: number;
  applied: number;
  us: number;
}

/** Where the time went: of each step from its intention until its outcome stood in the log. */
function stepsOf(logs: readonly (readonly StoredEvent[])[]): readonly StepHealth[] {
  const tallies = new Map<string, StepTally>();
  let allUs = 0;
  for (const log of logs) {
    const begun = new Map<string, { readonly atUs: number; retries: number }>();
    allUs += Math.max(0, (log.at(-1)?.atUs ?? 0) - (log[0]?.atUs ?? 0));
    for (const { event, atUs } of log) {
      if (!('step' in event)) continue;
      const tally = tallies.get(event.step) ?? {
        calls: 0,
        atOnce: 0,
        retries: 0,
        rejected: 0,
        applied: 0,
        us: 0,
      };
      tallies.set(event.step, tally);
      const begin = begun.get(event.step);
      if (event.kind === 'step-requested') {
        tally.calls++;
        begun.set(event.step, { atUs, retries: 0 });
      } else if (event.kind === 'step-retry-scheduled') {
        tally.retries++;
        if (begin !== undefined) begin.retries++;
      } else if (event.kind === 'step-applied' && begin !== undefined) {
        tally.applied++;
        if (begin.retries === 0) tally.atOnce++;
        tally.us += atUs - begin.atUs;
      } else if (event.kind === 'step-rejected') tally.rejected++;
    }
  }
  return [...tallies].map(([step, { calls, atOnce, retries, rejected, applied, us }]) => ({
    step,
    calls,
    atOnce: calls === 0 ? 0 : atOnce / calls,
    retries,
    rejected,
    meanUs: applied === 0 ? 0 : us / applied,
    timeShare: allUs === 0 ? 0 : us / allUs,
  }));
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
