// `PUT /sagas/{id}/compensate` undoes what it is told to, and never asks whether the saga has completed: the customer
// has the parcel, and gets the money back (E5). A saga engine in Go, `ProcessRecovery`: `case "compensate"` calls
// `compensateSaga` whatever the status.

import type { SagaEvent, SagaInput, SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { basket, shopPair } from './shop.ts';

class UndoesTheCompleted extends PlainEngine {
  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    const late = input.kind === 'cancel' && state.status === 'completed';
    if (!late) return super.decide(state, input, nowUs);
    return [{ kind: 'compensation-started', reason: { kind: 'cancelled' } }];
  }
}

export const bug = plantedBug({
  how: 'A saga that has completed is undone because somebody asks for it',
  mended: 'A saga that has ended emits nothing (E5)',
  lookFor:
    'Call the compensate endpoint of an order that has completed. It must be refused; a return of goods is a business process of its own.',
  caughtBy: ['nothing-after-the-end', 'log-is-state'],
  trigger: ['operator-cancel'],
  seenIn: 'a saga engine in Go (PUT /api/sagas/{sagaID}/compensate, ProcessRecovery)',
  ...shopPair({
    name: 'completed-saga-is-undone',
    title: 'A completed saga can still be compensated',
    saga: basket,
    engine: (options) => new UndoesTheCompleted(options),
  }),
});

export default bug.wrong;
