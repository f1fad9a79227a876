// Makes the call of a pending step. Pure: the same state gives the same key, payload and hash (E4), so a call
// that is made again after a crash is the same call.

import type { StepDefinition } from './define-saga.ts';
import { payloadHash } from './payload-hash.ts';
import { type Call, idempotencyKey } from './protocol.ts';
import type { PendingCall, SagaState } from './saga.ts';

const NO_RESULTS: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * The call that `pending` asks for.
 *
 * @throws whatever the user's payload function throws, and UserError when the payload is not JSON of integers.
 */
export function makeCall(state: SagaState, pending: PendingCall): Call {
  const step = state.definition.steps[pending.step]!;
  const payload = payloadOf(state, step, pending);
  return {
    kind: 'call',
    saga: state.saga,
    step: step.name,
    direction: pending.direction,
    round: state.round,
    attempt: pending.attempt,
    key: idempotencyKey(state.saga, step.name, pending.direction, state.round),
    service: step.service,
    action: pending.direction === 'forward' ? step.action : step.compensation!,
    payload,
    payloadHash: payloadHash(payload),
  };
}

function payloadOf(state: SagaState, step: StepDefinition, { direction }: PendingCall): unknown {
  const { saga, input } = state;
  const results = resultsOf(state);
  if (direction === 'forward') return step.payload({ saga, input, results });
  return step.compensationPayload({ saga, input, results, result: state.steps[step.index]!.result });
}

/** Results of applied steps by name; steps without a result are left out. */
function resultsOf(state: SagaState): Readonly<Record<string, unknown>> {
  if (state.steps.every((step) => step.result === undefined)) return NO_RESULTS;
  const { steps } = state.definition;
  return Object.fromEntries(
    state.steps.flatMap(({ result }, i) => (result === undefined ? [] : [[steps[i]!.name, result] as const])),
  );
}
