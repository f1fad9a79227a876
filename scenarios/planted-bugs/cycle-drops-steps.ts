// Steps are put into stages by what they depend on. When some depend on one another there is no next stage: the
// loop breaks off, what is left is in no stage, and the saga completes without it. A saga manager in Python,
// `analyze_step_dependencies`: "Circular dependency - break it". sagastorm refuses such a saga when it is defined
// (E12); this one slips in a cycle by hand.

import { advance, type SagaDefinition, type SagaEvent, type SagaState } from '../../engine/index.ts';
import { seenAs } from './mistaken-view.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { purchase, shop } from './shop.ts';

const NAME = 'cycle-drops-steps';

/** The purchase, in which the payment waits for the shipment as well. */
const circular: SagaDefinition = {
  ...purchase,
  steps: purchase.steps.map((step) =>
    step.name === 'payment' ? { ...step, after: [...step.after, purchase.steps.length - 1] } : step,
  ),
};

/** The steps that are in a stage. */
function planned({ steps }: SagaDefinition): ReadonlySet<number> {
  const processed = new Set<number>();
  while (processed.size < steps.length) {
    const ready = steps.filter(
      ({ index, after }) => !processed.has(index) && after.every((i) => processed.has(i)),
    );
    if (ready.length === 0) break; // circular dependency
    for (const { index } of ready) processed.add(index);
  }
  return processed;
}

class DropsCircularSteps extends PlainEngine {
  protected override follows(state: SagaState): readonly SagaEvent[] {
    const stages = planned(state.definition);
    const dropped = (index: number): boolean => state.status === 'running' && !stages.has(index);
    return advance(seenAs(state, ({ status }, { index }) => (dropped(index) ? 'applied' : status)));
  }
}

export const bug = plantedBug({
  how: 'Steps that depend on one another are in no stage of the plan, and the saga completes without them',
  mended: 'A definition with a cycle does not start (E12)',
  lookFor:
    'Give your planner two steps that depend on each other. It must refuse the definition, not leave the two out.',
  caughtBy: ['status-is-true', 'all-or-nothing'],
  trigger: [],
  seenIn: 'a saga manager in Python (analyze_step_dependencies)',
  wrong: shop({
    name: NAME,
    title: 'A cycle is broken by leaving its steps out',
    saga: circular,
    engine: (options) => new DropsCircularSteps(options),
  }),
  right: shop({ name: `${NAME}-corrected`, title: `${NAME}, done right` }),
});

export default bug.wrong;
