// key-is-stable. Whatever the attempt, and across crashes: one operation, one key, one payload (E4).

import { idempotencyKey } from '../../engine/core/protocol.ts';
import type { InvariantFactory } from './invariant.ts';

export const keyIsStable: InvariantFactory = (report) => ({
  id: 'key-is-stable',
  statement: 'One operation uses one key and one payload hash',
  onCall({ key, saga, step: name, direction, round, payloadHash, attempt }, step, file) {
    if (key !== idempotencyKey(saga, name, direction, round)) {
      report.violated(`attempt ${attempt} of ${direction} ${name} came under the key ${key}`, file);
    }
    const seen = file.steps[step.index]!;
    const before = direction === 'forward' ? seen.forwardHash : seen.compensationHash;
    if (round !== file.round) return;
    if (before >= 0 && before !== payloadHash) {
      report.violated(`attempt ${attempt} of ${direction} ${name} came with another payload`, file);
    }
    if (direction === 'forward') seen.forwardHash = payloadHash;
    else seen.compensationHash = payloadHash;
  },
});
