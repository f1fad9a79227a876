// all-or-nothing. Judged when the engine says that the saga ended, against the ledgers; and again for every effect
// that lands later, by nothing-after-the-end.

import type { CaseFile, InvariantFactory } from './invariant.ts';

export const allOrNothing: InvariantFactory = (report) => ({
  id: 'all-or-nothing',
  statement: 'An ended saga has every effect applied, or every effect undone',
  onEnded({ status }, _log, file) {
    if (status === 'compensation_failed') return; // not ended: a person is asked for
    if (!isMixed(file)) return;
    const standing = namesOf(file, true);
    const missing = namesOf(file, false);
    report.violated(`ended ${status} with ${standing} applied and ${missing} not`, file);
  },
});

/** Some effects stand and some do not. Steps that only look have none. */
function isMixed(file: CaseFile): boolean {
  let standing = 0;
  let missing = 0;
  for (const { hasEffects, index } of file.definition.steps) {
    if (!hasEffects) continue;
    if (file.stands(index)) standing++;
    else missing++;
  }
  return standing > 0 && missing > 0;
}

function namesOf(file: CaseFile, standing: boolean): string {
  const matching = file.definition.steps.filter((s) => s.hasEffects && file.stands(s.index) === standing);
  return matching.map(({ name }) => name).join(', ');
}
