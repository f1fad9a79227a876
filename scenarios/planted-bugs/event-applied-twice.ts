// The handler of "step completed" rebuilds the state from the log, in which that event already stands, and then
// counts it once more: `current_step` is two further, and the step in between is never done. A saga manager in Python,
// `handle_step_completed`: `rebuild_saga_state`, then `current_step += 1`. Here it happens to the last event of a
// log that is read after a crash.

import { advance, type SagaEvent, type SagaState, type StoredEvent } from '../../engine/index.ts';
import { seenAs } from './mistaken-view.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class AppliesTheLastEventTwice extends PlainEngine {
  /** The step that was counted without being done, by saga. */
  readonly #skipped = new Map<string, string>();

  protected override recover(log: readonly StoredEvent[], nowUs: number): void {
    const { saga, definition, steps } = this.stateOf(log);
    const done = steps.filter(({ status }) => status === 'applied').length;
    const wasCompleted =
      log.at(-2)?.event.kind === 'step-applied' || log.at(-1)?.event.kind === 'step-applied';
    const skipped = wasCompleted ? definition.steps[done]?.name : undefined;
    if (skipped !== undefined) this.#skipped.set(saga, skipped);
    super.recover(log, nowUs);
  }

  protected override follows(state: SagaState): readonly SagaEvent[] {
    if (state.status !== 'running') return advance(state);
    const skipped = this.#skipped.get(state.saga);
    return advance(seenAs(state, ({ status }, { name }) => (name === skipped ? 'applied' : status)));
  }
}

export const bug = plantedBug({
  how: 'The last event of a log is counted twice when the state is rebuilt, and the step after it is skipped',
  mended: 'Recovery folds each event of the log once (E9)',
  lookFor: 'Rebuild a state from its log and compare it with the one in memory, for every length of the log.',
  caughtBy: ['status-is-true', 'all-or-nothing'],
  trigger: ['orchestrator-crash'],
  seenIn: 'a saga manager in Python (handle_step_completed after rebuild_saga_state)',
  ...shopPair({
    name: 'event-applied-twice',
    title: 'A rebuilt saga is one step ahead of itself',
    engine: (options) => new AppliesTheLastEventTwice(options),
  }),
});

export default bug.wrong;
