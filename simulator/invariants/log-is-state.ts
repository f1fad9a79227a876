// log-is-state. The fold of what the store holds is what the engine believes; versions have no gap; no event
// comes that the state before it does not allow. An engine may doubt more than the log says (E2), never less.

import { fold, type SagaState, type StepState } from '../../engine/core/saga.ts';
import type { InvariantFactory } from './invariant.ts';

export const logIsState: InvariantFactory = (report) => ({
  id: 'log-is-state',
  statement: 'Folding the stored events gives the state; versions have no gap; transitions are legal',
  onAppended({ expectedVersion, events }, log, file) {
    const before = log.length - events.length;
    if (expectedVersion === before) return;
    report.violated(`what should have followed version ${expectedVersion} followed version ${before}`, file);
  },
  onEnded({ illegal }, _log, file) {
    if (illegal !== undefined) report.violated(illegal, file);
  },
  onReleased(believed, log, file) {
    const known = file.ending?.state;
    const folded =
      known?.version === believed.version
        ? known
        : fold(file.definition, file.saga, log.events.slice(0, believed.version));
    const difference = differenceOf(folded, believed);
    if (difference !== undefined) report.violated(`the log folds to another state: ${difference}`, file);
  },
});

function differenceOf(log: SagaState, engine: SagaState): string | undefined {
  if (log.status !== engine.status) return `the saga is ${log.status}, the engine has ${engine.status}`;
  if (log.version !== engine.version) return `version ${log.version}, the engine has ${engine.version}`;
  if (log.round !== engine.round) return `round ${log.round}, the engine has ${engine.round}`;
  if (log.deadlineAtUs !== engine.deadlineAtUs)
    return `deadline ${log.deadlineAtUs}, the engine has ${engine.deadlineAtUs}`;
  if (!isSameJson(log.reason, engine.reason))
    return `reason ${JSON.stringify(log.reason)}, the engine has ${JSON.stringify(engine.reason)}`;
  if (!isSameJson(log.input, engine.input)) return 'the engine has another input';
  for (let i = 0; i < log.steps.length; i++) {
    const a = log.steps[i]!;
    const b = engine.steps[i]!;
    if (isSame(a, b)) continue;
    const name = log.definition.steps[i]!.name;
    return `step ${name} is ${a.status}, attempt ${a.attempt}; the engine has ${b.status}, attempt ${b.attempt}`;
  }
  return undefined;
}

/** Mostly both are the same object, and nothing is written. */
function isSameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function isSame(a: StepState, b: StepState): boolean {
  return (
    a.status === b.status &&
    a.attempt === b.attempt &&
    a.attemptsSpent === b.attemptsSpent &&
    a.dueAtUs === b.dueAtUs &&
    (b.inDoubt || !a.inDoubt) &&
    isSameJson(a.result, b.result)
  );
}
