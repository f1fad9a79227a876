// The 3 AM drill for real: a server, services on sockets, a wallet provider that goes away, the alerts of ops/ over what the
// server's /metrics say, the commands of docs/runbook.md, and books that agree in the end.

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { type ServedParticipant, serveParticipant } from '../../participants-mock/http/index.ts';
import { matchersOf } from '../ops/promql.ts';
import { SeriesStore } from '../ops/promql-value.ts';
import { firingAt, RuleEngine, rulesIn } from '../ops/rules.ts';
import { freshFolder, line } from './sagastorm.ts';
import { type ServedProcess, servedProcess } from './served-process.ts';

const ORDERS = 60;
const SCRAPE_MS = 500;
const DEFINITIONS = resolve('scenarios/three-am.ts');
const KIND = { card: 'payment', wallet: 'payment', inventory: 'inventory', orders: 'orders' } as const;
type Service = keyof typeof KIND;

const open: { close(): Promise<unknown> }[] = [];
afterAll(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

class Shop {
  readonly folder = freshFolder();
  readonly services = new Map<Service, ServedParticipant>();
  server!: ServedProcess;

  async start(): Promise<void> {
    for (const name of Object.keys(KIND) as Service[]) await this.bring(name);
    open.push({ close: () => Promise.all([...this.services.values()].map((one) => one.close())) });
    const urls = Object.fromEntries([...this.services].map(([name, { url }]) => [name, url]));
    writeFileSync(join(this.folder, 'sagastorm.config.json'), JSON.stringify({ services: urls }));
    const words = ['--quiet', '--definitions', DEFINITIONS];
    this.server = await servedProcess(words, this.folder);
    open.push({
      close: () => {
        this.server.child.kill('SIGTERM');
        return this.server.end;
      },
    });
  }

  /** A service comes up, on the file and the port that it had. */
  async bring(name: Service): Promise<void> {
    const port = this.services.get(name)?.port ?? 0;
    const options = name === 'inventory' ? { options: { items: { 'item-0': 10_000 } } } : {};
    const file = join(this.folder, `${name}.db`);
    this.services.set(name, await serveParticipant({ service: KIND[name], file, port, ...options }));
  }

  async order(index: number): Promise<void> {
    const by = index % 10 < 3 ? 'wallet' : 'card';
    const input = { productId: 'item-0', quantity: 1, amount: 1_000 + index, customer: 'c-0' };
    const { status } = await fetch(`${this.server.url}/api/sagas`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: `checkout-${by}`, input }),
    });
    expect(status).toBe(201);
  }

  /** Sagas by status, as the server lists them, once nothing moves any more. */
  async atRest(): Promise<Readonly<Record<string, number>>> {
    for (;;) {
      const { created = 0, running = 0, compensating = 0, ...rest } = await this.#counts();
      if (created + running + compensating === 0) return rest;
      await delay(50);
    }
  }

  async #counts(): Promise<Readonly<Record<string, number>>> {
    const answer = await fetch(`${this.server.url}/api/sagas?limit=500`);
    const { sagas } = (await answer.json()) as { readonly sagas: readonly { readonly status: string }[] };
    const byStatus = Map.groupBy(sagas, ({ status }) => status);
    return Object.fromEntries([...byStatus].map(([status, of]) => [status, of.length]));
  }

  run(...words: readonly string[]) {
    return line(words, this.folder);
  }
}

/** Prometheus, in the small: reads /metrics, and evaluates the rules of ops/ at each reading. */
class Watch {
  readonly #store = new SeriesStore();
  readonly #engine = new RuleEngine(rulesIn('ops/prometheus/sagastorm.rules.yml'), this.#store);
  readonly #url: string;

  constructor(url: string) {
    this.#url = `${url}/metrics`;
  }

  /** The alerts that fire. */
  async look(): Promise<readonly string[]> {
    const text = await (await fetch(this.#url)).text();
    const atMs = performance.now();
    for (const line of text.split('\n')) {
      const [, series, value] = /^([a-z_]+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      if (series === undefined) continue;
      const labels = Object.fromEntries(matchersOf(series).map((one) => [one.label, one.value]));
      this.#store.add(labels, { atMs, value: Number(value) });
    }
    this.#engine.evaluate(atMs);
    return firingAt(this.#store, atMs);
  }

  /** Looks until this alert fires. How soon it does is for the twin in virtual time to say: test/ops/three-am.test.ts. */
  async until(alert: string): Promise<void> {
    while (!(await this.look()).includes(alert)) await delay(SCRAPE_MS);
  }
}

test('from the alert to the last order that is repaired', async () => {
  const shop = new Shop();
  await shop.start();
  const watch = new Watch(shop.server.url);
  for (let i = 0; i < 20; i++) await shop.order(i);
  expect(await watch.look()).toEqual([]); // a calm night

  await shop.services.get('wallet')!.close();
  const orders = Promise.all(
    Array.from({ length: ORDERS }, (_, i) => delay(i * 20).then(() => shop.order(i))),
  );
  await watch.until('CompensationFailed');
  await orders;
  await watch.until('ManyStuckSagas');
  const stuck = (ORDERS * 3) / 10;
  expect(await shop.atRest()).toEqual({ completed: 20 + ORDERS - stuck, compensation_failed: stuck });

  const health = await shop.run('health');
  expect(health.stdout).toMatch(new RegExp(`degraded.*${stuck} wait for a person`, 's'));
  const why = await shop.run('why');
  expect(why.stdout).toContain(`${stuck} sagas · ${stuck} stuck`);
  const diagnosed = await shop.run('diagnose', '--all', '--json', '--definitions', DEFINITIONS);
  expect(JSON.parse(diagnosed.stdout).summary).toMatchObject({
    primary: 'compensating-failure',
    classes: { 'compensating-failure': stuck },
    serviceFailures: { wallet: expect.any(Number) },
  });

  await shop.bring('wallet');
  const all = ['--all', '--status', 'compensation_failed', '--by', 'anna', '--url', shop.server.url];
  const looked = await shop.run('repair', 'resume', ...all);
  expect(looked.stdout).toContain(`${stuck}`);
  expect((await shop.atRest()).compensation_failed).toBe(stuck); // it only looked
  const repaired = await shop.run('repair', 'resume', ...all, '--act', 'three-am', '--yes');
  expect([repaired.code, repaired.stderr]).toEqual([0, '']);
  expect(await shop.atRest()).toEqual({ completed: 20 + ORDERS - stuck, compensated: stuck });
  const reconciled = await shop.run('reconcile', '--definitions', DEFINITIONS);
  expect([reconciled.code, reconciled.stdout]).toEqual([0, expect.stringContaining(`${20 + ORDERS} sagas`)]);
  expect(reconciled.stdout).toContain('the books and the log agree');
});
