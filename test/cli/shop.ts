// A shop for the tests of restored stores: three real services with their books, and an engine on a store that comes and goes.

import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach } from 'vitest';
import { policies } from '../../engine/index.ts';
import { Host, HttpTransport, PostgresStore, SqliteStore, Worker } from '../../engine/live/index.ts';
import { type ServedParticipant, serveParticipant } from '../../participants-mock/http/index.ts';
import { checkoutByCard } from '../../scenarios/three-am.ts';
import { freshFolder, line } from './sagastorm.ts';

export const INPUT = { productId: 'item-0', quantity: 1, amount: 1_000, customer: 'c-0' };
export const DEFINITIONS = ['--definitions', resolve('scenarios/three-am.ts')];
const ENGINE = { definitions: [checkoutByCard], policy: policies.patient, overridePolicy: true };
export const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

export class Shop {
  readonly folder = freshFolder();
  readonly file = join(this.folder, 'sagas.db');
  readonly #served = new Map<string, ServedParticipant>();

  async bring(name: string, service: string, options = {}): Promise<void> {
    const port = this.#served.get(name)?.port ?? 0;
    const file = join(this.folder, `${name}-books.db`);
    this.#served.set(name, await serveParticipant({ service, file, port, options }));
    open.push(this.#served.get(name)!);
  }

  take(name: string): Promise<void> {
    return this.#served.get(name)!.close();
  }

  get against(): readonly string[] {
    return [...this.#served].flatMap(([name, { url }]) => ['--against', `${name}=${url}`]);
  }

  /** A host on the file, until `act` is done. */
  async driven(act: (host: Host, store: SqliteStore) => Promise<void>): Promise<void> {
    const store = new SqliteStore({ file: this.file });
    const transport = this.#transport();
    const host = new Host({ store, transport, ...ENGINE });
    await host.start();
    await act(host, store);
    await host.stop();
    transport.close();
    await store.close();
  }

  /** A worker on a database, until `act` is done. */
  async working(url: string, act: (worker: Worker, store: PostgresStore) => Promise<void>): Promise<void> {
    const store = await PostgresStore.connect({ url });
    const transport = this.#transport();
    const worker = new Worker({ store, transport, ...ENGINE });
    await worker.start();
    while (worker.partitions.length < 8) await delay(10);
    await act(worker, store);
    await worker.stop();
    transport.close();
    await store.close();
  }

  #transport(): HttpTransport {
    return new HttpTransport({
      services: Object.fromEntries([...this.#served].map(([name, { url }]) => [name, url])),
    });
  }

  run(...words: readonly string[]) {
    return line(words, this.folder);
  }
}

export async function shop(): Promise<Shop> {
  const made = new Shop();
  await made.bring('inventory', 'inventory', { items: { 'item-0': 100 } });
  await made.bring('card', 'payment');
  await made.bring('orders', 'orders');
  return made;
}
