// The failure that needs no invariant: code of a scenario, a saga or a service threw in the middle of a run, or a service
// answered what is no outcome. The run ends there, and is replayed and made small like any other that failed.

import { UserError } from '../../engine/core/user-error.ts';

/** As it stands among invariants, in records of runs in which something was thrown. */
export const NOTHING_THROWN = {
  id: 'nothing-thrown',
  statement:
    'The code of the scenario, its sagas and services throws nothing, and its services answer with outcomes',
} as const;

/** Of errors in code that a run asks; whatever is wrong with how it is set up has others. */
const CODES: readonly string[] = ['bad-participant', 'bad-payload', 'scenario-threw', 'service-crashed'];

const SAYS_MAX = 300;

/** Something that was thrown in the middle of a run. */
export interface Thrown {
  readonly message: string;
  /** Of what it says, numbers, places and what was asked for aside: those of one bug are alike. */
  readonly signature: string;
  readonly saga?: string;
}

/** A mistake that is known to have come in the middle of a saga. */
export class SagaMistake extends UserError {
  /** The saga's id. */
  readonly saga: string;

  constructor(saga: string, code: string, message: string, hint?: string) {
    super(code, message, hint);
    this.saga = saga;
  }
}

/** Undefined for what is no failure of the run: it could not be run at all, or something of ours broke. */
export function thrownIn(error: unknown): Thrown | undefined {
  if (!(error instanceof UserError) || !CODES.includes(error.code)) return undefined;
  const { code, message, hint } = error;
  const [first = ''] = message.split('\n', 1);
  const words = first
    .replace(/ \(at [^()]*\)$/, '')
    .replace(/,? asked for "[^"]*"/, '')
    .replaceAll(/\d+/g, '#')
    .slice(0, SAYS_MAX);
  return {
    message: hint === undefined ? message : `${message}. ${hint.replace(/\.$/, '')}`, // violations end without a point
    signature: `${NOTHING_THROWN.id}:${code}:${words}`,
    ...(error instanceof SagaMistake ? { saga: error.saga } : {}),
  };
}
