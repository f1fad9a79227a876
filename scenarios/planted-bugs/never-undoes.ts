// The undo is decided, written down, and never asked for: the loop that sends looks at forward calls only. Every saga
// that must be undone is left as it is, its status says that it is being undone, and nothing ever fails.

import type { PendingCall, SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class LooksForwardOnly extends PlainEngine {
  protected override outstanding(state: SagaState): readonly PendingCall[] {
    return super.outstanding(state).filter(({ direction }) => direction === 'forward');
  }
}

export const bug = plantedBug({
  how: 'The loop that sends looks at forward calls only: what must be undone is being undone for ever',
  mended: 'What is outstanding is derived from the state, in both directions (E9)',
  lookFor:
    'Look for sagas that are `compensating` for longer than an hour. Check that somebody consumes the queue of compensations, in every environment.',
  caughtBy: ['every-saga-ends'],
  trigger: [],
  seenIn: 'compensations that are queued on a topic to which nobody subscribes',
  ...shopPair({
    name: 'never-undoes',
    title: 'The undo is decided and never asked for',
    engine: (options) => new LooksForwardOnly(options),
  }),
});

export default bug.wrong;
