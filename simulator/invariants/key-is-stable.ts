// key-is-stable. Whatever the attempt, and across crashes: one operation, one key, one payload (E4).

import type { InvariantFactory, StepFile } from './invariant.ts';

export const keyIsStable: InvariantFactory = (report) => ({
  id: 'key-is-stable',
  statement: 'One operation uses one key and one payload hash',
  onCall({ key, direction, round, payloadHash, attempt }, step, file) {
    if (round !== file.round) return;
    const seen = file.steps[step.index]!;
    const isForward = direction === 'forward';
    const firstKey = isForward ? seen.forwardKey : seen.compensationKey;
    if (firstKey === undefined) return note(seen, isForward, key, payloadHash);
    if (firstKey !== key) {
      report.violated(`attempt ${attempt} of ${direction} ${step.name} came under another key: ${key}`, file);
    }
    if ((isForward ? seen.forwardHash : seen.compensationHash) !== payloadHash) {
      report.violated(`attempt ${attempt} of ${direction} ${step.name} came with another payload`, file);
    }
  },
});

function note(seen: StepFile, isForward: boolean, key: string, payloadHash: number): void {
  if (isForward) {
    seen.forwardKey = key;
    seen.forwardHash = payloadHash;
  } else {
    seen.compensationKey = key;
    seen.compensationHash = payloadHash;
  }
}
