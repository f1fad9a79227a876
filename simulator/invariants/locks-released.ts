// locks-released. Judged from what participants say of their locks: who is prepared holds locks until the decision, so that
// nobody may stay prepared when the transaction has ended.

import { stepIndexOf } from '../../engine/core/define-saga.ts';
import type { LedgerEntry } from '../../engine/core/protocol.ts';
import { isEnded } from '../../engine/core/saga.ts';
import { type CaseFile, claims, type InvariantFactory } from './invariant.ts';

/** For scenarios whose participants are under two-phase commit. */
export const locksReleased: InvariantFactory = (report, world) => {
  /** By transaction, the steps that hold locks. */
  const held = new Map<string, Set<string>>();
  let isExercised = false;

  const check = (file: CaseFile, when: string): void => {
    const all = [...(held.get(file.saga) ?? [])];
    const status = file.ending?.status ?? 'running';
    const steps = all.filter((step) => claims(status, file, stepIndexOf(file.definition, step)));
    if (steps.length > 0) report.violated(`${when}, and locks are held by ${steps.join(', ')}`, file);
  };
  return {
    id: 'locks-released',
    statement: 'A transaction that has ended holds no lock: no participant stays prepared',
    isExercised: () => isExercised,
    onEffect({ lock }: LedgerEntry, _step, file) {
      if (lock === undefined) return;
      isExercised = true;
      if (lock.is === 'taken') {
        const steps = held.get(file.saga);
        if (steps === undefined) held.set(file.saga, new Set([lock.by]));
        else steps.add(lock.by);
        if (file.ending !== undefined && isEnded(file.ending.status)) check(file, 'it had ended');
        return;
      }
      const steps = held.get(file.saga);
      steps?.delete(lock.by);
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
