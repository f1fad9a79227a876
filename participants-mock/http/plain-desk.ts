// Requests that come without a saga: a person with curl, or a client that knows a `transaction-id` and nothing else.
// The desk turns each into a call for the participant, so that the books are kept by the same code as ever. It is
// deterministic and keeps its memory only: the file that the requests are logged in makes it again.
//
// D1. (transaction-id, action) is one operation: once it succeeded, or was refused for good, it is never done again.
//     With another payload it is refused.
// D2. What failed without an end may be asked again under the same id: each request is the next attempt.
// D3. A compensation undoes what was done under its own id, whatever it says itself; else the latest operation of the
//     same mark (for a bank: account and amount) that is not undone. If there is none it succeeds without effect, and
//     the forward operation under its id can have no effect any more.
// D4. Whatever is undone was done: a compensation never makes money.

import {
  type Call,
  type Direction,
  idempotencyKey,
  isFinal,
  type Outcome,
  type Participant,
  type ParticipantEnv,
  type Rejected,
} from '../../engine/core/protocol.ts';

/** One plain request. */
export interface PlainRequest {
  readonly kind: 'plain';
  readonly transaction: string;
  readonly action: string;
  readonly payload: unknown;
  readonly payloadHash: number;
}

/** How a plain request was met; `first` also when it was not the first to be refused or to fail. */
export type PlainManner = 'first' | 'repeated' | 'other-payload' | 'nothing-to-undo';

/** The answer to a plain request, and the manner in which it is told. */
export interface PlainAnswer {
  readonly kind: 'plain';
  readonly manner: PlainManner;
  readonly outcome: Outcome;
}

/** What must be known of a service so that it can be asked plainly. */
export interface PlainDialect {
  /** Compensating action → the forward actions that it undoes. Other actions are forward. */
  readonly compensates: Readonly<Record<string, readonly string[]>>;
  /** The payload as the service wants it. Default: as it came. */
  readonly payloadOf?: (action: string, payload: unknown) => unknown;
  /** What a forward payload and that of its compensation have in common, when ids differ (D3). Default: nothing. */
  readonly markOf?: (payload: unknown) => string;
}

export interface PlainDeskParts {
  readonly service: string;
  readonly participant: Participant;
  readonly dialect: PlainDialect;
}

interface Operation {
  readonly action: string;
  readonly transaction: string;
  readonly payloadHash: number;
  readonly mark: string | undefined;
  attempts: number;
  /** Once it cannot change any more (D1). */
  outcome: Outcome | undefined;
  isUndone: boolean;
}

/** Sagas of plain requests begin with it, so that they are told from those of an engine. */
export const PLAIN_PREFIX = 'plain:';

const OTHER_PAYLOAD: Rejected = Object.freeze({
  kind: 'rejected',
  failure: 'invalid_request',
  reason: 'this transaction-id came with another payload before; use a new one',
});

/**
 * Asks a participant on behalf of plain clients.
 *
 * @example
 * const desk = new PlainDesk({ service: 'bank', participant, dialect: { compensates: { compensate_debit: ['debit'] } } });
 * desk.handle({ kind: 'plain', transaction: 't-1', action: 'debit', payload, payloadHash: payloadHash(payload) }, env);
 */
export class PlainDesk {
  readonly #service: string;
  readonly #participant: Participant;
  readonly #dialect: PlainDialect;
  readonly #operations = new Map<string, Operation>();
  /** By forward action and mark: what was applied and is not undone, latest last. */
  readonly #open = new Map<string, Operation[]>();

  constructor({ service, participant, dialect }: PlainDeskParts) {
    this.#service = service;
    this.#participant = participant;
    this.#dialect = dialect;
  }

  /** Answers a request, which must have been made by {@link PlainDialect.payloadOf}. */
  handle(request: PlainRequest, env: ParticipantEnv): PlainAnswer {
    const { action, transaction, payload, payloadHash } = request;
    const operation = this.#operation(request);
    if (operation.payloadHash !== payloadHash) return answer('other-payload', OTHER_PAYLOAD);
    if (operation.outcome !== undefined) return answer('repeated', operation.outcome); // D1
    operation.attempts += 1; // D2
    const undoes = actionsUndoneBy(this.#dialect, action);
    return undoes === undefined
      ? this.#do(operation, this.#call(transaction, action, 'forward', { ...operation, payload }), env)
      : this.#undo(operation, undoes, payload, env);
  }

  #operation({ action, transaction, payload, payloadHash }: PlainRequest): Operation {
    const id = idOf(action, transaction);
    let operation = this.#operations.get(id);
    if (operation === undefined) {
      const mark = this.#dialect.markOf?.(payload);
      operation = {
        action,
        transaction,
        payloadHash,
        mark,
        attempts: 0,
        outcome: undefined,
        isUndone: false,
      };
      this.#operations.set(id, operation);
    }
    return operation;
  }

