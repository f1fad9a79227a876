// all-or-nothing. Judged when the engine says that the saga ended, against the ledgers; and again for every effect
// that lands later, by nothing-after-the-end.

import type { CaseFile, InvariantFactory } from './invariant.ts';

export const allOrNothing: InvariantFactory = (report) => ({
  id: 'all-or-nothing',
  statement: 'An ended saga has every effect applied, or every effect undone',
  onEnded({ status }, _log, file) {
    if (status === 'compensation_failed') return; // not ended: a person is asked for
    const standing = namesOf(file, (applied, undone) => applied > undone);
    if (standing.length === 0) return;
    const missing = namesOf(file, (applied, undone) => applied <= undone);
    if (missing.length > 0) {
      report.violated(`ended ${status} with ${list(standing)} applied and ${list(missing)} not`, file);
    }
  },
});

function namesOf(file: CaseFile, matches: (applied: number, undone: number) => boolean): readonly string[] {
  return file.definition.steps.flatMap(({ name, hasEffects, index }) => {
    const { applied, undone } = file.steps[index]!;
    return hasEffects && matches(applied, undone) ? [name] : [];
  });
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
