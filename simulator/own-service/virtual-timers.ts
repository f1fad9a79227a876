// The functions that set timers, as services see them: those of the globals, of node:timers and of node:timers/promises.
// Immediates are real: they run within the turn, in which no virtual time passes.

import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';
import { UserError } from '../../engine/core/user-error.ts';
import { fail, whoIsAtWork } from './fault-slot.ts';
import { clear, VirtualTimer } from './virtual-time.ts';

const realSetImmediate = globalThis.setImmediate;
const realClearImmediate = globalThis.clearImmediate;
const realSetTimeout = globalThis.setTimeout;

const immediates = new Set<NodeJS.Immediate>();

/** Whether something is still to happen at this very time. */
export function isBusy(): boolean {
  return immediates.size > 0;
}

/** One turn of the real event loop: what is ready happens. */
export function turn(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}

/** A real pause. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => realSetTimeout(resolve, ms));
}

/** What nobody catches ends a real process: so it ends the run. */
export function uncaught(error: unknown): void {
  const what = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  fail(
    new UserError(
      'service-crashed',
      `${whoIsAtWork()}, threw what nobody caught: ${what}`,
      'A real process would have ended. Catch it where it is thrown, or await what can fail.',
    ),
  );
}

type Act = (...args: unknown[]) => unknown;

function guarded(act: Act, args: readonly unknown[]): () => void {
  return () => {
    try {
      act(...args);
    } catch (error) {
      uncaught(error);
    }
  };
}

const TIMERS = {
  setTimeout: (act: Act, ms?: unknown, ...args: unknown[]) => new VirtualTimer(guarded(act, args), ms, false),
  setInterval: (act: Act, ms?: unknown, ...args: unknown[]) => new VirtualTimer(guarded(act, args), ms, true),
  setImmediate(act: Act, ...args: unknown[]): NodeJS.Immediate {
    const run = guarded(act, args);
    const immediate = realSetImmediate(() => {
      immediates.delete(immediate);
      run();
    });
    immediates.add(immediate);
    return immediate;
  },
  clearTimeout: clear,
  clearInterval: clear,
  clearImmediate(immediate: NodeJS.Immediate): void {
    immediates.delete(immediate);
    realClearImmediate(immediate);
  },
};

interface Waiting {
  readonly signal?: AbortSignal;
}

function sleep<Value>(ms?: number, value?: Value, { signal }: Waiting = {}): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      timer.close();
      reject(new DOMException('The operation was aborted', { name: 'AbortError', cause: signal?.reason }));
    };
    const timer = new VirtualTimer(
      () => {
        signal?.removeEventListener('abort', abort);
        resolve(value as Value);
      },
      ms,
      false,
    );
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

function immediately<Value>(value?: Value): Promise<Value> {
  return new Promise((resolve) => TIMERS.setImmediate(() => resolve(value as Value)));
}

async function* ticks<Value>(ms?: number, value?: Value, waiting?: Waiting): AsyncGenerator<Value> {
  for (;;) yield await sleep(ms, value as Value, waiting);
}

function signalAfter(ms: number): AbortSignal {
  const controller = new AbortController();
  const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  new VirtualTimer(() => controller.abort(reason), ms, false);
  return controller.signal;
}

/** From here on, in this thread. */
export function installTimers(put: (owner: object, name: PropertyKey, value: unknown) => void): void {
  put(TIMERS.setTimeout, promisify.custom, sleep);
  put(TIMERS.setImmediate, promisify.custom, immediately);
  for (const owner of [globalThis, timers]) {
    for (const [name, value] of Object.entries(TIMERS)) put(owner, name, value);
  }
  put(timersPromises, 'setTimeout', sleep);
  put(timersPromises, 'setImmediate', immediately);
  put(timersPromises, 'setInterval', ticks);
  put(timersPromises.scheduler, 'wait', sleep);
  put(timersPromises.scheduler, 'yield', immediately);
  put(AbortSignal, 'timeout', signalAfter);
}
