// A fresh idempotency key for every request, made where the request is made, inside the retry loop. The key is
// there, the header is sent, the service looks at it; and a charge whose reply was lost is charged again.

import { idempotencyKey, type PendingCall, type SagaState, type StepDefinition } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class KeyPerAttempt extends PlainEngine {
  protected override keyOf({ saga, round }: SagaState, step: StepDefinition, due: PendingCall): string {
    return `${idempotencyKey(saga, step.name, due.direction, round)}/${due.attempt}`;
  }
}

export const bug = plantedBug({
  how: 'Each attempt has an idempotency key of its own: a charge whose reply was lost is charged again',
  mended: 'One operation has one key, whatever the attempt (E4)',
  lookFor:
    'Search for a UUID that is made inside of a retry loop. The key belongs to the operation: make it where the operation is written down.',
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['at-most-once', 'key-is-stable'],
  trigger: ['drop-reply', 'delay-reply', 'fail-after', 'participant-crash-after'],
  seenIn: 'HTTP clients that draw a UUID for the Idempotency-Key header inside their retry loop',
  ...shopPair({
    name: 'new-key-per-attempt',
    title: 'The idempotency key is made inside the retry loop',
    engine: (options) => new KeyPerAttempt(options),
  }),
});

export default bug.wrong;
