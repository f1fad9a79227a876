// A prepare that times out counts as a no: the coordinator rolls back those that said yes, and not the one that did
// not answer. An order flow in Java asks it in a comment ("What if prepare times out? Participant is in uncertain
// state!") and rolls back `preparedParticipants` only. The participant had prepared, and holds its locks for ever.

import { advance, type SagaEvent, type SagaState } from '../../engine/index.ts';
import { committedTransfers } from './committed-transfer.ts';
import { seenAs } from './mistaken-view.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';

class RollsBackOnlyYes extends PlainEngine {
  protected override follows(state: SagaState): readonly SagaEvent[] {
    return advance(seenAs(state, ({ status }) => (status === 'unknown' ? 'rejected' : status)));
  }
}

export const bug = plantedBug({
  how: 'A participant whose answer to prepare was lost is not rolled back: it stays prepared, and locked, for ever',
  caughtBy: ['locks-released', 'all-or-nothing', 'status-is-true'],
  trigger: ['drop-reply', 'participant-crash-after'],
  seenIn: 'an order flow in Java (TwoPhaseCommitCoordinator: rollbackPrepared)',
  lookFor:
    'Whom the rollback goes to. Only who said yes: not enough. Whoever was asked may be prepared, and must be told.',
  wrong: committedTransfers({
    name: 'prepare-never-rolled-back',
    title: 'Two-phase commit that rolls back only who said yes',
    engine: (options) => new RollsBackOnlyYes(options),
  }),
  right: committedTransfers({
    name: 'prepare-never-rolled-back-corrected',
    title: 'Two-phase commit that rolls back whoever may be prepared',
  }),
});

export default bug.wrong;
