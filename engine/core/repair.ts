// What the acts of people come to: the facts to append, nothing because it was done before, or a refusal in one sentence.
// Pure. Which state allows which act:
//
//                        retry   compensate  resume  skip                                 resolve
//   created, running     –       yes         ¹       –                                    yes
//     · is stopping      –       –           –       –                                    yes
//     · past its pivot   –       –           –       a retriable step under way           yes
//   compensating         –       –           –       a step whose undo is under way       yes
//                                                    or was given up
//   compensation_failed  –       –           yes     a step whose undo was given up       yes
//   compensated, failed  yes     –           –       –                                    –
//   completed, resolved  –       –           –       –                                    –
//
//   ¹ of a choreography: its dead letters. No delivery can be skipped: an event would be lost.
//
// R1. The same act (by its id) is one event, however often it is asked for, by whichever process, before and after crashes:
//     the ids stand in the log, and this is asked of a state that is durable (E10).
// R2. What is skipped is closed for the engine only: no call of it leaves any more, in this or any later round, and no answer
//     is awaited (E6). Its key stays open: a copy that is on its way may still land, and no tombstone bars it. To look after
//     that is what the person took over. So a saga of which something was skipped never begins a new round (E4): the new key
//     would stand beside the open one.
// R3. What others depend on: the undos that waited for a skipped undo begin; the steps that come after a skipped step begin,
//     without its result. Everything else keeps the rules (E3, E8).
// R4. A saga of which something was skipped ends `resolved`, never `completed` or `compensated`: the engine does not know.
//     XA has called such an outcome heuristic, and made the coordinator remember it, since 1991 (X/Open, Distributed TP).
// R5. After `resolve` nothing is sent. Steps that are pending, rejected or compensated by the log are claimed to be so; all
//     others are the person's. In a choreography those that are pending are, too: a service may have done them, and not be heard yet.

import { unreachable } from './assert.ts';
import type { Direction } from './protocol.ts';
import { redriven } from './redrive.ts';
import { actWords, type RepairAct } from './repair-act.ts';
import type { ActRecord, SagaEvent } from './saga-event.ts';
import { isCommitted, isEnded, isUnderWay, type SagaState } from './saga-state.ts';

/** What an act comes to. */
export type Repair =
  | { readonly kind: 'decided'; readonly events: readonly SagaEvent[] }
  /** R1. */
  | { readonly kind: 'done-before' }
  /** It does not apply; `reason` is the end of a sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * What a person's act means for a saga: see the table above.
 *
 * @param state durable: what stands in the log
 * @param act checked, see `checkAct`
 * @param nowUs for the deadline of a new round, in microseconds
 * @example
 * decideRepair(state, { act: 'resume', id: 'inc-7', by: 'anna' }, nowUs); // { kind: 'refused', reason: 'it is running …' }
 */
export function decideRepair(state: SagaState, act: RepairAct, nowUs: number): Repair {
  const before = state.acts.find(({ id }) => id === act.id);
  if (before !== undefined) {
    const isSame = before.act === act.act && (act.step === undefined || act.step === before.step);
    return isSame
      ? { kind: 'done-before' }
      : refused(`the id "${act.id}" is that of another act, ${actWords(before)}`);
  }
  const { id, by, why } = act;
  const record = { id, by, ...(why === undefined ? {} : { why }) };
  switch (act.act) {
    case 'retry':
      return decideRetry(state, nowUs, record);
    case 'compensate':
      return decideCompensate(state, record);
    case 'resume':
      return decideResume(state, nowUs, record);
    case 'skip':
      return decideSkip(state, act.step, record);
    case 'resolve':
      return isEnded(state.status)
        ? refused(`it has ended ${state.status}`)
        : decided({ kind: 'saga-resolved', act: record });
    default:
      return unreachable(act.act);
  }
}

/** E4: a new round, with a deadline of its own, only when no effect is left standing (R2). */
function decideRetry(state: SagaState, nowUs: number, act: ActRecord): Repair {
  const { status, round, definition } = state;
  if (status === 'resolved') return refused('a person took it over, and what that person did may stand');
  if (status !== 'failed' && status !== 'compensated') {
    return refused(`it is ${status}: only what ended without effect begins anew`);
  }
  const deadline = definition.deadlineUs === undefined ? {} : { deadlineAtUs: nowUs + definition.deadlineUs };
  return decided({ kind: 'saga-retried', round: round + 1, ...deadline, act });
}

/** The undos that were given up; or the dead letters of a choreography. */
function decideResume(state: SagaState, nowUs: number, act: ActRecord): Repair {
  if (state.status === 'compensation_failed') return decided({ kind: 'compensation-resumed', act });
  const events = redriven(state, nowUs, act);
  if (events.length > 0) return { kind: 'decided', events };
  return refused(`it is ${state.status}, and no undo of it was given up`);
}

/** E7, E8. */
function decideCompensate(state: SagaState, act: ActRecord): Repair {
  const { status, reason } = state;
  if (status === 'compensation_failed') return refused('its undo was given up: resume it');
  if (status === 'compensating') return refused('it is being undone already');
  if (isEnded(status)) return refused(`it has ended ${status}`);
  if (reason !== undefined) return refused('it is stopping already');
  if (isCommitted(state)) return refused('it is past its point of no return, and only goes forward');
  return decided({ kind: 'stop-requested', reason: { kind: 'cancelled' }, act });
}

interface Skippable {
  readonly step: string;
  readonly direction: Direction;
}

function decideSkip(state: SagaState, wanted: string | undefined, act: ActRecord): Repair {
  const { steps } = state.definition;
  if (wanted !== undefined && !steps.some(({ name }) => name === wanted)) {
    return refused(`it has no step "${wanted}"`);
  }
  const candidates = skippable(state);
  const [only, ...others] = candidates.filter(({ step }) => wanted === undefined || step === wanted);
  if (only === undefined) {
    const which = wanted === undefined ? 'no step of it' : `"${wanted}"`;
    return refused(`${which} can be skipped while it is ${state.status}: ${WHAT_CAN}`);
  }
  if (others.length > 0) {
    return refused(
      `there are several steps to skip, so name one: ${candidates.map(({ step }) => step).join(', ')}`,
    );
  }
  return decided({ kind: 'step-skipped', ...only, act });
}

const WHAT_CAN = 'only an undo that has begun can be, or a retriable step under way';

/** The operations of a saga that a person may take over now. */
export function skippable(state: SagaState): readonly Skippable[] {
  const isUndoing = state.status === 'compensating' || state.status === 'compensation_failed';
  const isForward = state.status === 'running' && isCommitted(state);
  if (state.definition.flow !== undefined) return []; // who skips a delivery would lose an event
  return state.definition.steps.flatMap(({ name: step, kind }, i): readonly Skippable[] => {
    const current = state.steps[i]!;
    const { status } = current;
    if (isUndoing && (status === 'compensating' || status === 'compensation_failed')) {
      return [{ step, direction: 'compensation' }];
    }
    return isForward && kind === 'retriable' && isUnderWay(current) ? [{ step, direction: 'forward' }] : [];
  });
}

function decided(event: SagaEvent): Repair {
  return { kind: 'decided', events: [event] };
}

function refused(reason: string): Repair {
  return { kind: 'refused', reason };
}
