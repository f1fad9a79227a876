// The booking code is the key, and it is drawn for every attempt: the service does look for duplicates, under a number
// that no duplicate has. Two flights for one traveller; one of them is cancelled.

import type { Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { flights, trips } from './trip.ts';

class NumberedPerAttempt extends Clerk {
  protected override recall(call: Call, env: ParticipantEnv): Outcome | undefined {
    return call.direction === 'forward'
      ? this.answered.get(`${call.key}#${call.attempt}`)
      : super.recall(call, env);
  }

  protected override remember(call: Call, outcome: Outcome, env: ParticipantEnv): void {
    super.remember(call, outcome, env);
    this.answered.set(`${call.key}#${call.attempt}`, outcome);
  }
}

export const bug = plantedBug({
  how: 'The second attempt gets a number of its own and books a second flight',
  lookFor:
    'Ask a service by what it recognises a repetition, and send that. A key that it does not read is no key.',
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['at-most-once', 'all-or-nothing', 'status-is-true'],
  trigger: ['drop-reply', 'fail-after', 'delay-reply'],
  seenIn:
    'carriers that deduplicate by tracking number; a saga manager in Python puts the attempt into the key of an undo',
  wrong: trips(
    'tracking-number',
    'Duplicates are looked for under a number of each attempt',
    () => new NumberedPerAttempt(flights()),
  ),
  right: trips(
    'tracking-number-corrected',
    'Duplicates are looked for under the key',
    () => new Clerk(flights()),
  ),
});

export default bug.wrong;
