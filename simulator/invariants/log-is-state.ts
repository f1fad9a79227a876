// log-is-state. The fold of what the store holds is what the engine believes; versions have no gap; no event
// comes that the state before it does not allow.

import type { StoredEvent } from '../../engine/core/ports.ts';
import { fold, isEnded, type SagaState } from '../../engine/core/saga.ts';
import type { CaseFile, InvariantFactory, Reporter } from './invariant.ts';
import { illegalTransition } from './legal-transitions.ts';

export const logIsState: InvariantFactory = (report) => ({
  id: 'log-is-state',
  statement: 'Folding the stored events gives the state; versions have no gap; transitions are legal',
  onAppended(events, log, file) {
    const first = log.length - events.length;
    for (let i = first; i < log.length; i++) {
      if (log[i]!.version !== i + 1)
        report.violated(`version ${log[i]!.version} stands at place ${i + 1}`, file);
    }
  },
  onEnded(_status, state, log, file) {
    checkTransitions(report, log, file);
    const folded = fold(file.definition, file.saga, events(log));
    const difference = differenceOf(folded, state);
    if (difference !== undefined) report.violated(`the log folds to another state: ${difference}`, file);
    if (isEnded(folded.status) !== isEnded(state.status))
      report.violated(`the log says ${folded.status}`, file);
  },
});

function* events(log: readonly StoredEvent[]): Iterable<StoredEvent['event']> {
  for (const row of log) yield row.event;
}

function checkTransitions(report: Reporter, log: readonly StoredEvent[], file: CaseFile): void {
  const illegal = illegalTransition(file.definition, file.saga, events(log));
  if (illegal !== undefined) report.violated(illegal, file);
}

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
