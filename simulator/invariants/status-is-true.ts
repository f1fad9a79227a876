// status-is-true. What the engine claims of each step, against what the ledgers hold.

import { isEnded, type SagaState, type SagaStatus } from '../../engine/core/saga.ts';
import { type CaseFile, claims, type InvariantFactory } from './invariant.ts';

export const statusIsTrue: InvariantFactory = (report) => ({
  id: 'status-is-true',
  statement: 'What the engine says of a saga agrees with the ledgers',
  onEnded({ status, state }, _log, file) {
    if (!isEnded(status)) return;
    for (const step of state.definition.steps) {
      const lie = step.hasEffects ? lieOf(status, state, file, step.index) : undefined;
      if (lie !== undefined) report.violated(`saga ended ${status}: step ${step.name} ${lie}`, file);
    }
  },
});

function lieOf(status: SagaStatus, state: SagaState, file: CaseFile, index: number): string | undefined {
  if (!claims(status, file, index)) return undefined;
  const said = state.steps[index]!.status;
  const stands = file.stands(index);
  const shouldStand = status === 'completed' || (status === 'resolved' && said === 'applied');
  if (shouldStand && !stands) return 'has no effect in the ledgers';
  if (!shouldStand && stands) return `still stands in the ledgers, the engine says ${said}`;
  if (said === 'rejected' && file.applied(index) > 0) return 'was said to be rejected, yet took effect';
  return undefined;
}
