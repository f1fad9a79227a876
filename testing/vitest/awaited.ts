// Assertions that must be awaited: one that nobody awaits would pass whatever it comes to. Vitest sees to that for its own
// assertions, and not for those that `expect.extend` adds.

import { UserError } from '../../engine/core/user-error.ts';

/** What is asked of the test that an assertion stands in. */
export interface AssertingTest {
  readonly context: { onTestFinished(handler: () => void): void };
}

/**
 * Does the work of an assertion. When the test ends before somebody awaits it, or before it is done, the test fails; and
 * the work is told to stop.
 *
 * @param test left out: the assertion stands in no test
 */
export function mustBeAwaited<Result>(
  matcher: string,
  test: AssertingTest | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  let isAwaited = false;
  let isDone = false;
  const result = work(stop.signal).finally(() => {
    isDone = true;
  });
  test?.context.onTestFinished(() => {
    stop.abort();
    if (!isAwaited) throw notAwaited(matcher);
    if (!isDone) throw notDone(matcher);
  });
  // What vitest makes of the result is what the test gets: that is what must be awaited.
  return seen(result, (told) => {
    told.catch(() => undefined); // The test has failed by then: nobody need hear of it twice.
    return seen(told, (last) => {
      isAwaited = true;
      return last;
    });
  });
}

/** A promise of which every use is seen, and what comes of it replaced. */
function seen<Value>(
  promise: Promise<Value>,
  used: <Next>(next: Promise<Next>) => Promise<Next>,
): Promise<Value> {
  // biome-ignore-start lint/suspicious/noThenProperty: it is a promise
  return {
    then: (onFulfilled, onRejected) => used(promise.then(onFulfilled, onRejected)),
    catch: (onRejected) => used(promise.catch(onRejected)),
    finally: (onFinally) => used(promise.finally(onFinally)),
    [Symbol.toStringTag]: 'Promise',
  };
  // biome-ignore-end lint/suspicious/noThenProperty: it is a promise
}

function notAwaited(matcher: string): UserError {
  return new UserError(
    'not-awaited',
    `${matcher} was not awaited, so it proves nothing: write \`await expect(scenario).${matcher}(…)\``,
  );
}

function notDone(matcher: string): UserError {
  return new UserError(
    'not-done',
    `${matcher} was not done when the test ended: give the test more time, as in test(name, { timeout: 60_000 }, …), or ask for fewer seeds`,
  );
}
