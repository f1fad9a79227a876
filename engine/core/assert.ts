// Broken assumptions. An assertion that fails is a bug of sagastorm itself: nothing catches it but a host,
// which must report it as internal (exit 70), never as a result.

export class AssertionError extends Error {
  override name = 'AssertionError';
}

/** Throws when a condition that the code relies on does not hold. Always on. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Closes a switch over `kind`: a case that was forgotten fails to compile, and at run time. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
