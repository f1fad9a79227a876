// Cancel means stop: whatever the saga is doing, it ends, `CANCELLED`. When it was just undoing its steps, the rest
// of them stays as it is (E7). In a saga manager in Python a saga may be cancelled in the middle of anything, and
// `CANCELLED` is terminal.

import type { SagaEvent, SagaInput, SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class CancelStopsTheUndo extends PlainEngine {
  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    if (input.kind !== 'cancel' || state.status !== 'compensating') return super.decide(state, input, nowUs);
    return [{ kind: 'saga-failed', reason: { kind: 'cancelled' } }];
  }
}

export const bug = plantedBug({
  how: 'To cancel a saga that is being undone stops the undo half-way',
  mended: 'Cancelling stops forward work, never the undo (E7)',
  lookFor:
    'List the states from which `CANCELLED` can be reached. If `COMPENSATING` is among them, cancel in the middle of an undo and read the ledgers.',
  reading: 'Garcia-Molina and Salem, _Sagas_, SIGMOD 1987',
  caughtBy: ['all-or-nothing', 'status-is-true', 'nothing-after-the-end', 'log-is-state'],
  trigger: ['operator-cancel'],
  seenIn: 'a saga manager in Python (SagaState.CANCELLED is terminal, wherever it is reached from)',
  ...shopPair({
    name: 'cancel-stops-the-undo',
    title: 'Cancel ends the saga, and its undo with it',
    engine: (options) => new CancelStopsTheUndo(options),
  }),
});

export default bug.wrong;
