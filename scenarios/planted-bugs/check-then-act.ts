// Looks whether the key is known, works for a while, then writes both effect and key. Two copies of one request that
// come within that while both find nothing. An order flow in Java has it as `if (existsByEventId) return; process; save`.
//
// The worker here takes 60 ms. Who asks in the meantime is told "no answer yet", and is answered when asked again.

import type { Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { flights, trips } from './trip.ts';

const WORK_US = 60_000;
const BUSY: Outcome = { kind: 'unknown', failure: 'transient', reason: 'still at work' };

/** Books in two moments; what is looked at again in the second is what makes it right. */
class SlowClerk extends Clerk {
  readonly #atWork: { readonly call: Call; readonly doneAtUs: number }[] = [];
  readonly #looksAgain: boolean;

  constructor(looksAgain: boolean) {
    super(flights());
    this.#looksAgain = looksAgain;
  }

  override handle(call: Call, env: ParticipantEnv): Outcome {
    this.#finish(env);
    return super.handle(call, env);
  }

  protected override forward(call: Call, env: ParticipantEnv): Outcome {
    if (this.isUndone(call)) return super.forward(call, env);
    this.#atWork.push({ call, doneAtUs: env.nowUs + WORK_US });
    return BUSY;
  }

  /** What is at work is done before it is undone. */
  protected override compensate(call: Call, env: ParticipantEnv): Outcome {
    const own = this.#atWork.some(({ call: { saga, step } }) => saga === call.saga && step === call.step);
    return own ? BUSY : super.compensate(call, env);
  }

  #finish(env: ParticipantEnv): void {
    while (this.#atWork.length > 0 && this.#atWork[0]!.doneAtUs <= env.nowUs) {
      const { call } = this.#atWork.shift()!;
      if (this.#looksAgain && this.recall(call, env) !== undefined) continue;
      super.forward(call, env);
    }
  }
}

export const bug = plantedBug({
  how: 'Two copies of one request are both found to be new, and both take effect',
  lookFor:
    'Look for `exists(id)` followed by work followed by `save(id)`. Send the same request twice at once: a unique insert must decide who goes on.',
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['at-most-once'],
  trigger: ['duplicate-request'],
  seenIn:
    'an order flow in Java: existsByEventId, then the work, then save, in consumers that run in parallel',
  wrong: trips(
    'check-then-act',
    'The key is looked for before the work and written after it',
    () => new SlowClerk(false),
  ),
  right: trips(
    'check-then-act-corrected',
    'The key is looked for again when it is written, as a unique index does',
    () => new SlowClerk(true),
  ),
});

export default bug.wrong;
