// A message on the simulated network.

import type { InputSink } from '../../engine/core/ports.ts';
import type { Call, Outcome } from '../../engine/core/protocol.ts';
import type { FaultSet } from '../faults/injector.ts';
import type { HttpRequest, HttpResponse } from '../http-message.ts';
import type { SimSaga } from './sim-saga.ts';

/** What a service answers when there is nobody. */
export const REFUSED: Outcome = { kind: 'rejected', failure: 'transient', reason: 'connection refused' };

/** A process of the engine, as a sender of calls: in it lives what answers come to, and the user's own clients. */
export interface Sender extends InputSink {
  /** In words, and like no other of the run. */
  readonly name: string;
  /** Counts the processes of the run, from 0. */
  readonly number: number;
  /** Under which it writes (E10). */
  readonly epoch: number;
  /** What its machine's clock shows. */
  readonly clockUs: number;
  /** It stands still until then, if that is to come. */
  readonly stillUntilUs: number;
}

/** A request that a user's own client made for a call. */
export interface ClientRequest {
  readonly http: HttpRequest;
  /** It came back; see {@link Message.outcome} and {@link Message.response}. */
  heard(message: Message): void;
}

/** One message on the wire, first as a request, then as its reply. */
export interface Message {
  readonly call: Call;
  readonly saga: SimSaga;
  readonly to: Receiver;
  readonly answers: Sender;
  /** Step × 2 + direction. */
  readonly operation: number;
  /** Transmission × 2, plus 1 for the copy of a request. */
  readonly transmission: number;
  /** Position on its link; an overtaken message arrives after a higher one. */
  readonly sequence: number;
  outcome: Outcome | undefined;
  /** Of a user's own client, which reads the answer itself; undefined: the engine asks. */
  readonly asked: ClientRequest | undefined;
  /** The answer as it was said; undefined: it is the outcome, and has no other form. */
  response: HttpResponse | undefined;
  /** Faults that count as delivered when this message is. */
  faults: FaultSet;
}

/** A request before it is on its way. */
export type Outgoing = Pick<Message, 'call' | 'saga' | 'operation' | 'transmission' | 'answers' | 'asked'>;

/** A call on its way to the user's own client of its service. */
export type Handed = Pick<Outgoing, 'call' | 'saga' | 'operation' | 'transmission'>;

/** Users' own clients. */
export interface Clients {
  /** False when none stands before the service. */
  begin(handed: Handed, sender: Sender): boolean;
  /** The process died. */
  gone(sender: Sender): void;
}

/** An outcome as the number that stands in a trace. */
export function codeOf({ kind }: Outcome): number {
  return kind === 'applied' ? 0 : kind === 'rejected' ? 1 : 2;
}

/** A node that takes requests. */
export interface Receiver {
  /** Counts the participants of a world, from 0. */
  readonly number: number;
  /** Highest link position that has arrived: a lower one was overtaken. */
  lastSequence: number;
  receive(message: Message): void;
}

/** Carries an answer back to where the request came from. */
export interface Replies {
  reply(message: Message, outcome: Outcome, response?: HttpResponse): void;
}
