// Which sagas an act for many is about: the same for a server that is asked for it and for a run of the simulator. Pure.

import type { RepairKind } from './repair-act.ts';
import type { SagaStatus, StoredEvent } from './saga-event.ts';
import { statusFrom } from './saga-standing.ts';
import { whyWaiting } from './waiting.ts';

/** Which sagas, read off their logs; all conditions hold together. */
export interface RepairSelection {
  /** Default: those in which the act may apply at all. */
  readonly statuses?: readonly SagaStatus[] | undefined;
  /** By the name of their definition. */
  readonly definition?: string | undefined;
  /** Those to which nothing has happened for so long though something should, or that wait for a person for so long. */
  readonly stuckUs?: number | undefined;
}

/** Statuses in which an act may apply at all: what a selection without a status means. */
const MAY_APPLY: Readonly<Record<RepairKind, readonly SagaStatus[]>> = {
  retry: ['failed', 'compensated'],
  compensate: ['created', 'running'],
  resume: ['running', 'compensation_failed'],
  skip: ['running', 'compensating', 'compensation_failed'],
  resolve: ['created', 'running', 'compensating', 'compensation_failed'],
};

/** The statuses that a selection asks for. */
export function statusesFor(kind: RepairKind, { statuses }: RepairSelection): readonly SagaStatus[] {
  return statuses ?? MAY_APPLY[kind];
}

/**
 * Whether an act for many is about this saga.
 *
 * @param log of one saga, oldest event first
 * @param nowUs in microseconds since 1970
 * @example
 * const waiting = logs.filter((log) => isChosen('resume', { statuses: ['compensation_failed'] }, log, nowUs));
 */
export function isChosen(
  kind: RepairKind,
  selection: RepairSelection,
  log: readonly StoredEvent[],
  nowUs: number,
): boolean {
  const [first] = log;
  if (first?.event.kind !== 'saga-created') return false;
  const { definition, stuckUs } = selection;
  if (definition !== undefined && definition !== first.event.definition) return false;
  if (!statusesFor(kind, selection).includes(statusOf(log))) return false;
  if (stuckUs === undefined) return true;
  const waiting = whyWaiting(log, nowUs);
  return waiting?.isStuck === true && nowUs - waiting.sinceUs >= stuckUs;
}

function statusOf(log: readonly StoredEvent[]): SagaStatus {
  for (let i = log.length - 1; i >= 0; i--) {
    const status = statusFrom(log[i]!.event);
    if (status !== undefined) return status;
  }
  return 'created';
}
