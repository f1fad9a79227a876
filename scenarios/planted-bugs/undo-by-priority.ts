// Compensations have a priority: goods first, since others want to buy them. Nobody looks at what depends on what,
// and those of equal priority run side by side. A saga manager in Python, `build_compensation_plan`: sorted by
// `priority`, 0 unless somebody said otherwise.

import { advance, pending, type SagaEvent, type SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

const PRIORITY: Readonly<Record<string, number>> = { stock: 10 };

class UndoesByPriority extends PlainEngine {
  protected override follows(state: SagaState): readonly SagaEvent[] {
    if (state.status !== 'compensating') return advance(state);
    const steps = state.definition.steps.map((step) => ({ ...step, descendants: [] }));
    const all = advance({ ...state, definition: { ...state.definition, steps } });
    const priorityOf = (event: SagaEvent): number =>
      event.kind === 'compensation-requested' ? (PRIORITY[event.step] ?? 0) : 0;
    const highest = Math.max(0, ...all.map(priorityOf));
    if (highest > 0) return all.filter((event) => priorityOf(event) === highest);
    return pending(state).length > 0 && all.some(({ kind }) => kind === 'compensation-requested') ? [] : all;
  }
}

export const bug = plantedBug({
  how: 'Steps are undone by priority, goods first, whatever came after them',
  mended: 'Steps are undone in reverse order of their dependencies (E3)',
  lookFor:
    'Look at how compensations are sorted. The order must be the reverse of the dependencies, whatever matters most.',
  reading: 'Garcia-Molina and Salem, _Sagas_, SIGMOD 1987',
  caughtBy: ['undo-order'],
  trigger: [],
  seenIn: 'a saga manager in Python (AdvancedCompensationManager.build_compensation_plan)',
  ...shopPair({
    name: 'undo-by-priority',
    title: 'Goods go back first, and the rest whenever',
    engine: (options) => new UndoesByPriority(options),
  }),
});

export default bug.wrong;
