// Each step that is begun puts a closure that undoes it on a list in memory. The log says which steps ran, but nobody
// reads that: after a crash the list is empty, the undo finds nothing to do, and says so. `compensation_steps` of the
// ride saga in a guide for on call, and `s.compensations` of its payment saga, are such lists.

import { advance, type Call, type SagaEvent, type SagaState } from '../../engine/index.ts';
import { seenAs } from './mistaken-view.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class UndoListInMemory extends PlainEngine {
  readonly #undoList = new Set<string>();

  protected override mayLeave({ saga, step }: Call): boolean {
    this.#undoList.add(`${saga}/${step}`);
    return true;
  }

  protected override follows(state: SagaState): readonly SagaEvent[] {
    if (state.status !== 'compensating') return advance(state);
    const listed = (step: string): boolean => this.#undoList.has(`${state.saga}/${step}`);
    const isLost = (status: string): boolean => status === 'applied' || status === 'unknown';
    return advance(
      seenAs(state, ({ status }, { name }) => (isLost(status) && !listed(name) ? 'rejected' : status)),
    );
  }
}

export const bug = plantedBug({
  how: 'The closures that undo the steps are kept in memory: a crash loses them, and the undo does nothing',
  mended: 'What must be undone follows from the log (E9)',
  lookFor:
    'Look for a list of closures or `defer`red undos. Kill the process in the middle of a saga, and see who undoes what.',
  reading: 'Garcia-Molina and Salem, _Sagas_, SIGMOD 1987',
  caughtBy: ['all-or-nothing', 'status-is-true'],
  trigger: ['orchestrator-crash'],
  seenIn: 'a guide for on call (RideSagaContext.compensation_steps, PaymentSaga.compensations)',
  ...shopPair({
    name: 'undo-list-in-memory',
    title: 'What is to be undone is known only to a list in memory',
    engine: (options) => new UndoListInMemory(options),
  }),
});

export default bug.wrong;
