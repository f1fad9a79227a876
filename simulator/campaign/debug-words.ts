// The events of a run in plain sentences, for people who have not seen the code.

import { actWords, doneAct, REPAIR_KINDS } from '../../engine/core/repair-act.ts';
import type { SagaEvent } from '../../engine/core/saga.ts';
import { ordinal } from '../explore/story.ts';
import { duration } from '../faults/fault.ts';
import type { Seen } from './debug-seen.ts';

const ENDS = ['', 'completed', 'compensated', 'failed', 'compensation_failed', 'resolved'];
export const APPEND_ANSWERS = ['durable', 'failed', 'unknown', 'conflict', 'fenced'] as const;

/** How a saga ended, of an event `ended`. */
export function endOf({ y }: Seen): string {
  return ENDS[y] ?? '';
}

/** What became of an append. */
export function appendAnswer({ z }: Seen): (typeof APPEND_ANSWERS)[number] {
  return APPEND_ANSWERS[z & 7] ?? 'durable';
}

/** One event as a sentence. `sender`: the orchestrator that a message came from or was meant for. */
export function eventWords(seen: Seen, sender: string): string {
  const { kind, lane, saga = '', call, x, y } = seen;
  switch (kind) {
    case 'create':
      return `a client asks for saga ${saga}`;
    case 'resume':
      return `an operator tells ${saga} to go on`;
    case 'cancel':
      return `somebody cancels ${saga}`;
    case 'retry':
      return `somebody asks for ${saga} once more`;
    case 'repair':
      return `somebody repairs ${saga}: ${REPAIR_KINDS[y]}`;
    case 'wake':
      return `${lane} wakes up for ${saga}: it has waited long enough`;
    case 'append':
    case 'append-lost':
      return appendWords(seen);
    case 'ended':
      return `the log says that ${saga} is over: ${endOf(seen).replace('_', ' ')} (${(seen.written ?? []).map(logWords).join('; ')})`;
    case 'crash':
      return `${lane} dies; what it kept in memory is gone${y > 0 ? `; back in ${duration(y)}` : ''}`;
    case 'restart':
      return `${lane} starts again, with nothing but the log`;
    case 'pause':
      return `${lane} stands still for ${duration(y)}, and does not know it`;
    case 'takeover':
      return `${lane} takes over: a second worker for the same sagas`;
    case 'fenced':
      return `${lane} is told that another has taken over, and stops`;
    case 'deploy':
      return `${lane} is replaced by a newer version`;
    case 'participant-down':
      return `${lane} dies; what it kept in memory only is gone; back in ${duration(y)}`;
    case 'participant-restart':
      return `${lane} restarts: what it kept in memory only is gone`;
    case 'service-timer':
      return `a timer goes off that ${lane} had set`;
    case 'client-timer':
      return `a timer goes off that a client in ${lane} had set`;
    case 'store-restart':
      return 'the store restarts: appends that were not durable are lost';
    case 'heal':
      return 'from here on no fault strikes';
    case 'clock':
      return `the clock of ${lane} changes by ${duration(y)}`;
    case 'quiet':
      return 'nothing more happens: the judge looks at all the books';
    case 'other':
      return x === 0 ? 'something happens' : `something happens to ${x}`;
    default:
      return call === undefined ? kind : messageWords(seen, sender);
  }
}

function messageWords(seen: Seen, sender: string): string {
  const { kind, lane, call, z } = seen;
  const { step, direction, service, action, saga } = call!;
  const what = direction === 'forward' ? `${step} of ${saga}` : `the undo of ${step} of ${saga}`;
  const again = `${(z >> 1) > 1 ? `, sent for the ${ordinal(z >> 1)} time` : ''}${(z & 1) === 1 ? ' (a copy)' : ''}`;
  switch (kind) {
    case 'send':
      return `${lane} asks ${service} for ${what} (${action}${again})`;
    case 'deliver':
      return `${service} receives the request for ${what}${again}${verdictOf(seen)}`;
    case 'refused':
      return `${service} is down: the request for ${what} is refused`;
    case 'queued':
      return `the request for ${what} waits in line at ${service}`;
    case 'lose':
      return seen.lost === 'reply'
        ? `the answer of ${service} for ${what} is lost: ${sender} will not hear of it`
        : `the request for ${what} is lost${again}: ${service} will not hear of it`;
    case 'client-done':
      return `the client of ${service} in ${lane} is done with ${what}: ${outcomeOf(seen)}`;
    case 'effect':
      return `${service} books ${what} (${action}${booked(seen)})`;
    default:
      return `${lane} reads the answer of ${service} for ${what}: ${outcomeOf(seen)}`;
  }
}

