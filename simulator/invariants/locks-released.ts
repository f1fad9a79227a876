// locks-released. Judged from what participants say of their locks. Under two-phase commit, who is prepared holds locks until
// the decision; a semantic lock says that its saga may still be undone. So neither may be left when the saga has ended: an
// orphaned lock is in everybody's way, and its owner will never come.

import { stepIndexOf } from '../../engine/core/define-saga.ts';
import type { LedgerEntry } from '../../engine/core/protocol.ts';
import { isEnded } from '../../engine/core/saga.ts';
import { commitStepOf } from '../../engine/two-phase-commit/index.ts';
import { type CaseFile, claims, type Ending, type InvariantFactory } from './invariant.ts';

export const locksReleased: InvariantFactory = (report, world) => {
  /** By transaction, the steps that hold locks. */
  const held = new Map<string, Set<string>>();
  let isExercised = false;

  const check = (file: CaseFile, when: string): void => {
    const all = held.get(file.saga);
    if (all === undefined) return;
    const status = file.ending?.status ?? 'running';
    const steps = [...all].filter((step) => isClaimed(status, file, stepIndexOf(file.definition, step)));
    if (steps.length > 0) report.violated(`${when}, and locks are held by ${steps.join(', ')}`, file);
  };
  return {
    id: 'locks-released',
    statement: 'Who has ended holds no lock: no participant stays prepared, no record stays pending',
    isExercised: () => isExercised,
    onEffect({ lock }: LedgerEntry, _step, file) {
      if (lock === undefined) return;
      isExercised = true;
      if (lock.is === 'taken') {
        const steps = held.get(file.saga) ?? new Set();
        held.set(file.saga, steps);
        for (const step of lock.by) steps.add(step);
        if (file.ending !== undefined && isEnded(file.ending.status)) check(file, 'it had ended');
        return;
      }
      const steps = held.get(file.saga);
      for (const step of lock.by) steps?.delete(step);
      if (steps?.size === 0) held.delete(file.saga);
    },
    onEnded({ status }, _log, file) {
      if (isEnded(status)) check(file, `it ended ${status}`);
    },
    onQuiescence() {
      for (const file of world.files()) check(file, 'nothing more will happen');
    },
  };
};

/** A lock is its holder's, and under two-phase commit that of the step that commits what its holder prepared. */
function isClaimed(status: Ending['status'], file: CaseFile, holder: number): boolean {
  const commit = stepIndexOf(file.definition, commitStepOf(file.definition.steps[holder]!.name));
  return claims(status, file, holder) && (commit < 0 || claims(status, file, commit));
}
