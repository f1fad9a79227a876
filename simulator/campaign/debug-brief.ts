// The events of a run in a few words, for a diagram that already shows who does what to whom.

import { REPAIR_KINDS } from '../../engine/core/repair-act.ts';
import { ordinal } from '../explore/story.ts';
import { duration } from '../faults/fault.ts';
import type { Seen } from './debug-seen.ts';
import { appendAnswer, endOf, logWords } from './debug-words.ts';

const ANSWERS = { applied: 'done', rejected: 'refused', unknown: 'in doubt' } as const;

/** One event in a few words. */
export function briefWords(seen: Seen): string {
  const { kind, saga = '', call, y } = seen;
  switch (kind) {
    case 'create':
      return `${saga} is asked for`;
    case 'resume':
      return `${saga}: go on`;
    case 'cancel':
      return `${saga}: cancelled`;
    case 'retry':
      return `${saga}: once more`;
    case 'repair':
      return `${saga}: ${REPAIR_KINDS[y]}`;
    case 'wake':
      return 'has waited long enough';
    case 'append':
    case 'append-lost':
      return appendBrief(seen);
    case 'ended':
      return `log: ${(seen.written ?? []).map(logWords).join('; ') || `over, ${endOf(seen)}`}`;
    case 'crash':
    case 'participant-down':
      return `dies; back in ${duration(y)}`;
    case 'restart':
      return 'starts again';
    case 'pause':
      return `stands still for ${duration(y)}`;
    case 'takeover':
      return 'takes over';
    case 'fenced':
      return 'was taken over from: stops';
    case 'deploy':
      return 'newer version';
    case 'participant-restart':
      return 'restarts, memory gone';
    case 'service-timer':
    case 'client-timer':
      return 'a timer goes off';
    case 'store-restart':
      return 'the store restarts';
    case 'heal':
      return 'no more faults from here on';
    case 'clock':
      return `clock changes by ${duration(y)}`;
    case 'quiet':
      return 'the judge looks at all the books';
    default:
      return call === undefined ? kind : messageBrief(seen);
  }
}

function messageBrief({ kind, call, z, lost, outcome }: Seen): string {
  const { step, direction } = call!;
  const what = direction === 'forward' ? step : `undo ${step}`;
  const again = z >> 1 > 1 ? `, ${ordinal(z >> 1)} time` : '';
  const copy = (z & 1) === 1 ? ' (a copy)' : '';
  switch (kind) {
    case 'send':
      return `asks for ${what}${again}`;
    case 'deliver':
      return `request for ${what}${copy}${outcome?.kind === 'rejected' ? `: refuses, ${outcome.reason}` : ''}`;
    case 'refused':
      return `down: refuses ${what}`;
    case 'queued':
      return `${what}${copy} waits in line`;
    case 'lose':
      return lost === 'reply' ? `answer for ${what} is lost` : `request for ${what} is lost`;
    case 'effect':
      return `${what} takes effect`;
    case 'client-done':
      return `the client is done with ${what}: ${outcome === undefined ? '' : ANSWERS[outcome.kind]}`;
    default:
      return `answer for ${what}: ${outcome === undefined ? '' : ANSWERS[outcome.kind]}`;
  }
}

const REFUSALS = {
  durable: 'log',
  failed: 'log, not taken',
  unknown: 'log, not told whether',
  conflict: 'log refuses (has moved on)',
  fenced: 'log refuses (was taken over)',
} as const;

function appendBrief(seen: Seen): string {
  const what = (seen.written ?? []).map(logWords).join('; ');
  return seen.kind === 'append-lost'
    ? `log, lost with the store: ${what}`
    : `${REFUSALS[appendAnswer(seen)]}: ${what}`;
}
