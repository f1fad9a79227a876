// Three steps run side by side; one fails, and the undo begins with what is there. The other two are still on their
// way: nobody waits for them, nobody undoes them, and they arrive a moment later. `Promise.all` rejects with the
// first that rejects; `asyncio.gather` without `return_exceptions` does the same.

import { advance, type SagaEvent, type SagaState } from '../../engine/index.ts';
import { seenAs } from './mistaken-view.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { basket, shopPair } from './shop.ts';

class AwaitsNoBranch extends PlainEngine {
  /** What was still under way when the first step failed has no result yet, so there is nothing to undo. */
  protected override follows(state: SagaState): readonly SagaEvent[] {
    const { reason } = state;
    if (reason?.kind !== 'step-failed') return advance(state);
    const inFlight = (status: string): boolean => ['running', 'retrying', 'unknown'].includes(status);
    return advance(
      seenAs(state, ({ status }, { name }) =>
        inFlight(status) && name !== reason.step ? 'rejected' : status,
      ),
    );
  }
}

export const bug = plantedBug({
  how: 'When a step fails, parallel ones that are under way are neither awaited nor undone',
  mended: 'All branches are awaited, and those that may have happened are undone (E3)',
  lookFor:
    'Search for `Promise.all` or `gather` around effects. When one rejects, the others go on, and nobody waits for what they do.',
  caughtBy: ['status-is-true', 'all-or-nothing', 'nothing-after-the-end'],
  trigger: [],
  seenIn: 'Promise.all and asyncio.gather around the steps of a stage',
  ...shopPair({
    name: 'parallel-branch-not-awaited',
    title: 'One of three parallel steps fails, and the others are forgotten',
    saga: basket,
    engine: (options) => new AwaitsNoBranch(options),
  }),
});

export default bug.wrong;
