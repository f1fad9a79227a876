// key-is-stable. Whatever the attempt, and across crashes: one operation, one key, one payload (E4).

import type { InvariantFactory } from './invariant.ts';

export const keyIsStable: InvariantFactory = (report) => ({
  id: 'key-is-stable',
  statement: 'One operation uses one key and one payload hash',
  onCall({ key, direction, round, payloadHash, attempt }, step, file) {
    if (round !== file.round) return;
    const operations = file.steps[step.index]!;
    const seen = operations[direction];
    if (seen === undefined) {
      operations[direction] = { key, payloadHash };
      return;
    }
    if (seen.key !== key) {
      report.violated(`attempt ${attempt} of ${direction} ${step.name} came under another key: ${key}`, file);
    }
    if (seen.payloadHash !== payloadHash) {
      report.violated(`attempt ${attempt} of ${direction} ${step.name} came with another payload`, file);
    }
  },
});
