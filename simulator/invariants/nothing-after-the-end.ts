// nothing-after-the-end. The late copy, the call that overtakes its undo: what tombstones are for.

import { isEnded } from '../../engine/core/saga.ts';
import { claims, type InvariantFactory } from './invariant.ts';

export const nothingAfterTheEnd: InvariantFactory = (report) => ({
  id: 'nothing-after-the-end',
  statement: 'No effect lands after the saga ended or after its step was compensated',
  onEffect({ direction, action }, step, file) {
    const status = file.ending?.status;
    if (file.takenOver.has(step.index) && (status === undefined || !claims(status, file, step.index))) return;
    if (status !== undefined && isEnded(status)) {
      report.violated(`${action} of step ${step.name} took effect after the saga ended ${status}`, file);
    } else if (direction === 'forward' && file.undone(step.index) > 0) {
      report.violated(`${action} of step ${step.name} took effect after it was undone`, file);
    } else if (direction === 'forward' && file.compensated.has(step.index)) {
      report.violated(`${action} of step ${step.name} took effect after the engine had it compensated`, file);
    }
  },
});
