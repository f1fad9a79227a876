// Makes the call of a pending step. Pure: the same state gives the same key, payload and hash (E4), so a call
// that is made again after a crash is the same call.

import type { StepDefinition } from './define-saga.ts';
import { type Direction, idempotencyKey, type Rejected } from './protocol.ts';
import type { PendingCall, SagaState } from './saga.ts';
import { type SagaSlot, SentCall } from './saga-slot.ts';

const NO_RESULTS: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * The call that `pending` asks for; or, when its payload cannot be made (the user's function throws, or what it
 * returns is not JSON of whole numbers), a final rejection that says why.
 */
export function makeCall(
  slot: SagaSlot,
  state: SagaState,
  pending: PendingCall,
  timeoutAtUs: number,
): SentCall | Rejected {
  const step = state.definition.steps[pending.step]!;
  try {
    const key = keyOf(state, step, pending.direction);
    const payload = payloadOf(state, step, pending.direction);
    if (payload instanceof Promise) throw new Error('it is a Promise, and a payload is made at once');
    return new SentCall(slot, state, pending, key, payload, timeoutAtUs);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'rejected', failure: 'invalid_request', reason: payloadFault(step.name) + message };
  }
}

/** What the reason of a rejection begins with when the payload of a step could not be made. */
export function payloadFault(step: string): string {
  return `payload of step "${step}": `;
}

/** E4. */
function keyOf({ saga, round }: SagaState, step: StepDefinition, direction: Direction): string {
  if (round > 0) return idempotencyKey(saga, step.name, direction, round);
  const { forward, compensation } = step.keySuffix;
  return saga + (direction === 'forward' ? forward : compensation);
}

/** What the step's author says; throws what that code throws. */
export function payloadOf(state: SagaState, step: StepDefinition, direction: Direction): unknown {
  const { saga, input } = state;
  const results = resultsBefore(step, state);
  if (direction === 'forward') return step.payload({ saga, input, results });
  return step.compensationPayload({ saga, input, results, result: state.steps[step.index]!.result });
}

function resultsBefore({ ancestors }: StepDefinition, state: SagaState): Readonly<Record<string, unknown>> {
  let results: Record<string, unknown> | undefined;
  for (const before of ancestors) {
    const { result } = state.steps[before]!;
    if (result === undefined) continue;
    results ??= {};
    results[state.definition.steps[before]!.name] = result;
  }
  return results ?? NO_RESULTS;
}
