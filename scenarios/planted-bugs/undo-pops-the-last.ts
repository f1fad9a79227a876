// Undo as a stack: a guide for on call keeps its undo closures in a list in memory, last in, first out. For one saga
// that is the right order. In a service that serves many, the last one on the stack is somebody else's.

import type { Applied, Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { Clerk, type Service } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

/** A bank that keeps what it has done on a stack, and undoes the top of it. */
class StackBank implements Service {
  readonly #bank = new Bank(BANK);
  readonly #done: Call[] = [];
  readonly actions = this.#bank.actions;
  readonly ledger = this.#bank.ledger;

  apply(call: Call, env: ParticipantEnv): Outcome {
    const outcome = this.#bank.apply(call, env);
    if (outcome.kind === 'applied') this.#done.push(call);
    return outcome;
  }

  undo(call: Call, forward: Applied): Outcome {
    const last = this.#done.pop() ?? call;
    const { saga, step, round, payload } = last;
    const action = `compensate_${step}`;
    return this.#bank.undo({ ...call, saga, step, round, payload, action }, forward);
  }
}

export const bug = plantedBug({
  how: 'An undo takes back the last thing that anybody did',
  lookFor:
    "Look for an undo that takes no argument. With two sagas at once the last thing done is somebody else's.",
  caughtBy: ['status-is-true', 'nothing-after-the-end', 'all-or-nothing'],
  trigger: [],
  seenIn: 'a guide for on call: a list of compensation closures, run from its end',
  wrong: transfers(
    'undo-pops-the-last',
    'Undo takes the top of a stack that all sagas share',
    () => new Clerk(new StackBank()),
  ),
  right: transfers(
    'undo-pops-the-last-corrected',
    "Undo takes back its own saga's step",
    () => new Clerk(new Bank(BANK)),
  ),
});

export default bug.wrong;
