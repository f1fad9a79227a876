// Why a saga went wrong, by a fixed order of questions: is its log whole; do the services agree with it; did its undo fail;
// is it driven; and if a call failed, how, and how do others fare with the same service. Every class comes with the
// evidence for it and with a remedy. Pure.
//
// Q1. What the services say they did outweighs what the log says, and that outweighs what is likely.
// Q2. A refusal by the business is no fault; a circuit that is open is the consequence of one.
// Q3. Where two causes look the same from here, the evidence says so: a service that is down without a sound, and a network
//     that loses every call, are both `network-timeout`.
// Q4. What a person took over is that person's: the cause is still told, but nothing is left for `resume`.
// Q5. A service is away also where something else answers in its place. Then what was answered is the evidence, and starting
//     the service is no remedy.

import type { FailureClass } from '../core/protocol.ts';
import { actWords, doneAct, TAKES_OVER } from '../core/repair-act.ts';
import type { SagaStatus, StoredEvent } from '../core/saga-event.ts';
import { whyWaiting } from '../core/waiting.ts';
import { type Attempt, attemptsOf, brokenLog, type ServiceOf } from './attempts.ts';
import { type DiagnosisClass, REMEDIES, type Remedy, SOMETHING_ELSE_ANSWERS } from './remedies.ts';

/** How often the effects of a step stand in the books of its service. */
export interface StepEffects {
  readonly step: string;
  readonly forward: number;
  readonly undone: number;
}

/** What is known of a saga, and of the services that it needs. */
export interface DiagnosisFacts {
  /** Oldest event first; empty when the store has none. */
  readonly log: readonly StoredEvent[];
  /** Default: each step is taken for a service of its own. */
  readonly serviceOf?: ServiceOf;
  /** What the services have in their books, if they can be asked. */
  readonly effects?: readonly StepEffects[];
  /** Attempts of other sagas, for how the services fare. */
  readonly others?: readonly Attempt[];
  readonly nowUs: number;
}

/** In the words of people who read traces. */
export type ErrorType = 'timeout' | 'connection_failure' | 'validation_error' | 'service_error';

/** The root cause of what befell a saga, what speaks for it, and what helps. */
export interface Diagnosis extends Remedy {
  readonly saga: string;
  readonly status: SagaStatus | 'unknown';
  readonly class: DiagnosisClass;
  /** What speaks for it, the strongest first. */
  readonly evidence: readonly string[];
  /** The service at which it went wrong, where it is one. */
  readonly service?: string;
  readonly primaryError?: ErrorType;
  /** Failed attempts by service. */
  readonly serviceErrors: Readonly<Record<string, number>>;
  readonly compensationAttempted: boolean;
  readonly durationUs: number;
}

/** What the calls to a service looked like around the time of a failure: so long before and after. */
export const AROUND_US = 60_000_000;
/** Who answers after a quarter of the time that is waited at most is slow; of a slow service at least one in ten answers is. */
const SLOW_AFTER = 4;
const SLOW_ONE_IN = 10;

type Finding = Pick<Diagnosis, 'class' | 'evidence'> & {
  readonly service?: string | undefined;
  /** Instead of what is said of the class. */
  readonly told?: Pick<Remedy, 'cause' | 'remedy'>;
};

/**
 * Why a saga did not complete, or does not go on.
 *
 * @example
 * diagnose({ log: await store.logOf('order-7'), nowUs: liveNowUs() }).class; // 'slow-service'
 */
export function diagnose(facts: DiagnosisFacts): Diagnosis {
  const { log, serviceOf = (step) => step, nowUs } = facts;
  const attempts = attemptsOf(log, serviceOf);
  const failed = attempts.filter(({ failure }) => failure !== undefined);
  const found = byLog(facts) ?? byEffects(facts) ?? byWaiting(facts, attempts) ?? byAttempts(attempts, facts);
  const { service } = found;
  const primary = failed.find(({ failure }) => failure !== 'circuit_open') ?? failed[0];
  const status = whyWaiting(log, nowUs)?.status ?? 'unknown';
  const isTaken = status === 'resolved';
  return {
    saga: log[0]?.saga ?? '',
    status,
    class: found.class,
    evidence: isTaken ? [...found.evidence, ...takenOver(log)] : found.evidence,
    ...REMEDIES[found.class],
    ...found.told,
    ...(isTaken && found.class === 'compensating-failure' ? { remedy: TAKEN_OVER } : {}),
    ...(service === undefined ? {} : { service }),
    ...(primary === undefined ? {} : { primaryError: ERROR_TYPES[primary.failure!] }),
    serviceErrors: counted(failed.map((attempt) => attempt.service)),
    compensationAttempted: log.some(({ event }) => event.kind === 'compensation-requested'),
    durationUs: log.length === 0 ? 0 : log.at(-1)!.atUs - log[0]!.atUs,
  };
}

const TAKEN_OVER = 'Nothing more is sent: a person took it over, and settles by hand what still stands.';

const NO_UNDO_THERE: Pick<Remedy, 'cause' | 'remedy'> = {
  cause: `${REMEDIES['compensating-failure'].cause}: ${SOMETHING_ELSE_ANSWERS.cause}`,
  remedy: `${SOMETHING_ELSE_ANSWERS.remedy} Then resume the saga: sagastorm repair resume.`,
};

