// key-is-stable. Whatever the attempt, and across crashes: one operation, one key, one payload (E4).

import type { InvariantFactory } from './invariant.ts';

export const keyIsStable: InvariantFactory = (report) => ({
  id: 'key-is-stable',
  statement: 'One operation uses one key and one payload hash',
  onCall({ key, direction, round, payloadHash, attempt }, step, file) {
    if (round !== file.round) return;
    const repetition = file.compare(step.index, direction, key, payloadHash);
    if (repetition === 'other-key') {
      report.violated(`attempt ${attempt} of ${direction} ${step.name} came under another key: ${key}`, file);
    } else if (repetition === 'other-payload') {
      report.violated(`attempt ${attempt} of ${direction} ${step.name} came with another payload`, file);
    }
  },
});
