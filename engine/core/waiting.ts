// Why a saga has not ended: on what it waits, since when, until when, what comes next, and what a person can do. Read off its
// log alone, without its definition, so that anything that can read a store can tell.
//
// Y1. An intention is durable before its call leaves (E1): so an open intention that is due is a call that was sent, or is
//     about to be, unless nobody drives the saga.
// Y2. Nothing is guessed: what the log does not say (when a call that was sent times out, who drives the saga) is not said.

import { actWords, type DoneAct, doneAct, TAKES_OVER } from './repair-act.ts';
import { repairCommand } from './repair-command.ts';
import type { SagaEvent, SagaStatus, StopReason, StoredEvent } from './saga-event.ts';
import { isEnded } from './saga-state.ts';

/** A call that is intended and not settled. */
export interface OpenCall {
  readonly step: string;
  readonly direction: 'forward' | 'compensation';
  readonly attempt: number;
  /** When it was intended, in microseconds since 1970. */
  readonly sinceUs: number;
  /** It does not leave before; 0 for at once. */
  readonly dueAtUs: number;
  /** How the attempt before ended. */
  readonly failure?: string;
}

/** `nothing`: it has ended. `engine`: its next step is to be decided. */
export type WaitingFor = 'nothing' | 'person' | 'retry' | 'answer' | 'engine';

/** What a person did to a saga, and when, in microseconds since 1970. */
export interface PastAct extends DoneAct {
  readonly atUs: number;
}

export interface SagaWait {
  readonly saga: string;
  readonly status: SagaStatus;
  readonly waitsFor: WaitingFor;
  readonly calls: readonly OpenCall[];
  /** Of the present wait, in microseconds since 1970. */
  readonly sinceUs: number;
  /** When it is over at the latest, where the log says so. */
  readonly untilUs?: number;
  /** So long after nothing more has happened that somebody should look; see {@link STUCK_AFTER_US}. */
  readonly isStuck: boolean;
  /** On what, since when, until when. */
  readonly sentence: string;
  readonly next: string;
  /** What a person can do. */
  readonly remedy?: string;
  /** The command in which the remedy ends, if it does in one. */
  readonly command?: string;
  /** What people did, oldest first. */
  readonly acts: readonly PastAct[];
}

/**
 * Nothing has happened for so long, and nothing is due: an engine that lives would have gone on. Longer than any policy
 * of ours waits for one answer (15 s), and short enough to be known within 30 s. A log does not say how long a step of its own
 * `timeoutMs` may take: one that is slow on purpose is taken for stuck.
 */
export const STUCK_AFTER_US = 25_000_000;

/**
 * @param log of one saga, oldest event first; undefined for an empty one
 * @param nowUs microseconds since 1970, by the clock of whoever asks
 * @example
 * whyWaiting(await host.log('order-7'), liveNowUs())?.sentence
 * // 'waits for an answer of payment to attempt 2 of "charge", for 4.2 s'
 */
export function whyWaiting(log: readonly StoredEvent[], nowUs: number): SagaWait | undefined {
  const last = log.at(-1);
  if (last === undefined) return undefined;
  const view = new LogReading();
  for (const { event, atUs } of log) view.read(event, atUs);
  const { saga, atUs: lastAtUs } = last;
  const calls = [...view.calls.values()];
  const due = calls.filter(({ dueAtUs }) => dueAtUs <= nowUs);
  const dueAtUs =
    calls.length > 0 && due.length === 0 ? Math.min(...calls.map((call) => call.dueAtUs)) : undefined;
  const base = { saga, status: view.status, calls, acts: view.acts };
  if (isEnded(view.status)) {
    const command = repairCommand('retry', saga);
    return {
      ...base,
      waitsFor: 'nothing',
      sinceUs: lastAtUs,
      isStuck: false,
      sentence: `has ended ${view.status}, ${span(nowUs - lastAtUs)} ago${because(view.reason)}${byHand(view)}`,
      next: 'Nothing happens any more.',
      ...(view.status === 'failed'
        ? { remedy: `It had no effect, and may be tried again: ${command}`, command }
        : {}),
    };
  }
  if (view.status === 'compensation_failed') return forPerson(base, view, lastAtUs, nowUs);
  if (dueAtUs !== undefined) return forRetry(base, view, dueAtUs, nowUs);
  const isStuck = nowUs - lastAtUs > STUCK_AFTER_US && nowUs - latestDue(due, lastAtUs) > STUCK_AFTER_US;
  return due.length > 0
    ? forAnswer(base, view, due, { nowUs, isStuck })
    : forEngine(base, view, { sinceUs: lastAtUs, nowUs, isStuck });
}

