// A participant votes yes before its vote is on disk. After a restart the money has left the account, and nobody knows that it
// is prepared: the lock is gone, and the commit finds nothing to commit.

import type { Call, Ledger, Outcome, Participant, ParticipantEnv } from '../../engine/index.ts';
import { ResourceManager } from '../../engine/two-phase-commit/index.ts';
import { committedTransfers } from './committed-transfer.ts';
import { plantedBug } from './planted-bug.ts';

class ForgetsVotes implements Participant {
  readonly #bank: Participant;
  #manager: ResourceManager;

  constructor(bank: Participant) {
    this.#bank = bank;
    this.#manager = new ResourceManager(bank);
  }

  get actions(): readonly string[] {
    return this.#manager.actions;
  }

  get ledger(): Ledger {
    return this.#manager.ledger;
  }

  handle(call: Call, env: ParticipantEnv): Outcome {
    return this.#manager.handle(call, env);
  }

  restart(): void {
    this.#manager = new ResourceManager(this.#bank);
  }
}

export const bug = plantedBug({
  how: 'A participant keeps its vote and its locks in memory: after a restart it knows of no prepared transaction',
  caughtBy: ['locks-released', 'every-saga-ends', 'all-or-nothing', 'status-is-true'],
  trigger: ['participant-restart', 'participant-crash-before', 'participant-crash-after'],
  seenIn: 'resource managers that answer "prepared" before they have written it down',
  lookFor:
    'What is on disk when a participant answers "prepared": the change, the vote and the locks, or it may not say so.',
  wrong: committedTransfers({
    name: 'votes-in-memory',
    title: 'Two-phase commit with votes that a restart forgets',
    manage: (bank) => new ForgetsVotes(bank),
  }),
  right: committedTransfers({
    name: 'votes-in-memory-corrected',
    title: 'Two-phase commit with durable votes',
  }),
});

export default bug.wrong;