/** Q4. By whom. */
function takenOver(log: readonly StoredEvent[]): readonly string[] {
  const acts = log.flatMap(({ event }) => doneAct(event) ?? []).filter(({ act }) => TAKES_OVER.has(act));
  if (acts.length === 0) return ['a person took it over, and left no name'];
  return acts.map((act) => `a person took it over: ${actWords(act)}`);
}

const ERROR_TYPES: Readonly<Record<FailureClass, ErrorType>> = {
  timeout: 'timeout',
  transient: 'connection_failure',
  circuit_open: 'connection_failure',
  invalid_request: 'validation_error',
  rate_limited: 'service_error',
  resource_exhausted: 'service_error',
  dependency_failure: 'service_error',
  business: 'service_error',
};

/** The coordinator: is there a log, and is it whole? */
function byLog({ log, effects = [] }: DiagnosisFacts): Finding | undefined {
  if (log.length === 0) {
    const done = effects.filter(({ forward }) => forward > 0).map(({ step }) => `"${step}"`);
    const evidence = [
      'the store has no event of it',
      ...(done.length === 0 ? [] : [`but ${done.join(', ')} took effect`]),
    ];
    return { class: 'state-loss', evidence };
  }
  const broken = brokenLog(log);
  if (broken !== undefined) return { class: 'log-corruption', evidence: [broken] };
  const intended = new Set(log.flatMap(({ event }) => (event.kind === 'step-requested' ? [event.step] : [])));
  const unknown = effects.find(({ step, forward }) => forward > 0 && !intended.has(step));
  if (unknown === undefined) return undefined;
  return {
    class: 'state-loss',
    evidence: [`"${unknown.step}" took effect, but the log ends before it intends that`],
  };
}

/** The participants: do their books agree with the log? Q1. */
function byEffects({ log, effects = [], nowUs, serviceOf }: DiagnosisFacts): Finding | undefined {
  const status = whyWaiting(log, nowUs)!.status;
  const said = (kind: string, step: string): boolean =>
    log.some(({ event }) => event.kind === kind && 'step' in event && event.step === step);
  for (const { step, forward, undone } of effects) {
    const service = serviceOf?.(step);
    const twice =
      forward > 1 ? `was done ${forward} times` : undone > 1 ? `was undone ${undone} times` : undefined;
    if (twice !== undefined)
      return { class: 'duplicate-processing', evidence: [`"${step}" ${twice}`], service };
  }
  for (const { step, forward, undone } of effects) {
    const service = serviceOf?.(step);
    if (status === 'completed' && forward === 0 && said('step-applied', step)) {
      const evidence = [`the log says that "${step}" was applied, and its service has nothing of it`];
      return { class: 'missing-events', evidence, service };
    }
    if ((status !== 'compensated' && status !== 'failed') || forward <= undone) continue;
    if (said('step-compensated', step)) {
      const evidence = [`the log says that "${step}" was undone, and its effect still stands`];
      return { class: 'inconsistent-state', evidence, service };
    }
    if (said('step-applied', step)) {
      return {
        class: 'incomplete-rollback',
        evidence: [`"${step}" was applied, and nothing ever undoes it`],
        service,
      };
    }
    const evidence = [`the log does not say that "${step}" was applied, and its effect stands`];
    return { class: 'inconsistent-state', evidence, service };
  }
  return undefined;
}

/** The undo, and who drives the saga. */
function byWaiting(
  { log, nowUs, serviceOf = (step) => step }: DiagnosisFacts,
  own: readonly Attempt[],
): Finding | undefined {
  const waiting = whyWaiting(log, nowUs)!;
  const givenUp = log.findLast(({ event }) => event.kind === 'step-compensation-failed')?.event;
  if (givenUp?.kind === 'step-compensation-failed' && waiting.status !== 'compensated') {
    const { step, failure, reason } = givenUp;
    const service = serviceOf(step);
    const there = own.filter((attempt) => attempt.service === service);
    const failed = there.filter((attempt) => attempt.failure !== undefined);
    return {
      class: 'compensating-failure',
      evidence: [
        `the undo of "${step}" was given up (${failure}: ${reason})`,
        `${failed.length} of its ${there.length} attempts at ${service} failed`,
      ],
      service,
      ...(isNoOutcome(givenUp) ? { told: NO_UNDO_THERE } : {}),
    };
  }
  if (!waiting.isStuck) return undefined;
  return { class: 'engine-away', evidence: [`it ${waiting.sentence}`] };
}

/** The calls that failed: which service, and in which way. */
function byAttempts(own: readonly Attempt[], { log, others = [], nowUs }: DiagnosisFacts): Finding {
  const failed = own.filter(({ failure, direction }) => failure !== undefined && direction === 'forward');
  const real = failed.filter(({ failure }) => failure !== 'circuit_open'); // Q2
  const last = real.at(-1) ?? failed.at(-1);
  if (last === undefined) return untroubled(log, nowUs);
  const { service } = last;
  const around = others.filter(
    (other) =>
      other.service === service &&
      other.untilUs > last.fromUs - AROUND_US &&
      other.fromUs < last.untilUs + AROUND_US,
  );
  const ofService = real.filter((attempt) => attempt.service === service);
  return {
    ...classified(last, ofService, [...own.filter((one) => one.service === service), ...around]),
    service,
  };
}