/**
 * From when on a saga is stuck if nothing more happens: right after this time {@link whyWaiting} says so, and not before.
 *
 * @param calls those that are open
 * @param lastAtUs of the last event in the log
 */
export function stuckAtUs(calls: readonly OpenCall[], lastAtUs: number): number {
  let quietUs = lastAtUs;
  const due = calls.map(sentAt).sort((a, b) => a - b);
  for (const [i, atUs] of due.entries()) {
    quietUs = Math.max(quietUs, atUs);
    const next = due[i + 1];
    if (next === undefined || quietUs + STUCK_AFTER_US < next) break;
  }
  return quietUs + STUCK_AFTER_US;
}

type Base = Pick<SagaWait, 'saga' | 'status' | 'calls' | 'acts'>;

function forRetry(base: Base, { deadlineAtUs }: LogReading, untilUs: number, nowUs: number): SagaWait {
  const first = base.calls.find((call) => call.dueAtUs === untilUs)!;
  const failed = first.failure === undefined ? '' : ` (the last one ended ${first.failure})`;
  const orCancel = first.direction === 'forward' ? ', or cancel the saga' : '';
  return {
    ...base,
    waitsFor: 'retry',
    sinceUs: first.sinceUs,
    untilUs,
    isStuck: false,
    sentence: `waits ${span(untilUs - nowUs)} more to send attempt ${first.attempt} of ${named(first)}${failed}`,
    next: `The call is sent again, under the same key.${untilDeadline(base, deadlineAtUs, nowUs)}`,
    remedy: `Nothing is needed; if the service is down, mend it${orCancel}.`,
  };
}

function forPerson(base: Base, view: LogReading, sinceUs: number, nowUs: number): SagaWait {
  const { step, failure, reason } = view.gaveUp ?? { step: 'a step', failure: 'unknown', reason: '' };
  const command = repairCommand('resume', base.saga);
  return {
    ...base,
    waitsFor: 'person',
    sinceUs,
    isStuck: true,
    sentence: `waits for a person since ${span(nowUs - sinceUs)}: the undo of "${step}" was given up (${failure}${reason === '' ? '' : `: ${reason}`})`,
    next: 'Nothing happens until somebody acts; what was not undone still stands.',
    remedy: `See why ${step} cannot be undone, mend it, and resume the saga: ${command}`,
    command,
  };
}

function forAnswer(
  base: Base,
  { deadlineAtUs, reason }: LogReading,
  due: readonly OpenCall[],
  { nowUs, isStuck }: { readonly nowUs: number; readonly isStuck: boolean },
): SagaWait {
  const oldest = due.reduce((a, b) => (sentAt(a) <= sentAt(b) ? a : b));
  const others = due.length === 1 ? '' : `, and for ${due.length - 1} more`;
  const stopping =
    reason === undefined || base.status === 'compensating' ? '' : `; it is to stop${because(reason)}`;
  return {
    ...base,
    waitsFor: 'answer',
    sinceUs: sentAt(oldest),
    isStuck,
    sentence: `waits for an answer to attempt ${oldest.attempt} of ${named(oldest)}, for ${span(nowUs - sentAt(oldest))}${others}${stopping}`,
    next: `When there is none in time it is sent again, or given up, as the policy says.${untilDeadline(base, deadlineAtUs, nowUs)}`,
    remedy: isStuck
      ? 'Unless the step allows its service this long, see whether an engine runs on this store, and starts without complaints.'
      : 'Nothing is needed yet; if the service is down, mend it.',
  };
}

function forEngine(
  base: Base,
  { deadlineAtUs }: LogReading,
  {
    sinceUs,
    nowUs,
    isStuck,
  }: { readonly sinceUs: number; readonly nowUs: number; readonly isStuck: boolean },
): SagaWait {
  return {
    ...base,
    waitsFor: 'engine',
    sinceUs,
    isStuck,
    sentence: `waits for an engine to take its next step, for ${span(nowUs - sinceUs)}`,
    next: `An engine goes on with it as soon as it has room.${untilDeadline(base, deadlineAtUs, nowUs)}`,
    remedy: isStuck
      ? 'See whether an engine runs on this store, and knows the definition of the saga.'
      : 'Nothing is needed.',
  };
}

/** What a log says so far: whether the saga is open, and which calls are. */
export class LogReading {
  status: SagaStatus = 'created';
  reason: StopReason | undefined;
  deadlineAtUs: number | undefined;
  /** What people did, oldest first. */
  readonly acts: PastAct[] = [];
  /** The last undo that was given up. */
  gaveUp: Extract<SagaEvent, { readonly kind: 'step-compensation-failed' }> | undefined;
  /** By step and direction. */
  readonly calls = new Map<string, OpenCall>();

