/**
 * What a user can meet and mend: wrong definitions, wrong input, wrong flags.
 *
 * `message` is one sentence that says what is wrong, `hint` one that says what to do next; `code` is stable.
 *
 * @example
 * throw new UserError('cycle', 'saga "order": steps form a cycle: a → b → a', 'Remove one of the `after`.');
 */
export class UserError extends Error {
  override name = 'UserError';
  readonly code: string;
  readonly hint: string | undefined;

  /** @param options what caused it, for logs: nobody is shown it */
  constructor(code: string, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}
