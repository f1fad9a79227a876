// What the director of a run for real and its processes tell each other. Anything may be lost with a process: whoever
// needs an answer asks again.

import type { Call } from '../../engine/core/protocol.ts';
import type { PlannedFault } from '../../simulator/run-result.ts';
import type { LiveJob } from './live-job.ts';
import type { Wish } from './process-faults.ts';

/** To an orchestrator; the first of all is `begin`. */
export type ToOrchestrator =
  | { readonly kind: 'begin'; readonly live: LiveJob; readonly number: number }
  | {
      readonly kind: 'create';
      readonly index: number;
      readonly definition: string;
      readonly version: number;
      readonly input: unknown;
    }
  | { readonly kind: 'resume'; readonly saga: string }
  /** From now on no fault strikes. */
  | { readonly kind: 'heal' }
  | { readonly kind: 'stop' };

export type FromOrchestrator =
  | { readonly kind: 'ready' }
  /** The saga is durable. */
  | { readonly kind: 'created'; readonly index: number }
  /** Not now, or not here. */
  | { readonly kind: 'later'; readonly index: number }
  | { readonly kind: 'refused'; readonly index: number; readonly reason: string }
  | { readonly kind: 'late-copy'; readonly call: Call; readonly fault: PlannedFault }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'broken'; readonly message: string }
  | Wish;

/** To a participant; the first of all is `begin`. */
export type ToParticipant =
  | {
      readonly kind: 'begin';
      readonly live: LiveJob;
      readonly service: string;
      readonly file: string;
      /** The one that it had before, if it had one: callers know it. */
      readonly port: number;
    }
  | { readonly kind: 'heal' }
  | { readonly kind: 'stop' };

export type FromParticipant =
  | { readonly kind: 'ready'; readonly url: string; readonly port: number }
  | { readonly kind: 'broken'; readonly message: string };

/** The exit code of one that could not begin, since another process that stands still holds the file (EX_TEMPFAIL). */
export const TRY_AGAIN = 75;