  read(event: SagaEvent, atUs: number): void {
    const act = doneAct(event);
    if (act !== undefined) this.acts.push({ ...act, atUs });
    switch (event.kind) {
      case 'saga-created':
        this.deadlineAtUs = event.deadlineAtUs;
        return;
      case 'saga-retried':
        this.status = 'created';
        this.reason = undefined;
        this.deadlineAtUs = event.deadlineAtUs;
        return;
      case 'stop-requested':
        this.reason = event.reason;
        return;
      case 'compensation-started':
        this.status = 'compensating';
        this.reason = event.reason;
        return;
      case 'compensation-resumed':
        this.status = 'compensating';
        return;
      case 'saga-completed':
        this.status = 'completed';
        return;
      case 'saga-compensated':
        this.status = 'compensated';
        return;
      case 'saga-failed':
        this.status = 'failed';
        this.reason = event.reason;
        return;
      case 'saga-compensation-failed':
        this.status = 'compensation_failed';
        return;
      case 'saga-resolved':
        this.status = 'resolved';
        return;
      default:
        this.#readStep(event, atUs);
    }
  }

  #readStep(event: Extract<SagaEvent, { readonly step: string }>, atUs: number): void {
    const { step } = event;
    const open = (direction: OpenCall['direction'], rest: Partial<OpenCall>): void => {
      const call = { step, direction, attempt: 1, sinceUs: atUs, dueAtUs: 0, ...rest };
      this.calls.set(`${step}/${direction}`, call);
    };
    switch (event.kind) {
      case 'step-requested':
        if (this.status === 'created') this.status = 'running';
        return open('forward', {});
      case 'compensation-requested':
        return open('compensation', {});
      case 'step-retry-scheduled':
      case 'compensation-retry-scheduled': {
        const { attempt, dueAtUs, failure } = event;
        return open(event.kind === 'step-retry-scheduled' ? 'forward' : 'compensation', {
          attempt,
          dueAtUs,
          failure,
        });
      }
      case 'step-compensation-failed':
        this.gaveUp = event;
        this.calls.delete(`${step}/compensation`);
        return;
      case 'step-skipped':
        if (this.status === 'compensation_failed') this.status = 'compensating';
        this.calls.delete(`${step}/${event.direction}`);
        return;
      case 'step-compensated':
        this.calls.delete(`${step}/compensation`);
        return;
      default:
        this.calls.delete(`${step}/forward`);
    }
  }
}

function sentAt({ sinceUs, dueAtUs }: OpenCall): number {
  return Math.max(sinceUs, dueAtUs);
}

function latestDue(due: readonly OpenCall[], fallbackUs: number): number {
  return Math.max(fallbackUs, ...due.map(sentAt));
}

function named({ step, direction }: OpenCall): string {
  return direction === 'forward' ? `"${step}"` : `the undo of "${step}"`;
}

/** What people did to a saga, by its log, oldest first. */
export function actsIn(log: readonly StoredEvent[]): readonly PastAct[] {
  return log.flatMap(({ event, atUs }) => {
    const act = doneAct(event);
    return act === undefined ? [] : [{ ...act, atUs }];
  });
}

function because(reason: StopReason | undefined): string {
  if (reason === undefined) return '';
  if (reason.kind === 'deadline') return ', because its deadline passed';
  if (reason.kind === 'cancelled') return ', because it was cancelled';
  return `, because "${reason.step}" failed (${reason.failure}: ${reason.reason})`;
}

/** A saga that a person took over says who, and why. */
function byHand({ status, acts }: LogReading): string {
  const taken = status === 'resolved' ? acts.filter(({ act }) => TAKES_OVER.has(act)) : [];
  return taken.map((act) => `; ${actWords(act)}`).join('');
}

/** Of forward work: an undo has no deadline. */
function untilDeadline({ status }: Base, deadlineAtUs: number | undefined, nowUs: number): string {
  if (deadlineAtUs === undefined || status === 'compensating') return '';
  return deadlineAtUs > nowUs
    ? ` Forward work stops in ${span(deadlineAtUs - nowUs)}, at the deadline.`
    : ' Its deadline has passed: what was done is undone.';
}

const UNITS: readonly (readonly [us: number, name: string])[] = [
  [86_400_000_000, 'days'],
  [3_600_000_000, 'h'],
  [60_000_000, 'min'],
  [1_000_000, 's'],
  [1_000, 'ms'],
];

/** `4.2 s`, `3 min`, `12 ms`. */
function span(us: number): string {
  const [size, name] = UNITS.find(([unit]) => us >= unit) ?? [1_000, 'ms'];
  const value = Math.max(0, us) / size;
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ${name}`;
}
