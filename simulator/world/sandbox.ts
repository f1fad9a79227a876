// Nothing ambient (S4): while a run lasts, real clocks, timers and randomness throw. Names the calls in order to
// replace them; the only file below the campaign that does.

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

type Restore = () => void;

function guard(owner: object, name: string, call: string): Restore {
  const original = Object.getOwnPropertyDescriptor(owner, name);
  if (original === undefined || original.configurable !== true) return () => undefined;
  const thrower = (): never => {
    throw new AmbientAccessError(call);
  };
  Object.defineProperty(owner, name, { configurable: true, writable: true, value: thrower });
  return () => Object.defineProperty(owner, name, original);
}

/** `new Date()` reads the clock; `new Date(0)` does not. */
function guardDate(): Restore {
  const real = globalThis.Date;
  globalThis.Date = new Proxy(real, {
    construct(target, args, newTarget) {
      if (args.length === 0) throw new AmbientAccessError('new Date()');
      return Reflect.construct(target, args, newTarget) as object;
    },
    apply() {
      throw new AmbientAccessError('Date()');
    },
  });
  return () => {
    globalThis.Date = real;
  };
}

const GUARDED: readonly (readonly [owner: object, name: string, call: string])[] = [
  [Date, 'now', 'Date.now()'],
  [Math, 'random', 'Math.random()'],
  [performance, 'now', 'performance.now()'],
  [Object.getPrototypeOf(performance) as object, 'now', 'performance.now()'],
  [process, 'hrtime', 'process.hrtime()'],
  [crypto, 'randomUUID', 'crypto.randomUUID()'],
  [Object.getPrototypeOf(crypto) as object, 'randomUUID', 'crypto.randomUUID()'],
  [Object.getPrototypeOf(crypto) as object, 'getRandomValues', 'crypto.getRandomValues()'],
  [globalThis, 'setTimeout', 'setTimeout()'],
  [globalThis, 'setInterval', 'setInterval()'],
  [globalThis, 'setImmediate', 'setImmediate()'],
  [globalThis, 'queueMicrotask', 'queueMicrotask()'],
  [globalThis, 'fetch', 'fetch()'],
];

/**
 * Runs `body` with every ambient call replaced by one that throws.
 *
 * @throws AmbientAccessError from inside `body`, at the call.
 */
export function withoutAmbient<T>(body: () => T): T {
  const restores = GUARDED.map(([owner, name, call]) => guard(owner, name, call));
  restores.push(guardDate());
  try {
    return body();
  } finally {
    for (const restore of restores.reverse()) restore();
  }
}
