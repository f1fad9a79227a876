// A served API for a test: an engine on a store in memory, services that answer as they are told, and everything that
// is logged. Closed after the test.

import { setTimeout as delay } from 'node:timers/promises';
import { afterEach } from 'vitest';
import { type ApiOptions, EngineMeter, type ServedApi, serveApi } from '../../../engine/api/index.ts';
import type { StoredEvent } from '../../../engine/core/ports.ts';
import type { Call, Outcome } from '../../../engine/core/protocol.ts';
import {
  Host,
  MemoryStore,
  type SagaCatalogue,
  type SagaPage,
  type SagaQuery,
  type StatusCount,
} from '../../../engine/live/index.ts';
import { APPLIED, order, quick, StageTransport } from '../live/stage.ts';
import { EXAMPLE } from './example.ts';

export { EXAMPLE };

export class ShopTransport extends StageTransport {
  override readonly services = ['shop', 'inventory', 'payment', 'shipping'];
}

export interface Served {
  readonly api: ServedApi;
  readonly host: Host;
  readonly store: MemoryStore;
  readonly transport: ShopTransport;
  /** All lines that were logged. */
  readonly log: string[];
  /** Asks; a body is sent as JSON. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Asked>;
}

/** An answer, read. */
export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

export interface ServedOptions extends Partial<ApiOptions> {
  /** Undefined: not answered. Default: applied. */
  readonly answer?: (call: Call) => Outcome | undefined;
  readonly sagasMax?: number;
  /** Between reading a log and telling it, all others have a turn. */
  readonly isSlow?: boolean;
}

export async function served({
  answer,
  sagasMax,
  isSlow = false,
  ...options
}: ServedOptions = {}): Promise<Served> {
  const [store, transport, meter, log] = [
    new MemoryStore(),
    new ShopTransport(),
    new EngineMeter(),
    [] as string[],
  ];
  transport.answer = answer ?? (() => APPLIED);
  const host = new Host({
    store,
    transport,
    definitions: [order, ...(options.definitions ?? [])],
    policy: quick,
    overridePolicy: true,
    report: (report) => meter.report(report),
    ...(sagasMax === undefined ? {} : { sagasMax }),
  });
  await host.start();
  const api = await serveApi({
    engine: host,
    catalogue: isSlow ? new SlowStore(store) : store,
    meter,
    definitions: [order],
    books: async () => [],
    log: { write: (line) => log.push(line) },
    ...options,
  });
  open.push({
    async close() {
      await api.close({ graceMs: 0 });
      await host.stop({ graceMs: 0 });
    },
  });
  const ask: Served['ask'] = (method, path, body, headers = {}) =>
    asked(api.url, method, path, body, headers);
  return { api, host, store, transport, log, ask };
}

class SlowStore implements SagaCatalogue {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  async logOf(saga: string): Promise<readonly StoredEvent[]> {
    const log = await this.#store.logOf(saga);
    await delay(20);
    return log;
  }

  find(query: SagaQuery): Promise<SagaPage> {
    return this.#store.find(query);
  }

  counts(): Promise<readonly StatusCount[]> {
    return this.#store.counts();
  }

  remove(saga: string): ReturnType<SagaCatalogue['remove']> {
    return this.#store.remove(saga);
  }

  retiredAmong(sagas: readonly string[]): ReturnType<SagaCatalogue['retiredAmong']> {
    return this.#store.retiredAmong(sagas);
  }
}

export async function asked(
  url: string,
  method: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Asked> {
  const sent =
    body === undefined
      ? { method, headers }
      : {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        };
  const response = await fetch(url + path, sent);
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const json = isJson && text !== '' ? (JSON.parse(text) as Readonly<Record<string, unknown>>) : {};
  return { status: response.status, headers: response.headers, text, json };
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
