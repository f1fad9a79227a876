// The body of a request says which attempt it is, "for the logs". Same key, other body: a service that compares
// them refuses the second attempt for good, and one that does not cannot tell a retry from a mix-up (E4).

import type { PendingCall, SagaState, StepDefinition } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class AttemptInThePayload extends PlainEngine {
  protected override payloadOf(state: SagaState, step: StepDefinition, due: PendingCall): unknown {
    return { ...(super.payloadOf(state, step, due) as object), attempt: due.attempt };
  }
}

export const bug = plantedBug({
  how: 'The payload changes from attempt to attempt while the key stays',
  mended: 'The payload is a function of the saga, and the same in every attempt (E4)',
  lookFor:
    'Log the hash of the body beside the idempotency key. One key with two hashes is this bug: timestamps, attempt counts and trace ids belong in headers.',
  caughtBy: ['key-is-stable'],
  trigger: ['drop-reply', 'fail-before', 'fail-after'],
  seenIn:
    'bodies with a retry count or the time of sending; a saga manager in Python (compensation_context: attempt)',
  ...shopPair({
    name: 'attempt-in-the-payload',
    title: 'The body of a request says which attempt it is',
    engine: (options) => new AttemptInThePayload(options),
  }),
});

export default bug.wrong;
