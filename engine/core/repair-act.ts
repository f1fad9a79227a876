// What a person can do to a saga, as data: which act, by whom, why, and under which id. When each is allowed is in repair.ts.

import type { ActRecord, SagaEvent } from './saga-event.ts';
import { UserError } from './user-error.ts';

/**
 * `retry`: a new round of a saga that ended without effect. `compensate`: stop it, and undo what it did. `resume`: try the
 * undos again that were given up. `skip`: one operation is taken over by the person. `resolve`: the whole saga is.
 */
export const REPAIR_KINDS = ['retry', 'compensate', 'resume', 'skip', 'resolve'] as const;
/** One of {@link REPAIR_KINDS}. */
export type RepairKind = (typeof REPAIR_KINDS)[number];

/** Acts after which the engine claims less than it otherwise would: they need a reason, and people who may give one. */
export const TAKES_OVER: ReadonlySet<RepairKind> = new Set<RepairKind>(['skip', 'resolve']);

/** What a person asks for. */
export interface RepairAct {
  readonly act: RepairKind;
  /** Unique within its saga. Asked for twice under one id it is done once. */
  readonly id: string;
  /** Who. From 1 to 100 characters. */
  readonly by: string;
  /** Why. From 1 to 500 characters; `skip` and `resolve` need it. */
  readonly why?: string;
  /** For `skip`: which step. May be left out where there is but one that can be skipped. */
  readonly step?: string;
}

/** An act that stands in a log. */
export interface DoneAct extends ActRecord {
  readonly act: RepairKind;
  readonly step?: string;
}

/** The act that an event did; undefined for what nobody did by hand, or did without leaving a name. */
export function doneAct(event: SagaEvent): DoneAct | undefined {
  switch (event.kind) {
    case 'saga-retried':
      return done('retry', event.act);
    case 'stop-requested':
      return done('compensate', event.act);
    case 'compensation-resumed':
    case 'step-retry-scheduled':
      return done('resume', event.act);
    case 'step-skipped':
      return done('skip', event.act, event.step);
    case 'saga-resolved':
      return done('resolve', event.act);
    default:
      return undefined;
  }
}

function done(act: RepairKind, record: ActRecord | undefined, step?: string): DoneAct | undefined {
  if (record === undefined) return undefined;
  const { id, by, why } = record;
  return { act, id, by, ...(why === undefined ? {} : { why }), ...(step === undefined ? {} : { step }) };
}

/** An act for people: `skip of "charge" by anna: the card is closed`. */
export function actWords({ act, by, why, step }: Omit<DoneAct, 'id'>): string {
  const what = step === undefined ? act : `${act} of "${step}"`;
  return `${what} by ${by}${why === undefined ? '' : `: ${why}`}`;
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._:@~-]{0,99}$/;
/** One line of text: no control characters, which could forge lines of a log. */
const LINE = /^[^\p{Cc}\p{Zl}\p{Zp}]+$/u;
const BY_MAX = 100;
const WHY_MAX = 500;

/**
 * Refuses an act that says too little or too much of itself, whatever the saga.
 *
 * @throws UserError `bad-act`
 * @example
 * checkAct({ act: 'skip', id: 'inc-7', by: 'anna', why: 'the card is closed; refunded by bank transfer' });
 */
export function checkAct({ act, id, by, why, step }: RepairAct): void {
  if (!REPAIR_KINDS.includes(act)) throw badAct(`"${String(act)}" is no repair`, REPAIR_KINDS.join(', '));
  if (typeof id !== 'string' || !ID.test(id)) {
    throw badAct('the id of a repair is not usable', 'Use 1 to 100 letters, digits and . _ : @ ~ -.');
  }
  if (!isLine(by, BY_MAX)) {
    throw badAct('a repair needs the name of who does it', `One line of 1 to ${BY_MAX} characters.`);
  }
  if (why === undefined ? TAKES_OVER.has(act) : !isLine(why, WHY_MAX)) {
    throw badAct(`${act} needs a reason`, `One line of 1 to ${WHY_MAX} characters.`);
  }
  if (step !== undefined && act !== 'skip') {
    throw badAct(`${act} is about a saga, not about a step`, 'Leave the step out.');
  }
}

function isLine(text: unknown, lengthMax: number): boolean {
  return typeof text === 'string' && text.trim() !== '' && text.length <= lengthMax && LINE.test(text);
}

function badAct(message: string, hint: string): UserError {
  return new UserError('bad-act', message, hint);
}
