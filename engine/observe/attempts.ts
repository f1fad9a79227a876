// The calls of a saga, read off its log: when each attempt was to leave, when its outcome stood there, what it was.

import type { Direction, FailureClass } from '../core/protocol.ts';
import type { SagaEvent, StoredEvent } from '../core/saga-event.ts';

/** One attempt whose outcome is known. Times in microseconds, by the clock of the log. */
export interface Attempt {
  readonly saga: string;
  readonly step: string;
  readonly service: string;
  readonly direction: Direction;
  readonly attempt: number;
  readonly fromUs: number;
  readonly untilUs: number;
  /** Undefined when it applied. */
  readonly failure: FailureClass | undefined;
  /** What the service, or the engine, said; only of the last attempt of a step. */
  readonly reason: string;
}

/** The service of a step. */
export type ServiceOf = (step: string) => string;

/** Which way the operation went that an event is about. */
export function directionOf(event: Extract<SagaEvent, { readonly step: string }>): Direction {
  if (event.kind === 'step-skipped') return event.direction;
  return event.kind.includes('compens') ? 'compensation' : 'forward';
}

/** Those that are settled, in the order in which they were. */
export function attemptsOf(log: readonly StoredEvent[], serviceOf: ServiceOf): readonly Attempt[] {
  const open = new Map<string, { readonly attempt: number; readonly fromUs: number }>();
  const settled: Attempt[] = [];
  for (const { saga, event, atUs } of log) {
    if (!('step' in event)) continue;
    const { kind, step } = event;
    const direction = directionOf(event);
    const key = `${direction}/${step}`;
    const begun = open.get(key);
    if (kind === 'step-requested' || kind === 'compensation-requested') {
      open.set(key, { attempt: 1, fromUs: atUs });
      continue;
    }
    const isByHandAgain = kind === 'step-retry-scheduled' && event.redriven === true;
    const isRetry =
      !isByHandAgain && (kind === 'step-retry-scheduled' || kind === 'compensation-retry-scheduled');
    if (begun !== undefined && kind !== 'step-skipped') {
      const failure = 'failure' in event ? event.failure : undefined;
      const reason = 'reason' in event ? event.reason : '';
      settled.push({
        saga,
        step,
        service: serviceOf(step),
        direction,
        ...begun,
        untilUs: atUs,
        failure,
        reason,
      });
    }
    open.delete(key);
    if (isRetry) open.set(key, { attempt: event.attempt, fromUs: Math.max(atUs, event.dueAtUs) });
  }
  return settled;
}

/** What is wrong with a log in itself, in words; undefined when nothing is. No definition is needed to see it. */
export function brokenLog(log: readonly StoredEvent[]): string | undefined {
  const requested = new Set<string>();
  let ended: string | undefined;
  for (const [i, { version, event }] of log.entries()) {
    if (version !== i + 1) return `event ${i + 1} is missing`;
    if ((event.kind === 'saga-created') !== (i === 0))
      return `event ${version} is ${event.kind}, where it cannot be`;
    const isByHand = /retried|resumed|skipped|saga-resolved/.test(event.kind) && ended !== 'saga-resolved';
    if (ended !== undefined && !isByHand) return `event ${version} (${event.kind}) comes after ${ended}`;
    ended = /^saga-(completed|compensated|failed|compensation-failed|resolved)$/.test(event.kind)
      ? event.kind
      : undefined;
    if (!('step' in event)) continue;
    const key = `${directionOf(event) === 'compensation' ? 'undo of' : 'step'} "${event.step}"`;
    if (event.kind.endsWith('-requested')) requested.add(key);
    else if (!requested.has(key)) return `event ${version} settles the ${key}, which was never intended`;
  }
  return undefined;
}
