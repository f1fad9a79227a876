// After a crash, a sweeper is to find the sagas that were under way. It looks for a status that no code ever sets,
// so it finds none. An order flow in Java: `findByStatusAndStartTimeBefore(SagaStatus.IN_PROGRESS, …)`, where sagas are
// `STARTED` until they are `COMPLETED`, `FAILED` or `COMPENSATING`.

import type { StoredEvent } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

const SWEPT: string = 'in_progress';

class SweepsTheWrongStatus extends PlainEngine {
  protected override recover(log: readonly StoredEvent[], nowUs: number): void {
    if (this.stateOf(log).status === SWEPT) super.recover(log, nowUs);
  }
}

export const bug = plantedBug({
  how: 'The sweeper looks for a status that is never set: after a crash nobody takes up what was under way',
  mended: 'Recovery takes up every saga whose log has no end (E9)',
  lookFor:
    'Compare the statuses that the recovery job selects with those that the code sets. Then kill a process in the middle of a saga, and wait.',
  caughtBy: ['every-saga-ends'],
  trigger: ['orchestrator-crash'],
  seenIn: 'an order flow in Java (SagaTimeoutMonitor.checkSagaTimeouts: IN_PROGRESS)',
  ...shopPair({
    name: 'nobody-resumes',
    title: 'The sweeper looks for IN_PROGRESS, which nothing ever is',
    engine: (options) => new SweepsTheWrongStatus(options),
  }),
});

export default bug.wrong;
