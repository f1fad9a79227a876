// What a run for real leaves behind, and what its audit is made from: who asked for what, the logs in the store, and what
// each participant wrote down.

import type { StoredEvent } from '../../engine/core/ports.ts';
import type { Call, LedgerEntry, Outcome, Participant } from '../../engine/core/protocol.ts';
import type { SagaStart } from '../scenario.ts';

/** A saga that a client asked for. Times in microseconds since 1970, by the clock of whoever noted them. */
export interface AskedSaga {
  readonly saga: string;
  readonly start: SagaStart;
  readonly askedAtUs: number;
  /** Whether the client was told that it is durable. */
  readonly isAcknowledged: boolean;
}

/** A call that a participant handled, and the effects that it committed with it. */
export interface HandledCall {
  readonly atUs: number;
  readonly call: Call;
  readonly outcome: Outcome;
  readonly entries: readonly LedgerEntry[];
}

export interface ServiceEvidence {
  /** As it was before its first call. */
  readonly opening: Participant;
  /** As it is after its last. */
  readonly closing: Participant;
  /** In the order in which it handled them. */
  readonly handled: readonly HandledCall[];
}

/** A fault that was delivered: what the plan calls it, and to a saga in which phase. */
export interface DeliveredFault {
  readonly kind: string;
  readonly at: string;
  readonly params: Readonly<Record<string, number>>;
  readonly phase: 'running' | 'compensating' | 'ended';
  readonly atUs: number;
}

export interface Evidence {
  readonly asked: readonly AskedSaga[];
  /** By saga, oldest event first. */
  readonly logs: ReadonlyMap<string, readonly StoredEvent[]>;
  readonly services: Readonly<Record<string, ServiceEvidence>>;
  readonly faults: readonly DeliveredFault[];
  readonly beganAtUs: number;
  /** From then on nothing was done to anybody any more (S8). */
  readonly healedAtUs: number;
  readonly endedAtUs: number;
}
