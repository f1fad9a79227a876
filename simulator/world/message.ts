// A message on the simulated network.

import type { InputSink } from '../../engine/core/ports.ts';
import type { Call, Outcome } from '../../engine/core/protocol.ts';
import type { FaultSet } from '../faults/injector.ts';
import type { SimSaga } from './sim-saga.ts';

/** One message on the wire, first as a request, then as its reply. */
export interface Message {
  readonly call: Call;
  readonly saga: SimSaga;
  readonly to: Receiver;
  readonly answers: InputSink;
  /** Step × 2 + direction. */
  readonly operation: number;
  /** Transmission × 2, plus 1 for the copy of a request. */
  readonly transmission: number;
  /** Position on its link; an overtaken message arrives after a higher one. */
  readonly sequence: number;
  outcome: Outcome | undefined;
  /** Faults that count as delivered when this message is. */
  faults: FaultSet;
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
  reply(message: Message, outcome: Outcome): void;
}
