// What the code of a scenario threw while it was asked: its author's to mend, not ours.

import { UserError } from '../../engine/core/user-error.ts';
import { firstLine, thrownAt } from '../thrown-place.ts';

/**
 * Asks the code of a scenario something.
 *
 * @throws UserError `scenario-threw`, which names who threw what; a UserError as it is
 */
export function asking<Value>(who: string, ask: () => Value): Value {
  try {
    return ask();
  } catch (error) {
    throw error instanceof UserError ? error : mistake(who, error);
  }
}

function mistake(who: string, error: unknown): UserError {
  return new UserError('scenario-threw', `${who} threw ${firstLine(error)}${thrownAt(error)}`);
}
