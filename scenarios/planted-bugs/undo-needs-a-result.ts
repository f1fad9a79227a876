// The undo needs what the step answered: the id of the reservation, of the payment. When the answer was lost there is
// no id, and so there is nothing to release: `no_action_needed`. A saga manager in Python,
// `compensate_inventory_reservation`; an order flow in Java refunds `saga.getPaymentId()`, which is null for a
// payment whose answer was lost.

import type { SagaEvent, SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class UndoNeedsAResult extends PlainEngine {
  protected override follows(state: SagaState): readonly SagaEvent[] {
    const inDoubt = (name: string): boolean =>
      state.definition.steps.some(
        (step) => step.name === name && state.steps[step.index]!.status === 'unknown',
      );
    return super.follows(state).flatMap((event) => {
      const needed = event.kind !== 'compensation-requested' || !inDoubt(event.step);
      return needed ? [event] : [event, { kind: 'step-compensated', step: event.step }];
    });
  }
}

export const bug = plantedBug({
  how: 'A step whose answer was lost left no id to undo it by, so its compensation does nothing and succeeds',
  mended: 'The compensation names what it undoes by the saga, not by an answer that may be lost (E2)',
  lookFor:
    'Look for an undo that reads an id out of the forward answer. When that answer was lost there is none: derive the id from the saga.',
  reading: 'Garcia-Molina and Salem, _Sagas_, SIGMOD 1987',
  caughtBy: ['all-or-nothing', 'status-is-true', 'nothing-after-the-end'],
  trigger: ['drop-reply', 'participant-crash-after'],
  seenIn:
    'a saga manager in Python (compensate_inventory_reservation: no_action_needed) and an order flow in Java (getPaymentId)',
  ...shopPair({
    name: 'undo-needs-a-result',
    title: 'No reservation id, nothing to release',
    engine: (options) => new UndoNeedsAResult(options),
  }),
});

export default bug.wrong;
