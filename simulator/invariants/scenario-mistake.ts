// What the code of a scenario threw while it was asked: its author's to mend, not ours.

import { UserError } from '../../engine/core/user-error.ts';

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
  const where = error instanceof Error ? /\bat .*/.exec(error.stack ?? '')?.[0] : undefined;
  return new UserError(
    'scenario-threw',
    `${who} threw ${String(error).split('\n', 1)[0]}${where === undefined ? '' : ` (${where})`}`,
    'It is code of the scenario, and must be pure.',
  );
}
