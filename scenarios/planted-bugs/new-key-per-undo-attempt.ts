// The number of the attempt is part of the idempotency key of a compensation: a refund that happened, but whose
// reply was lost, is asked for again under another name, and is paid twice. A saga manager in Python,
// `execute_single_compensation`: `f"{saga_id}_{step_name}_compensate_{attempt}"`.

import type { PendingCall, SagaState, StepDefinition } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class KeyPerUndoAttempt extends PlainEngine {
  protected override keyOf(state: SagaState, step: StepDefinition, due: PendingCall): string {
    if (due.direction === 'forward') return super.keyOf(state, step, due);
    return `${state.saga}_${step.name}_compensate_${due.attempt}`;
  }
}

export const bug = plantedBug({
  how: 'Each attempt of a compensation has a key of its own: a refund whose reply was lost is paid again',
  mended: 'A compensation has one key, whatever the attempt (E4)',
  lookFor:
    'The same search in the compensations. Refunds are repeated more often than charges, because nobody waits for them.',
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['at-most-once', 'key-is-stable'],
  trigger: ['drop-reply', 'delay-reply', 'fail-after', 'participant-crash-after'],
  seenIn: 'a saga manager in Python (AdvancedCompensationManager.execute_single_compensation)',
  ...shopPair({
    name: 'new-key-per-undo-attempt',
    title: 'The idempotency key of a refund has the number of the attempt in it',
    engine: (options) => new KeyPerUndoAttempt(options),
  }),
});

export default bug.wrong;
