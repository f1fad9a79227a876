// Time and chance as services see them, in the thread that is theirs: clocks, timers and randomness are those of the
// run, from before the first of their modules is loaded, so that also what a module takes to itself is virtual.

import nodeCrypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { Seed } from '../kernel/random.ts';
import { nowMs, owners, present } from './virtual-time.ts';
import { installTimers } from './virtual-timers.ts';

const RealDate = globalThis.Date;

/** A real clock, to know when patience ends. */
export const realNowMs = RealDate.now;

/** From here on, in this thread. */
export function installVirtualGlobals(): void {
  installDate();
  installClocks();
  installTimers(put);
  installChance();
  syncBuiltinESMExports();
}

function put(owner: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(owner, name, { value, writable: true, configurable: true, enumerable: true });
}

function installDate(): void {
  const virtual = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [nowMs()] : args, newTarget) as object,
    apply: (target) => new target(nowMs()).toString(),
  });
  put(RealDate, 'now', nowMs);
  put(RealDate.prototype, 'constructor', virtual);
  put(globalThis, 'Date', virtual);
}

const NS = 1_000_000_000;

function installClocks(): void {
  const sinceStartMs = (): number => present.nowUs / 1_000;
  const hrtime = (before: readonly [number, number] = [0, 0]): [number, number] => {
    const ns = present.nowUs * 1_000 - (before[0] * NS + before[1]);
    return [Math.floor(ns / NS), ns - Math.floor(ns / NS) * NS];
  };
  put(performance, 'now', sinceStartMs);
  put(Object.getPrototypeOf(performance) as object, 'now', sinceStartMs);
  put(process, 'hrtime', Object.assign(hrtime, { bigint: () => BigInt(present.nowUs) * 1_000n }));
  put(process, 'uptime', () => present.nowUs / 1_000_000);
}

/**
 * Uniform in [0, 1). Each call of a service has a stream of its own, named by its key and its transmission, so that one
 * call more or less never shifts another (S5).
 */
function random(): number {
  const owner = owners.getStore();
  if (owner === undefined) return 0.5; // while modules are loaded: no run has begun
  const { life, task } = owner;
  const name = task === undefined ? 'its own' : `${task.call.key}#${task.transmission}`;
  owner.random ??= new Seed(life.seed).stream(name);
  return owner.random();
}

function fill<View extends ArrayBufferView>(view: View, offset = 0, size = view.byteLength - offset): View {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let i = offset; i < offset + size; i++) bytes[i] = Math.floor(random() * 256);
  return view;
}

function randomUuid(): string {
  const bytes = fill(Buffer.alloc(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

type Done<Value> = (error: null, value: Value) => void;

/** Answers at once without `done`, and in the next turn with it, as node:crypto does. */
function answered<Value>(value: Value, done: unknown): Value | undefined {
  if (typeof done !== 'function') return value;
  globalThis.setImmediate(() => (done as Done<Value>)(null, value));
  return undefined;
}

function installChance(): void {
  const randomBytes = (size: number, done?: unknown): Buffer | undefined =>
    answered(fill(Buffer.alloc(size)), done);
  const randomInt = (first: number, second?: unknown, third?: unknown): number | undefined => {
    const [from, to] = typeof second === 'number' ? [first, second] : [0, first];
    const done = typeof second === 'number' ? third : second;
    return answered(from + Math.floor(random() * (to - from)), done);
  };
  const randomFill = (view: ArrayBufferView, ...rest: unknown[]): unknown => {
    const [offset, size] = rest.filter((one) => typeof one === 'number');
    return answered(fill(view, offset, size), rest.at(-1));
  };
  put(Math, 'random', random);
  const web = Object.getPrototypeOf(globalThis.crypto) as object;
  put(web, 'randomUUID', randomUuid);
  put(web, 'getRandomValues', (view: ArrayBufferView) => fill(view));
  const chance = { randomUUID: randomUuid, randomBytes, randomInt, randomFill, randomFillSync: fill };
  for (const [name, value] of Object.entries(chance)) put(nodeCrypto, name, value);
}
