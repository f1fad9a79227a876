// all-or-nothing. Judged when the engine says that the saga ended, against the ledgers; and again for every effect
// that lands later, by nothing-after-the-end. Undone means: every account has back what it had. A fee that is kept
// belongs to another saga. Of a saga that ended `resolved`, what a person took over is that person's, and the rest is judged.

import type { SagaStatus } from '../../engine/core/saga.ts';
import { type CaseFile, claims, type InvariantFactory } from './invariant.ts';

export const allOrNothing: InvariantFactory = (report) => ({
  id: 'all-or-nothing',
  statement: 'An ended saga has every effect applied, or every effect undone',
  onEnded({ status }, _log, file) {
    if (status === 'compensation_failed') return; // not ended: a person is asked for
    if (!isMixed(status, file)) {
      if (isBalanced(status, file)) return;
      return report.violated(`ended ${status}, yet not all that ${posters(file)} posted came back`, file);
    }
    const standing = namesOf(file, true);
    const missing = namesOf(file, false);
    report.violated(`ended ${status} with ${standing} applied and ${missing} not`, file);
  },
});

/** Unless its effects stand, every account has back what the saga's steps took from it or gave to it. */
function isBalanced(status: SagaStatus, file: CaseFile): boolean {
  let sum = 0;
  for (const { index } of file.definition.steps) {
    if (!claims(status, file, index)) continue;
    if (file.stands(index)) return true;
    sum = (sum + file.posted(index)) | 0;
  }
  return sum === 0;
}

/** The steps of which something is left in the accounts. */
function posters(file: CaseFile): string {
  const left = file.definition.steps.filter(({ index }) => file.posted(index) !== 0);
  return left.map(({ name }) => name).join(' and ');
}

/** Some effects stand and some do not. Steps that only look have none. */
function isMixed(status: SagaStatus, file: CaseFile): boolean {
  let standing = 0;
  let missing = 0;
  for (const { hasEffects, index } of file.definition.steps) {
    if (!hasEffects || !claims(status, file, index)) continue;
    if (file.stands(index)) standing++;
    else missing++;
  }
  return standing > 0 && missing > 0;
}

function namesOf(file: CaseFile, standing: boolean): string {
  const matching = file.definition.steps.filter((s) => s.hasEffects && file.stands(s.index) === standing);
  return matching.map(({ name }) => name).join(', ');
}
