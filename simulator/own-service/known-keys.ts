// Whose an entry in the books is: its key is the engine's own, or one that the caller's own client made up for a call.

import type { Call, LedgerEntry } from '../../engine/core/protocol.ts';
import type { HttpRequest } from '../http-message.ts';
import { headerOf } from './http-data.ts';
import type { BookEntry } from './started-service.ts';

export type Operation = Pick<LedgerEntry, 'saga' | 'step' | 'direction' | 'round'>;

const KEY = /^(.*)\/([^/]+)\/(forward|compensation)(?:\/round-(\d+))?$/s;

export class KnownKeys {
  /** A client may use one key for several calls, rightly or not. */
  readonly #calls = new Map<string, Call[]>();

  /** A request came for a call. */
  add(http: HttpRequest, call: Call): void {
    const key = headerOf(http, 'idempotency-key');
    if (key === undefined) return;
    const known = this.#calls.get(key) ?? [];
    if (known.length === 0) this.#calls.set(key, known);
    if (!known.some((one) => one.key === call.key)) known.push(call);
  }

  /** Of several calls with one key, that of the entry's action, or the last. */
  operationOf({ key, action }: BookEntry): Operation | undefined {
    const text = String(key);
    const calls = this.#calls.get(text) ?? [];
    const call = calls.find((one) => one.action === action) ?? calls.at(-1);
    if (call !== undefined) {
      const { saga, step, direction, round } = call;
      return { saga, step, direction, round };
    }
    const found = KEY.exec(text.includes('%') ? decodeURIComponent(text) : text);
    if (found === null) return undefined;
    const [, saga = '', step = '', direction, round = '0'] = found;
    return {
      saga,
      step,
      direction: direction === 'forward' ? 'forward' : 'compensation',
      round: Number(round),
    };
  }
}
