// at-most-once. Counted in the ledgers: a participant that removes duplicates has one entry per operation.

import type { InvariantFactory } from './invariant.ts';

export const atMostOnce: InvariantFactory = (report) => ({
  id: 'at-most-once',
  statement: 'One (saga, step, direction) has at most one effect, whatever the attempts',
  onEffect({ direction, action }, step, file) {
    const applied = file.applied(step.index);
    const undone = file.undone(step.index);
    const effects = direction === 'forward' ? applied : undone;
    if (effects > 1) report.violated(`${action} of step ${step.name} took effect ${effects} times`, file);
    if (undone > applied) report.violated(`${action} undid step ${step.name}, which had no effect`, file);
  },
});
