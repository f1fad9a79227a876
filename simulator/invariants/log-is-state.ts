// log-is-state. The fold of what the store holds is what the engine believes; versions have no gap; no event
// comes that the state before it does not allow.

import { fold, type SagaState } from '../../engine/core/saga.ts';
import type { InvariantFactory } from './invariant.ts';

export const logIsState: InvariantFactory = (report) => ({
  id: 'log-is-state',
  statement: 'Folding the stored events gives the state; versions have no gap; transitions are legal',
  onAppended(events, log, file) {
    for (let i = log.length - events.length; i < log.length; i++) {
      if (log[i]!.version === i + 1) continue;
      report.violated(`version ${log[i]!.version} stands at place ${i + 1}`, file);
    }
  },
  onEnded({ illegal }, _log, file) {
    if (illegal !== undefined) report.violated(illegal, file);
  },
  onReleased(believed, log, file) {
    const known = file.ending?.state;
    const folded =
      known?.version === believed.version
        ? known
        : fold(
            file.definition,
            file.saga,
            log.slice(0, believed.version).map((row) => row.event),
          );
    const difference = differenceOf(folded, believed);
    if (difference !== undefined) report.violated(`the log folds to another state: ${difference}`, file);
  },
});

function differenceOf(log: SagaState, engine: SagaState): string | undefined {
  for (const field of ['status', 'version', 'round'] as const) {
    if (log[field] !== engine[field]) return `${field} is ${log[field]}, the engine has ${engine[field]}`;
  }
  for (const step of log.definition.steps) {
    const a = log.steps[step.index]!;
    const b = engine.steps[step.index]!;
    for (const field of ['status', 'attempt', 'dueAtUs', 'inDoubt', 'result'] as const) {
      if (a[field] !== b[field])
        return `${field} of step ${step.name} is ${a[field]}, the engine has ${b[field]}`;
    }
  }
  return undefined;
}
