// Says "applied" before it is: the change goes into a buffer that is written with the next request. It is fast, and
// nearly always right. The saga completes on the word of a service that has done nothing yet.

import type { Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { APPLIED, Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

class WriteBehind extends Clerk {
  #buffered: Call | undefined;

  override handle(call: Call, env: ParticipantEnv): Outcome {
    this.#flush(env);
    return super.handle(call, env);
  }

  protected override forward(call: Call, env: ParticipantEnv): Outcome {
    if (call.action !== 'credit' || this.isUndone(call)) return super.forward(call, env);
    this.#buffered = call;
    return APPLIED;
  }

  #flush(env: ParticipantEnv): void {
    const call = this.#buffered;
    this.#buffered = undefined;
    if (call !== undefined && this.recall(call, env) === undefined) super.forward(call, env);
  }
}

export const bug = plantedBug({
  how: 'A credit is confirmed before it is written, and fails when it is',
  lookFor: 'Ask what an answer of success rests on. If the write comes later, kill the process before it.',
  reading: 'Mohan et al., _ARIES_, ACM TODS 1992, on writing the log first',
  caughtBy: ['status-is-true', 'all-or-nothing'],
  trigger: [],
  seenIn: 'write-behind caches, and handlers that answer 200 and hand the work to a queue',
  wrong: transfers(
    'write-behind',
    'Credits are confirmed, then written',
    () => new WriteBehind(new Bank(BANK)),
  ),
  right: transfers(
    'write-behind-corrected',
    'Credits are written, then confirmed',
    () => new Clerk(new Bank(BANK)),
  ),
});

export default bug.wrong;
