// A scenario that a command was asked for and that came to no record. A report that is read by machines tells it too: a green
// list of the others would be taken for all there is.

/** A scenario that could not be run, and why. */
export interface NotRun {
  /** As it was asked for: its name, or its file. */
  readonly scenario: string;
  /** When that was, in ISO 8601. */
  readonly at: string;
  readonly message: string;
  /** The way on. */
  readonly hint?: string | undefined;
}

export const NOT_RUN = 'cannot be run';

/** Why, and the way on, in one text. */
export function whyNotRun({ message, hint }: NotRun): string {
  return hint === undefined ? message : `${message}\n${hint}`;
}