function verdictOf({ outcome }: Seen): string {
  return outcome?.kind === 'rejected' ? `, and refuses it: ${outcome.reason}` : '';
}

function outcomeOf({ outcome }: Seen): string {
  if (outcome === undefined) return 'something';
  if (outcome.kind === 'applied') return 'done';
  const why = outcome.reason === '' ? '' : ` (${outcome.reason})`;
  return outcome.kind === 'rejected' ? `refused${why}` : `nobody knows whether it was done${why}`;
}

function booked({ entry, changes = [] }: Seen): string {
  if (entry === undefined) return '';
  const books = changes.flatMap((change) => {
    if (change.kind === 'balance') return [`${change.account} ${change.from} → ${change.to}`];
    if (change.kind !== 'stock') return [];
    const { item, onHand, reserved, sold } = change.to;
    return [`${item}: ${onHand} on hand, ${reserved} reserved, ${sold} sold`];
  });
  return books.length === 0 ? '' : `: ${books.join(', ')}`;
}

function appendWords(seen: Seen): string {
  const { kind, lane, saga, written = [] } = seen;
  const what = written.map(logWords).join('; ');
  if (kind === 'append-lost')
    return `what ${lane} wrote to the log of ${saga} is lost with the store (${what})`;
  switch (appendAnswer(seen)) {
    case 'durable':
      return `${lane} writes to the log of ${saga}: ${what}`;
    case 'failed':
      return `the store does not take what ${lane} writes to the log of ${saga} (${what})`;
    case 'unknown':
      return `${lane} writes to the log of ${saga}, and is not told whether it worked (${what})`;
    case 'conflict':
      return `the log of ${saga} has moved on: what ${lane} writes is refused (${what})`;
    default:
      return `${lane} was taken over from: what it writes to the log of ${saga} is refused (${what})`;
  }
}

/** One event of a log. */
export function logWords(event: SagaEvent): string {
  switch (event.kind) {
    case 'saga-created':
      return 'the saga begins';
    case 'step-requested':
      return `${event.step} is to be asked for`;
    case 'step-applied':
      return `${event.step} is done`;
    case 'step-retry-scheduled':
      return `${event.step} is to be tried again (${event.failure.replace('_', ' ')})`;
    case 'step-rejected':
      return `${event.step} was refused (${event.reason})`;
    case 'step-left-unknown':
      return `${event.step} is given up, nobody knows whether it was done (${event.reason})`;
    case 'stop-requested':
      return `the saga is to stop${byHand(event)}`;
    case 'compensation-started':
      return 'what was done is to be undone';
    case 'compensation-requested':
      return `the undo of ${event.step} is to be asked for`;
    case 'compensation-retry-scheduled':
      return `the undo of ${event.step} is to be tried again (${event.failure.replace('_', ' ')})`;
    case 'step-compensated':
      return `${event.step} is undone`;
    case 'step-compensation-failed':
      return `the undo of ${event.step} is given up (${event.reason})`;
    case 'compensation-resumed':
      return `a person said to go on with the undo${byHand(event)}`;
    case 'saga-retried':
      return `the saga begins once more${byHand(event)}`;
    case 'step-skipped': {
      const what = event.direction === 'forward' ? event.step : `the undo of ${event.step}`;
      return `${what} is a person's from here on${byHand(event)}`;
    }
    case 'saga-resolved':
      return event.act === undefined
        ? 'the saga ended resolved: the rest was skipped'
        : `the saga is resolved by hand${byHand(event)}`;
    case 'saga-compensation-failed':
      return 'the saga asks for a person';
    default:
      return `the saga ended ${event.kind.replace('saga-', '')}`;
  }
}

/** Who did it, and why. */
function byHand(event: SagaEvent): string {
  const act = doneAct(event);
  return act === undefined ? '' : ` (${actWords(act)})`;
}
