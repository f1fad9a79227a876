// A participant that takes virtual time over its answers: how a service with `await` in it looks to the world. Calls go
// in one at a time; each turn lasts until all that was begun is answered or waits for a timer of the service's own.

import type { Call, Outcome, Participant, ParticipantEnv } from '../engine/core/protocol.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';

/** The answer to a call. */
export interface Answered {
  readonly task: number;
  readonly outcome: Outcome;
  /** As it was said, where the request came from a client that reads it itself. */
  readonly response?: HttpResponse;
}

/** What became of the calls of a service in one turn, in which virtual time stood still. */
export interface Turn {
  readonly answers: readonly Answered[];
  /** Tasks that were worked on and now wait for a timer. */
  readonly parked: readonly number[];
  /** When the next timer is due, in virtual microseconds; -1: there is none. */
  readonly nextAtUs: number;
}

/** What time it is: in the world, by which timers go, and by the clock of the service's machine. */
export interface TurnTime {
  readonly nowUs: number;
  readonly clockUs: number;
}

/** A call on its way through a service. */
export interface Task {
  /** Positive, and never used twice in a run. */
  readonly task: number;
  readonly call: Call;
  /** Distinguishes the repetitions of the call. */
  readonly transmission: number;
  /** How long the answer is waited for. */
  readonly timeoutMs: number;
  /** What the caller's own client sent for it; absent: the engine's own request. */
  readonly http?: HttpRequest;
}

/** A participant that answers later, in virtual time: see `ownService`. */
export interface TimedParticipant extends Participant {
  /** A run begins: the service is made anew, with nothing in it. */
  open(run: { readonly seed: string; readonly service: string }): void;
  /** @param env the world as a participant sees it, with no commits between which its process could die */
  begin(task: Task, time: TurnTime, env: ParticipantEnv): Turn;
  /** Timers that are due go off. */
  advance(time: TurnTime): Turn;
  /** The process died: no handler goes on, no timer goes off. */
  restart(): void;
  /** The process comes up again. */
  start(time: TurnTime): Turn;
}

export function isTimed(participant: Participant): participant is TimedParticipant {
  return 'begin' in participant && 'advance' in participant;
}