  #do(operation: Operation, call: Call, env: ParticipantEnv): PlainAnswer {
    const outcome = this.#participant.handle(call, env);
    const isSettled = outcome.kind === 'applied' || (outcome.kind === 'rejected' && isFinal(outcome.failure));
    if (isSettled) operation.outcome = outcome;
    if (outcome.kind === 'applied' && operation.mark !== undefined) this.#opened(operation);
    return answer('first', outcome);
  }

  #undo(operation: Operation, undoes: readonly string[], payload: unknown, env: ParticipantEnv): PlainAnswer {
    const target = this.#targetOf(operation, undoes);
    if (target === undefined) return this.#forestall(operation, undoes, payload, env);
    if (target.mark !== operation.mark) {
      this.#operations.delete(idOf(operation.action, operation.transaction)); // it is refused, not begun
      return answer('other-payload', OTHER_PAYLOAD);
    }
    const call = this.#call(target.transaction, target.action, 'compensation', { ...operation, payload });
    const outcome = this.#participant.handle(call, env);
    const manner = target.isUndone ? 'nothing-to-undo' : 'first';
    if (outcome.kind === 'applied') {
      operation.outcome = outcome;
      this.#closed(target);
    }
    return answer(manner, outcome);
  }

  /** Nothing was done: then nothing may be done under this id any more. */
  #forestall(
    operation: Operation,
    undoes: readonly string[],
    payload: unknown,
    env: ParticipantEnv,
  ): PlainAnswer {
    let outcome: Outcome = { kind: 'applied' };
    for (const step of undoes) {
      const call = this.#call(operation.transaction, step, 'compensation', { ...operation, payload });
      outcome = this.#participant.handle(call, env);
    }
    if (outcome.kind === 'applied') operation.outcome = outcome;
    return answer('nothing-to-undo', outcome);
  }

  #call(transaction: string, step: string, direction: Direction, asked: Asked): Call {
    return callOf(this.#service, transaction, step, direction, asked);
  }

  /** D3. */
  #targetOf({ transaction, mark }: Operation, undoes: readonly string[]): Operation | undefined {
    for (const action of undoes) {
      const own = this.#operations.get(idOf(action, transaction));
      if (own?.outcome?.kind === 'applied') return own;
    }
    if (mark === undefined) return undefined;
    for (const action of undoes) {
      const latest = this.#open.get(idOf(action, mark))?.at(-1);
      if (latest !== undefined) return latest;
    }
    return undefined;
  }

  #opened(operation: Operation): void {
    const id = idOf(operation.action, operation.mark!);
    const open = this.#open.get(id);
    if (open === undefined) this.#open.set(id, [operation]);
    else open.push(operation);
  }

  #closed(operation: Operation): void {
    operation.isUndone = true;
    if (operation.mark === undefined) return;
    const id = idOf(operation.action, operation.mark);
    const open = this.#open.get(id);
    const at = open?.lastIndexOf(operation) ?? -1;
    if (at >= 0) open!.splice(at, 1);
    if (open?.length === 0) this.#open.delete(id);
  }
}

/**
 * A plain request as the call that it comes closest to, for who must decide about it before it is handled.
 *
 * @param attempt from 1
 */
export function callAtFirstSight(
  request: PlainRequest,
  { service, dialect }: Pick<PlainDeskParts, 'service' | 'dialect'>,
  attempt: number,
): Call {
  const { transaction, action, payload, payloadHash } = request;
  const direction = actionsUndoneBy(dialect, action) === undefined ? 'forward' : 'compensation';
  const asked = { action, payload, payloadHash, attempts: attempt };
  return callOf(service, transaction, action, direction, asked);
}

/** A table from outside may not be asked for what every object has, such as `constructor`. */
function actionsUndoneBy({ compensates }: PlainDialect, action: string): readonly string[] | undefined {
  return Object.hasOwn(compensates, action) ? compensates[action] : undefined;
}

interface Asked {
  readonly action: string;
  readonly payload: unknown;
  readonly payloadHash: number;
  readonly attempts: number;
}

function callOf(
  service: string,
  transaction: string,
  step: string,
  direction: Direction,
  asked: Asked,
): Call {
  const saga = PLAIN_PREFIX + transaction;
  const { action, payload, payloadHash, attempts: attempt } = asked;
  const key = idempotencyKey(saga, step, direction, 0);
  return {
    kind: 'call',
    saga,
    step,
    direction,
    round: 0,
    attempt,
    key,
    service,
    action,
    payload,
    payloadHash,
  };
}

function idOf(action: string, name: string): string {
  return `${action} ${name}`;
}

function answer(manner: PlainManner, outcome: Outcome): PlainAnswer {
  return { kind: 'plain', manner, outcome };
}
