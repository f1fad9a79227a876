// The money has been captured, which nothing takes back; then a later step fails a few times, and the engine does
// what it does for every step: it gives up and undoes what it can. The goods are free again and the shipment is
// cancelled, the customer has paid (E8).

import {
  advance,
  type SagaDefinition,
  type SagaEvent,
  type SagaInput,
  type SagaState,
} from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { order, shopPair } from './shop.ts';

class KnowsNoPivot extends PlainEngine {
  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    return super.decide({ ...state, definition: flattened(state.definition) }, input, nowUs);
  }

  protected override follows(state: SagaState): readonly SagaEvent[] {
    return advance({ ...state, definition: flattened(state.definition) });
  }
}

/** The same saga, with all steps of one kind. */
function flattened(definition: SagaDefinition): SagaDefinition {
  return { ...definition, steps: definition.steps.map((step) => ({ ...step, kind: 'compensatable' })) };
}

export const bug = plantedBug({
  how: 'A step that fails after the pivot makes the engine undo the steps before it',
  mended: 'After the pivot the saga only goes forward (E8)',
  lookFor: 'Ask which step cannot be taken back. What comes after it may only be repeated until it succeeds.',
  reading: 'Richardson, _Microservices Patterns_, 2018, chapter 4, on pivot transactions',
  caughtBy: ['all-or-nothing', 'status-is-true'],
  trigger: ['drop-request', 'drop-reply', 'fail-before'],
  seenIn: 'saga libraries without the notion of a pivot',
  ...shopPair({
    name: 'undo-past-the-pivot',
    title: 'The money is taken, a later step fails, and the order is undone',
    saga: order,
    engine: (options) => new KnowsNoPivot(options),
  }),
});

export default bug.wrong;
