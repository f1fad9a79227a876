// Home-made idempotency, as services have it, correct: what the planted bugs spoil in one place each. A bug is a
// clerk that overrides one method, and its corrected twin is the clerk as it stands here.

import {
  type Applied,
  type Call,
  idempotencyKey,
  isFinal,
  type Ledger,
  type Outcome,
  type Participant,
  type ParticipantEnv,
  type Rejected,
} from '../../engine/index.ts';

export const APPLIED: Applied = { kind: 'applied' };

/** Refused for good, certainly without effect. */
export function refuse(reason: string): Rejected {
  return { kind: 'rejected', failure: 'business', reason };
}

/** What a service does, free of any thought about duplicates. */
export interface Service {
  readonly actions: readonly string[];
  readonly ledger: Ledger;
  apply(call: Call, env: ParticipantEnv): Outcome;
  undo(call: Call, forward: Applied, env: ParticipantEnv): Outcome;
}

/** Sits before a service and remembers, by key, what was answered. */
export class Clerk implements Participant {
  readonly actions: readonly string[];
  readonly ledger: Ledger;
  protected readonly service: Service;
  protected readonly answered = new Map<string, Outcome>();

  constructor(service: Service) {
    this.service = service;
    this.actions = service.actions;
    this.ledger = service.ledger;
  }

  handle(call: Call, env: ParticipantEnv): Outcome {
    const known = this.recall(call, env);
    if (known !== undefined) return known;
    return call.direction === 'forward' ? this.forward(call, env) : this.compensate(call, env);
  }

  /** By what an operation is known. */
  protected keyOf({ key }: Call): string {
    return key;
  }

  protected recall(call: Call, _env: ParticipantEnv): Outcome | undefined {
    return this.answered.get(this.keyOf(call));
  }

  protected remember(call: Call, outcome: Outcome, _env: ParticipantEnv): void {
    this.answered.set(this.keyOf(call), outcome);
  }

  protected forward(call: Call, env: ParticipantEnv): Outcome {
    if (this.isUndone(call)) return refuse('undone before it came');
    const outcome = this.service.apply(call, env);
    const final = outcome.kind === 'rejected' && isFinal(outcome.failure);
    if (outcome.kind === 'applied' || final) this.remember(call, outcome, env);
    return outcome;
  }

  /** An undo without its forward call does nothing, and leaves a tombstone. */
  protected compensate(call: Call, env: ParticipantEnv): Outcome {
    const forward = this.answered.get(this.keyOf(turned(call, 'forward')));
    const outcome = forward?.kind === 'applied' ? this.service.undo(call, forward, env) : APPLIED;
    if (outcome.kind === 'applied') this.remember(call, outcome, env);
    return outcome;
  }

  protected isUndone(call: Call): boolean {
    return this.answered.has(this.keyOf(turned(call, 'compensation')));
  }
}

/** The same step's call in the other direction, as far as its identity goes. */
export function turned(call: Call, direction: Call['direction']): Call {
  return { ...call, direction, key: idempotencyKey(call.saga, call.step, direction, call.round) };
}
