// How the sagas of a store fare, as a report for whoever is on call: what is open, how the last day went, where time goes,
// what is stuck, and what to do about it. Pure: from rows and logs that were read before.
//
// - Degraded above 10 stuck sagas, when under 95 % of the last day completed, or when over a tenth of it waits for a person;
//   unhealthy above 50 stuck ones.
// - A saga that waits for a person did not complete: it counts in the rates, and its failed attempts count in the steps.
// - A step is a bottleneck when more than 30 % of the time of the sagas that were looked at went by in it.
// - Suggestions say what might make sagas faster. There are none while a saga waits for a person: that comes first.

import type { SagaEvent, SagaStatus, StoredEvent } from './saga-event.ts';
import { type SagaWait, STUCK_AFTER_US, whyWaiting } from './waiting.ts';

const DEGRADED_ABOVE = 10;
const UNHEALTHY_ABOVE = 50;
const SUCCESS_MIN = 0.95;
const PERSONS_MAX = 0.1;
const UNDONE_MAX = 0.05;
const MEAN_MAX_US = 30_000_000;
const BOTTLENECK = 0.3;
const SLOW_STEP_US = 5_000_000;
const LONG_SAGA_US = 60_000_000;

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
  /** Attempts of its undo that failed. */
  readonly failedUndos: number;
  readonly meanUs: number;
  /** Of the time of all sagas looked at; 0 to 1. */
  readonly timeShare: number;
}

/** Something that might be worth doing. */
export interface Suggestion {
  readonly kind: 'parallelization' | 'caching' | 'timeout-tuning';
  readonly description: string;
  readonly impact: 'high' | 'medium';
  readonly effort: 'medium' | 'low';
}

export interface SagaHealth {
  readonly overall: 'healthy' | 'degraded' | 'unhealthy';
  readonly active: number;
  /** Of those that came to rest within the period. */
  readonly ended: number;
  /** Of those created within the period. */
  readonly waitForPerson: number;
  /** Share of those that ended or wait for a person; 0 to 1. Absent when there are none. */
  readonly successRate?: number;
  /** Share of the same that was undone; 0 to 1. */
  readonly compensationRate?: number;
  /** Of those that ended. Absent when none did. */
  readonly meanUs?: number;
  readonly stuckCount: number;
  /** Those of the stuck ones whose logs were read. */
  readonly stuck: readonly SagaWait[];
  readonly steps: readonly StepHealth[];
  /** Steps in which more than 30 % of the time goes by, where there are several. */
  readonly bottlenecks: readonly StepHealth[];
  readonly suggestions: readonly Suggestion[];
  readonly reasons: readonly string[];
  readonly recommendations: readonly string[];
}

export interface HealthFacts {
  /** Created within the period. */
  readonly sagas: readonly ListedSaga[];
  /** Logs of sagas that have not ended, or wait for a person, however old. */
  readonly open: readonly (readonly StoredEvent[])[];
  /** How many more of them there are, and how many of these are stuck. */
  readonly unread?: { readonly active: number; readonly stuck: number };
  /** Logs to read step times off: some that ended. */
  readonly sample: readonly (readonly StoredEvent[])[];
  readonly nowUs: number;
}

/** What the facts come to. */
export function healthOf({ sagas, open, unread, sample, nowUs }: HealthFacts): SagaHealth {
  const active: SagaWait[] = [];
  const personLogs: (readonly StoredEvent[])[] = [];
  for (const log of open) {
    const waiting = whyWaiting(log, nowUs);
    if (waiting === undefined || waiting.waitsFor === 'nothing') continue;
    active.push(waiting);
    if (waiting.waitsFor === 'person') personLogs.push(log);
  }
  const stuck = active.filter(({ isStuck }) => isStuck);
  const stuckCount = stuck.length + (unread?.stuck ?? 0);
  const rates = ratesOf(sagas);
  const { waitForPerson, successRate } = rates;
  const personShare = sagas.length === 0 ? 0 : waitForPerson / sagas.length;
  const steps = stepsOf([...sample, ...personLogs]);
  const bottlenecks = steps.length > 1 ? steps.filter(({ timeShare }) => timeShare > BOTTLENECK) : [];
  const needsPerson = personLogs.length > 0 || waitForPerson > 0;
  const findings = [
    ...findingsOf({ stuck, stuckCount, personShare, ...rates }),
    ...(needsPerson ? [] : slowness(steps, bottlenecks, rates.meanUs)),
    ...retryFindings(steps),
  ];
  const isDegraded =
    stuckCount > DEGRADED_ABOVE ||
    personShare > PERSONS_MAX ||
    (successRate !== undefined && successRate < SUCCESS_MIN);
  return {
    overall: stuckCount > UNHEALTHY_ABOVE ? 'unhealthy' : isDegraded ? 'degraded' : 'healthy',
    active: active.length + (unread?.active ?? 0),
    ...rates,
    stuckCount,
    stuck,
    steps,
    bottlenecks,
    suggestions: needsPerson ? [] : suggestionsOf(steps, bottlenecks, rates.meanUs),
    reasons: findings.map(([reason]) => reason),
    recommendations: [...new Set(findings.map(([, todo]) => todo))],
  };
}

type Rates = Pick<SagaHealth, 'ended' | 'waitForPerson' | 'successRate' | 'compensationRate' | 'meanUs'>;

