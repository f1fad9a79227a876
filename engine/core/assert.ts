// Broken assumptions. An assertion that fails is a bug of sagastorm itself: nothing catches it but a host,
// which must report it as internal (exit 70), never as a result.

export class AssertionError extends Error {
  override name = 'AssertionError';
}

/**
 * Throws when a condition that the code relies on does not hold. Always on, so it must cost nothing when it does:
 * what the message is about comes as a value of its own, and is put into words only then.
 *
 * @example
 * assert(slot.append === undefined, 'a commit out of turn', slot.saga); // "a commit out of turn: s-1"
 */
export function assert(condition: unknown, message: string, about?: string | number): asserts condition {
  if (!condition) throw new AssertionError(about === undefined ? message : `${message}: ${about}`);
}

/** Closes a switch over `kind`: a case that was forgotten fails to compile, and at run time. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
