// What would reach outside of a run is refused by its name, in the thread of the services: the network, other processes,
// and files that are waited for. What is synchronous is left alone: node:sqlite, and reading a file at the start.

import { AsyncLocalStorage } from 'node:async_hooks';
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';
import { realWorld } from './fault-slot.ts';
import { installHttpWire } from './http-wire.ts';
import { outgoingFetch } from './outgoing.ts';

const FILES = Object.keys(fs.promises).filter((name) => name !== 'constants');
const CALLED_BACK = FILES.filter((name) => typeof Reflect.get(fs, name) === 'function');

type Calls = readonly (readonly [owner: object, prefix: string, names: readonly string[]])[];

/** Where a service begins to ask for something over the network: node:http is answered further down (http-wire.ts). */
const ASKED: Calls = [
  [http, 'http.', ['request', 'get']],
  [https, 'https.', ['request', 'get']],
  [http2, 'http2.', ['connect']],
  [net, 'net.', ['connect', 'createConnection']],
  [tls, 'tls.', ['connect']],
];

const REFUSED: Calls = [
  [globalThis, '', ['WebSocket', 'EventSource']],
  [net.Socket.prototype, 'net.Socket.', ['connect']],
  [net.Server.prototype, 'net.Server.', ['listen']],
  [dgram, 'dgram.', ['createSocket']],
  [dns, 'dns.', ['lookup', 'resolve', 'resolve4', 'resolve6', 'reverse']],
  [dns.promises, 'dns.promises.', ['lookup', 'resolve', 'resolve4', 'resolve6', 'reverse']],
  [childProcess, 'child_process.', ['exec', 'execFile', 'execSync', 'fork', 'spawn', 'spawnSync']],
  [fs.promises, 'fs.promises.', FILES],
  [fs, 'fs.', CALLED_BACK],
  [process, 'process.', ['abort', 'exit', 'kill']],
];

/** What was asked for, so that a refusal further down can name it. */
const asked = new AsyncLocalStorage<string>();
let isLoading = false;

/** Modules are loaded for real. */
export async function forReal<Value>(load: () => Promise<Value>): Promise<Value> {
  isLoading = true;
  try {
    return await load();
  } finally {
    isLoading = false;
  }
}

/** From here on, in this thread. */
export function refuseRealIo(): void {
  for (const [owner, prefix, names] of ASKED) {
    for (const name of names) {
      intercept(owner, name, (call, work) => asked.run(asked.getStore() ?? call, work), prefix + name);
    }
  }
  for (const [owner, prefix, names] of REFUSED) {
    for (const name of names) intercept(owner, name, refuse, prefix + name);
  }
  installHttpWire(() => isLoading);
  const { fetch } = globalThis;
  globalThis.fetch = (...args) => (isLoading ? fetch(...args) : outgoingFetch(...args));
  syncBuiltinESMExports();
}

function refuse<Value>(call: string, work: () => Value): Value {
  if (isLoading) return work();
  throw realWorld(asked.getStore() ?? call);
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Around = <Value>(call: string, work: () => Value) => Value;

function intercept(owner: object, name: string, around: Around, call: string): void {
  const original = Reflect.get(owner, name) as unknown;
  if (typeof original !== 'function') return;
  const value = new Proxy(original as AnyFunction, {
    apply: (target, self, args: unknown[]) =>
      around(`${call}(${shown(args[0])})`, () => Reflect.apply(target, self, args) as unknown),
    construct: (target, args: unknown[], newTarget) =>
      around(`new ${call}(${shown(args[0])})`, () => Reflect.construct(target, args, newTarget) as object),
  });
  Object.defineProperty(owner, name, { value, writable: true, configurable: true, enumerable: true });
}

const SHOWN_MAX = 80;

/** Where to, in a few words. */
function shown(argument: unknown): string {
  if (typeof argument === 'number') return String(argument);
  if (typeof argument === 'string' || argument instanceof URL) return String(argument).slice(0, SHOWN_MAX);
  if (typeof argument !== 'object' || argument === null) return '';
  const { host, hostname, port } = argument as Readonly<Record<string, unknown>>;
  return [host ?? hostname, port].filter((one) => one !== undefined).join(':');
}
