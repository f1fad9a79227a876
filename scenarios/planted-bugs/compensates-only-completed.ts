// When a step fails, the steps that the engine saw complete are undone, and no others. A step whose reply was lost
// is not among them: its effect stands, and nobody knows. The most common mistake of all (E2): `compensateSaga` of
// a saga engine in Go walks `CompletedSteps`, `start_compensation` of a saga manager in Python walks `step_results`, and
// an order flow in Java refunds only in the catch blocks of the steps that come after the payment.

import { advance, type SagaEvent, type SagaState } from '../../engine/index.ts';
import { seenAs } from './mistaken-view.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class UndoesOnlyCompleted extends PlainEngine {
  /** What is not known to be applied needs no undo, it thinks. */
  protected override follows(state: SagaState): readonly SagaEvent[] {
    return advance(seenAs(state, ({ status }) => (status === 'unknown' ? 'rejected' : status)));
  }
}

export const bug = plantedBug({
  how: 'Only steps that were seen to complete are undone: one whose reply was lost keeps its effect',
  mended: 'A step in doubt is undone like one that was applied (E2)',
  lookFor:
    'Look for a list of completed steps that the undo walks. A step whose answer never came is not on it, and may well have happened.',
  reading: 'Garcia-Molina and Salem, _Sagas_, SIGMOD 1987',
  caughtBy: ['all-or-nothing', 'status-is-true'],
  trigger: ['drop-reply', 'participant-crash-after'],
  seenIn:
    'a saga engine in Go (compensateSaga), an order flow in Java (OrderSagaOrchestrator), a saga manager in Python (start_compensation); samples of vendors',
  ...shopPair({
    name: 'compensates-only-completed',
    title: 'Undo walks the list of completed steps; a step in doubt is not on it',
    engine: (options) => new UndoesOnlyCompleted(options),
  }),
});

export default bug.wrong;
