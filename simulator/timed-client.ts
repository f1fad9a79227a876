// A user's own client of a service, as the world sees it: a process of the engine has one for each such service, which makes
// requests of its own for each call, and takes virtual time over them. It dies with its process.

import type { Call, Outcome } from '../engine/core/protocol.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import type { Task, Turn, TurnTime } from './timed-participant.ts';

/** A request on its way to the service. */
export interface Asked {
  /** Positive, and never used twice by a client. */
  readonly request: number;
  /** The call for which it is made. */
  readonly task: number;
  readonly http: HttpRequest;
  /** What it asks for if it is read as the engine's own would be; undefined: it cannot be read so. */
  readonly reads: Pick<Call, 'action' | 'key' | 'payload' | 'payloadHash'> | undefined;
}

/** What comes back: an answer; an outcome, which has no form yet; or nobody was there. */
export type Heard =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'refused' };

export interface ClientTurn extends Turn {
  readonly asked: readonly Asked[];
}

export interface TimedClient {
  begin(task: Task, time: TurnTime): ClientTurn;
  /** Something came back for a request; what was given up is not waited for. */
  hear(request: number, heard: Heard, time: TurnTime): ClientTurn;
  /** Timers that are due go off. */
  advance(time: TurnTime): ClientTurn;
  /** Its process died: nothing of it goes on. */
  close(): void;
}

/** Makes clients of one service: a scenario has one under the name of the service. */
export interface ClientSource {
  open(run: { readonly seed: string; readonly service: string; readonly process: string }): TimedClient;
}