function classified(last: Attempt, own: readonly Attempt[], seen: readonly Attempt[]): Finding {
  const { failure, reason, service } = last;
  if (failure === 'business')
    return { class: 'business-refusal', evidence: [`${service} said no: ${reason}`] };
  if (failure === 'invalid_request')
    return { class: 'invalid-request', evidence: [`${service} refuses the request: ${reason}`] };
  const count = (...classes: readonly FailureClass[]): number =>
    own.filter((attempt) => classes.includes(attempt.failure!)).length;
  const locked = [...own, ...seen].find((attempt) =>
    /dead ?lock|lock wait|could not serialize/i.test(attempt.reason),
  );
  if (locked !== undefined) return { class: 'deadlock', evidence: [`${service} says "${locked.reason}"`] };
  const [full, late] = [count('rate_limited', 'resource_exhausted'), count('timeout')];
  const tries = `${own.length} of its attempts at ${service} failed`;
  if (full > late && full >= count('transient', 'dependency_failure')) {
    return { class: 'resource-contention', evidence: [`${tries}, ${full} because it has no room`] };
  }
  if (late === 0 || late < count('transient', 'dependency_failure')) {
    const what =
      late === 0
        ? `${tries} with an error`
        : `${tries}, ${own.length - late} with an error and ${late} in silence`;
    return unavailable(what, count('dependency_failure') > count('transient'), seen);
  }
  return slowOrLost(`${tries}, ${late} without an answer in time`, own, seen);
}

/** The HTTP transport's words for an answer that is no outcome: a status, or what its parser says of what is no HTTP. */
const NO_OUTCOME = /^(answered \d{3}\b|HPE_)/;

function isNoOutcome({ failure, reason }: Pick<Attempt, 'failure' | 'reason'>): boolean {
  return failure === 'dependency_failure' && NO_OUTCOME.test(reason);
}

/** Q5. @param isStrange whether most failures were `dependency_failure`: of it the log says why only when a step is given up */
function unavailable(what: string, isStrange: boolean, seen: readonly Attempt[]): Finding {
  const answered = seen.filter(({ failure }) => failure === undefined).length;
  const failed = seen.filter(({ failure }) => failure === 'transient' || failure === 'dependency_failure');
  const given = failed.filter(({ reason }) => reason !== '');
  const [most] = [...Map.groupBy(given, ({ reason }) => reason).values()].sort((a, b) => b.length - a.length);
  const isElsewhere = most === undefined ? isStrange : isNoOutcome(most[0]!);
  return {
    class: 'service-unavailable',
    evidence: [
      what,
      ...(most === undefined
        ? []
        : [`the reason given most often (${most.length} of ${given.length}): "${most[0]!.reason}"`]),
      ...(isElsewhere ? ['what was answered is no outcome (dependency_failure)'] : []),
      `${answered} of ${seen.length} calls around it were applied`,
    ],
    ...(isElsewhere ? { told: SOMETHING_ELSE_ANSWERS } : {}),
  };
}

/** A service that is slow still answers, late; of a network that loses calls, those that come through are as fast as ever. */
function slowOrLost(what: string, own: readonly Attempt[], seen: readonly Attempt[]): Finding {
  const waitedUs = Math.max(...own.filter(({ failure }) => failure === 'timeout').map(lengthUs));
  const answered = seen.filter(({ failure }) => failure === undefined);
  if (answered.length === 0) {
    return { class: 'network-timeout', evidence: [what, 'nobody had an answer at that time'] };
  }
  const slow = answered.filter((attempt) => lengthUs(attempt) * SLOW_AFTER > waitedUs).length;
  const isSlow = slow * SLOW_ONE_IN >= answered.length;
  const took = `${slow} of ${answered.length} answers around it came after more than a quarter of the time that is waited`;
  return { class: isSlow ? 'slow-service' : 'network-timeout', evidence: [what, took] };
}

function untroubled(log: readonly StoredEvent[], nowUs: number): Finding {
  const { status, sentence } = whyWaiting(log, nowUs)!;
  const reason = log.findLast(
    ({ event }) => event.kind === 'stop-requested' || event.kind === 'compensation-started',
  )?.event;
  const stop =
    reason !== undefined && 'reason' in reason && typeof reason.reason === 'object'
      ? reason.reason.kind
      : undefined;
  if (stop === 'cancelled') return { class: 'cancelled', evidence: ['a person cancelled it'] };
  if (stop === 'deadline')
    return { class: 'slow-service', evidence: ['its deadline passed, and no call had failed'] };
  return { class: 'none', evidence: [status === 'completed' ? 'it completed' : `it ${sentence}`] };
}

function lengthUs({ fromUs, untilUs }: Attempt): number {
  return untilUs - fromUs;
}

/** How often each word comes. */
export function counted(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
