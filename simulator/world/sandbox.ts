// Nothing ambient (S4): while a run lasts, real clocks, timers and randomness throw. Names the calls in order to
// replace them; the only file below the campaign that does.
//
// The guards are put up once and stay: outside a run they hand the call on. Putting them up for each run would
// make the engine throw away compiled code every time.

import { UserError } from '../../engine/core/user-error.ts';

/** Code inside a run asked the real world for time or chance: the run would not repeat. */
export class AmbientAccessError extends UserError {
  override name = 'AmbientAccessError';

  constructor(call: string) {
    super(
      'ambient-access',
      `${call} was called inside a simulated run, so the run would not repeat`,
      'Take the time from env.nowUs and chance from env.chance or int(…).',
    );
  }
}

/** Runs under way whose world is at work; none while a run's host is called ({@link outside}). */
let runs = 0;

/** The first access of the present run: code that catches everything cannot hide it. */
let accessed: AmbientAccessError | undefined;

function refuseInside(call: string): void {
  if (runs === 0) return;
  accessed ??= new AmbientAccessError(call);
  throw accessed;
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
const guards = new WeakSet<object>();

/** Replaces `owner[name]` by a function that refuses inside a run, unless it is one already. */
function guard(owner: object, name: string, call: string): void {
  const property = Object.getOwnPropertyDescriptor(owner, name);
  const original = property?.value as unknown;
  if (property?.configurable !== true || typeof original !== 'function' || guards.has(original)) return;
  const guarded: AnyFunction = function (...args) {
    refuseInside(call);
    return (original as AnyFunction).apply(this, args);
  };
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(original));
  guards.add(guarded);
  Object.defineProperty(owner, name, { ...property, value: guarded });
}

/** `new Date()` reads the clock; `new Date(0)` does not. */
function guardDate(): void {
  if (guards.has(globalThis.Date)) return;
  guard(globalThis.Date, 'now', 'Date.now()');
  globalThis.Date = new Proxy(globalThis.Date, {
    construct(target, args, newTarget) {
      if (args.length === 0) refuseInside('new Date()');
      return Reflect.construct(target, args, newTarget) as object;
    },
    apply(target) {
      refuseInside('Date()');
      return target();
    },
  });
  guards.add(globalThis.Date);
}

const nodeCrypto = process.getBuiltinModule('node:crypto');
const nodeTimers = process.getBuiltinModule('node:timers');

const GUARDED: readonly (readonly [owner: object, name: string, call: string])[] = [
  [Math, 'random', 'Math.random()'],
  [performance, 'now', 'performance.now()'],
  [Object.getPrototypeOf(performance) as object, 'now', 'performance.now()'],
  [process.hrtime, 'bigint', 'process.hrtime.bigint()'],
  [process, 'hrtime', 'process.hrtime()'],
  [crypto, 'randomUUID', 'crypto.randomUUID()'],
  [Object.getPrototypeOf(crypto) as object, 'randomUUID', 'crypto.randomUUID()'],
  [Object.getPrototypeOf(crypto) as object, 'getRandomValues', 'crypto.getRandomValues()'],
  [globalThis, 'setTimeout', 'setTimeout()'],
  [globalThis, 'setInterval', 'setInterval()'],
  [globalThis, 'setImmediate', 'setImmediate()'],
  [globalThis, 'queueMicrotask', 'queueMicrotask()'],
  [globalThis, 'fetch', 'fetch()'],
  [nodeCrypto, 'randomUUID', 'crypto.randomUUID()'],
  [nodeCrypto, 'randomBytes', 'crypto.randomBytes()'],
  [nodeCrypto, 'randomInt', 'crypto.randomInt()'],
  [nodeCrypto, 'randomFill', 'crypto.randomFill()'],
  [nodeCrypto, 'randomFillSync', 'crypto.randomFillSync()'],
  [nodeTimers, 'setTimeout', 'setTimeout()'],
  [nodeTimers, 'setInterval', 'setInterval()'],
  [nodeTimers, 'setImmediate', 'setImmediate()'],
];

/** What modules import from Node by name is another copy, which is brought up to date once. */
let areImportsGuarded = false;

function guardAll(): void {
  guardDate();
  for (const [owner, name, call] of GUARDED) guard(owner, name, call);
  if (!areImportsGuarded) process.getBuiltinModule('node:module').syncBuiltinESMExports();
  areImportsGuarded = true;
}

/**
 * Runs `body` with every ambient call refused.
 *
 * @throws AmbientAccessError from inside `body`, at the call, and again at the end if it was caught there.
 */
export function withoutAmbient<T>(body: () => T): T {
  guardAll();
  runs++;
  accessed = undefined;
  try {
    const result = body();
    if (accessed === undefined) return result;
    throw accessed;
  } catch (error) {
    throw accessed ?? error; // what came of it is not the cause
  } finally {
    runs--;
  }
}

/** Runs a host's own callback from inside a run: it may ask the real world, and cannot change the run. */
export function outside<Value>(body: () => Value): Value {
  const before = runs;
  runs = 0;
  try {
    return body();
  } finally {
    runs = before;
  }
}