function ratesOf(sagas: readonly ListedSaga[]): Rates {
  const ended = sagas.filter(({ endedAtUs }) => endedAtUs !== undefined);
  const countOf = (status: SagaStatus): number => sagas.filter((saga) => saga.status === status).length;
  const waitForPerson = countOf('compensation_failed');
  const atRest = ended.length + waitForPerson;
  const tookUs = ended.reduce((sum, { createdAtUs, endedAtUs }) => sum + (endedAtUs! - createdAtUs), 0);
  return {
    ended: ended.length,
    waitForPerson,
    ...(atRest === 0
      ? {}
      : { successRate: countOf('completed') / atRest, compensationRate: countOf('compensated') / atRest }),
    ...(ended.length === 0 ? {} : { meanUs: tookUs / ended.length }),
  };
}

type Finding = readonly [reason: string, recommendation: string];

const ASK_PERSON = 'See `sagastorm why`, mend what cannot be undone, and resume them.';
const SEE_FAILURES = 'See `sagastorm diagnose --all`: which step fails, and why.';

function findingsOf({
  stuck,
  stuckCount,
  personShare,
  ended,
  waitForPerson,
  successRate,
  compensationRate,
}: Pick<SagaHealth, 'stuck' | 'stuckCount'> & Rates & { readonly personShare: number }): readonly Finding[] {
  const found: Finding[] = [];
  const persons = stuck.filter(({ waitsFor }) => waitsFor === 'person').length;
  if (persons > 0) found.push([`${persons} wait for a person`, ASK_PERSON]);
  if (personShare > PERSONS_MAX) {
    found.push([`${percent(personShare)} of the sagas of the last 24 h wait for a person`, ASK_PERSON]);
  }
  if (stuckCount > persons) {
    found.push([
      `${stuckCount - persons} have not moved for over ${STUCK_AFTER_US / 1_000_000} s`,
      'See `sagastorm why`: is an engine running, do its services answer?',
    ]);
  }
  if (successRate !== undefined && successRate < SUCCESS_MIN) {
    // Were it high enough with those that wait for a person, they are what is wrong, and no rejection.
    const isForPerson = successRate + waitForPerson / (ended + waitForPerson) >= SUCCESS_MIN;
    const whose = waitForPerson > 0 ? 'that ended or wait for a person' : 'that ended';
    found.push([
      `${successRate === 0 ? 'none' : `only ${percent(successRate)}`} of the sagas ${whose} completed`,
      isForPerson ? ASK_PERSON : SEE_FAILURES,
    ]);
  }
  if (compensationRate !== undefined && compensationRate > UNDONE_MAX) {
    found.push([`${percent(compensationRate)} were undone`, SEE_FAILURES]);
  }
  return found;
}

/** What takes long: left out while a saga waits for a person. */
function slowness(
  steps: readonly StepHealth[],
  bottlenecks: readonly StepHealth[],
  meanUs: number | undefined,
): readonly Finding[] {
  const found: Finding[] = [];
  if (meanUs !== undefined && meanUs > MEAN_MAX_US) {
    found.push([
      `a saga takes ${Math.round(meanUs / 1_000_000)} s on average`,
      'See which step takes the time.',
    ]);
  }
  for (const { step, timeShare } of steps.filter((one) => bottlenecks.includes(one))) {
    found.push([
      `"${step}" takes ${percent(timeShare)} of the time`,
      `Make "${step}" faster, or run it beside others.`,
    ]);
  }
  return found;
}

function retryFindings(steps: readonly StepHealth[]): readonly Finding[] {
  return steps
    .filter(({ calls, retries }) => calls > 0 && retries / calls > 1)
    .map(({ step, calls, retries }) => [
      `"${step}" is tried ${(1 + retries / calls).toFixed(1)} times on average`,
      `See whether the service of "${step}" is well; a circuit breaker spares it.`,
    ]);
}

function suggestionsOf(
  steps: readonly StepHealth[],
  bottlenecks: readonly StepHealth[],
  meanUs: number | undefined,
): readonly Suggestion[] {
  const found: Suggestion[] = [];
  if (bottlenecks.length > 1) {
    const names = bottlenecks.map(({ step }) => `"${step}"`).join(' and ');
    found.push({
      kind: 'parallelization',
      description: `Run ${names} at the same time, if neither needs what the other made.`,
      impact: 'high',
      effort: 'medium',
    });
  }
  for (const { step, meanUs: stepUs } of steps) {
    if (stepUs <= SLOW_STEP_US) continue;
    const description = `"${step}" takes ${Math.round(stepUs / 1_000_000)} s on average: let its service keep what it looks up.`;
    found.push({ kind: 'caching', description, impact: 'medium', effort: 'low' });
  }
  if (meanUs !== undefined && meanUs > LONG_SAGA_US) {
    const description =
      'Sagas take over a minute: see whether the timeouts of their calls are as short as they can be.';
    found.push({ kind: 'timeout-tuning', description, impact: 'medium', effort: 'low' });
  }
  return found;
}

interface StepTally {
  calls: number;
  atOnce: number;
  retries: number;
  rejected: number;
  failedUndos: number;
  applied: number;
  us: number;
}

const UNDO_FAILED: ReadonlySet<SagaEvent['kind']> = new Set<SagaEvent['kind']>([
  'compensation-retry-scheduled',
  'step-compensation-failed',
]);

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
        failedUndos: 0,
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
      else if (UNDO_FAILED.has(event.kind)) tally.failedUndos++;
    }
  }
  return [...tallies].map(([step, { calls, atOnce, retries, rejected, failedUndos, applied, us }]) => ({
    step,
    calls,
    atOnce: calls === 0 ? 0 : atOnce / calls,
    retries,
    rejected,
    failedUndos,
    meanUs: applied === 0 ? 0 : us / applied,
    timeShare: allUs === 0 ? 0 : us / allUs,
  }));
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
