// A payload that cannot be made: a mistake of the saga's author, and no refusal of a service, although the engine, which must
// go on, treats it as one.

import { payloadFault, payloadOf } from '../../engine/core/call.ts';
import { stepIndexOf } from '../../engine/core/define-saga.ts';
import { fold } from '../../engine/core/saga.ts';
import type { SagaEvent } from '../../engine/core/saga-event.ts';
import { SagaMistake } from '../invariants/nothing-thrown.ts';
import { thrownAt } from '../thrown-place.ts';
import type { SimSaga } from './sim-saga.ts';

type GivenUp = Extract<SagaEvent, { readonly kind: 'step-rejected' | 'step-compensation-failed' }>;

/** @throws SagaMistake `bad-payload` when that is why the step was given up */
export function refusePayloadFault(saga: SimSaga, event: GivenUp): void {
  const { definition, id } = saga;
  const { step, reason } = event;
  const prefix = payloadFault(step);
  if (!reason.startsWith(prefix)) return;
  throw new SagaMistake(
    id,
    'bad-payload',
    `saga "${definition.name}", step "${step}": the payload cannot be made: ${reason.slice(prefix.length)}${placeOf(saga, event)}`,
    'A payload is made at once, from the input and earlier results, and is JSON of whole numbers.',
  );
}

/** Where its author's code throws; the log has only the words. It is made once more: payloads are pure. */
function placeOf({ definition, id, log }: SimSaga, { kind, step }: GivenUp): string {
  const state = fold(definition, id, log.events);
  const direction = kind === 'step-rejected' ? 'forward' : 'compensation';
  try {
    payloadOf(state, definition.steps[stepIndexOf(definition, step)]!, direction);
    return '';
  } catch (error) {
    return thrownAt(error);
  }
}
