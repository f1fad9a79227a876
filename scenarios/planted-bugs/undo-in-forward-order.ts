// The compensations are run in the order in which the steps were: a `for` loop over the same list, the wrong way
// round. The goods go back on the shelf while the shipment that holds them is still on its way (E3).

import { advance, type SagaEvent, type SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class UndoesInForwardOrder extends PlainEngine {
  protected override follows(state: SagaState): readonly SagaEvent[] {
    const steps = state.definition.steps.map((step) => ({ ...step, descendants: step.ancestors }));
    return advance({ ...state, definition: { ...state.definition, steps } });
  }
}

export const bug = plantedBug({
  how: 'Steps are undone in the order in which they were done',
  mended: 'Steps are undone in reverse order of their dependencies (E3)',
  lookFor: 'Read the loop over the compensations: does it begin at the end?',
  reading: 'Garcia-Molina and Salem, _Sagas_, SIGMOD 1987',
  caughtBy: ['undo-order'],
  trigger: [],
  seenIn: 'compensation lists that are walked from the front',
  ...shopPair({
    name: 'undo-in-forward-order',
    title: 'First done, first undone',
    engine: (options) => new UndoesInForwardOrder(options),
  }),
});

export default bug.wrong;
