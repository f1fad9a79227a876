// The decision to commit is in the log, and the coordinator dies before it has told everybody. The next one finds the
// transaction decided, takes that for done, and tells nobody: participants that did not hear of it are in doubt for ever.

import type { PendingCall, SagaState, StoredEvent } from '../../engine/index.ts';
import { COMMIT_PREPARED } from '../../engine/two-phase-commit/index.ts';
import { committedTransfers } from './committed-transfer.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';

class TakesDecidedForDone extends PlainEngine {
  readonly #decidedBefore = new Set<string>();

  protected override recover(log: readonly StoredEvent[], nowUs: number): void {
    const state = this.stateOf(log);
    for (const call of super.outstanding(state)) {
      if (isCommit(state, call)) this.#decidedBefore.add(`${state.saga}/${call.step}`);
    }
    super.recover(log, nowUs);
  }

  protected override outstanding(state: SagaState): readonly PendingCall[] {
    return super.outstanding(state).filter(({ step }) => !this.#decidedBefore.has(`${state.saga}/${step}`));
  }
}

function isCommit({ definition }: SagaState, { step }: PendingCall): boolean {
  return definition.steps[step]!.action === COMMIT_PREPARED;
}

export const bug = plantedBug({
  how: 'A coordinator that comes back takes a decision that is in the log for one that was told',
  caughtBy: ['every-saga-ends', 'locks-released'],
  trigger: ['orchestrator-crash'],
  seenIn:
    'coordinators that mark a transaction as committed before the second phase, and look for unmarked ones only',
  lookFor:
    'Recovery that looks for transactions without a decision only: those that have one must be told again, to all.',
  wrong: committedTransfers({
    name: 'decision-lost',
    title: 'Two-phase commit whose decision is lost between log and send',
    engine: (options) => new TakesDecidedForDone(options),
  }),
  right: committedTransfers({
    name: 'decision-lost-corrected',
    title: 'Two-phase commit that tells a decision until everybody has heard it',
  }),
});

export default bug.wrong;
