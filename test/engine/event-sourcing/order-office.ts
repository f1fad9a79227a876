// The event-sourced scenario for real, in one process: a host on a file, the orders as streams of the same file, their snapshots
// in a file beside it, and payment, inventory and shipping each on a file of its own.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { InputSink, Transport } from '../../../engine/core/ports.ts';
import type { Snapshot, Snapshots } from '../../../engine/event-sourcing/index.ts';
import type { Call, Participant } from '../../../engine/index.ts';
import { Host, LocalTransport, SqliteStore, SqliteStreams } from '../../../engine/live/index.ts';
import { DurableParticipant } from '../../../participants-mock/http/index.ts';
import { type OrderHistory, type OrderState, orderHistory } from '../../../participants-mock/index.ts';
import scenario from '../../../scenarios/event-sourced/order-history.ts';
import { quick } from '../live/stage.ts';

/** What payment and inventory are sized for. */
const SAGAS = 1_000;
export const order = scenario.sagas[0]!;
const NEIGHBOURS = ['payment', 'inventory', 'shipping'] as const;

/** Snapshots that outlive their process. */
export class FileSnapshots implements Snapshots<OrderState> {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    this.#db = new DatabaseSync(file);
    this.#db.exec('CREATE TABLE IF NOT EXISTS snapshots (stream TEXT PRIMARY KEY, snapshot TEXT NOT NULL)');
  }

  get(stream: string): Snapshot<OrderState> | undefined {
    const row = this.#db.prepare('SELECT snapshot FROM snapshots WHERE stream = ?').get(stream);
    return row === undefined ? undefined : (JSON.parse(String(row.snapshot)) as Snapshot<OrderState>);
  }

  set(stream: string, snapshot: Snapshot<OrderState>): void {
    const put = 'INSERT OR REPLACE INTO snapshots VALUES (?, ?)';
    this.#db.prepare(put).run(stream, JSON.stringify(snapshot));
  }

  get size(): number {
    return Number(this.#db.prepare('SELECT count(*) AS count FROM snapshots').get()!.count);
  }
}

export interface OrderOffice {
  readonly host: Host;
  readonly store: SqliteStore;
  readonly streams: SqliteStreams;
  readonly snapshots: FileSnapshots;
  readonly orders: OrderHistory;
  readonly neighbours: Readonly<Record<string, DurableParticipant>>;
}

/** A process of the office: all that it knows is in the folder. */
export async function openOffice(folder: string): Promise<OrderOffice> {
  const file = join(folder, 'sagas.db');
  const streams = new SqliteStreams({ file });
  const snapshots = new FileSnapshots(join(folder, 'snapshots.db'));
  const orders = orderHistory({ streams, snapshots, snapshotEvery: 2 });
  const store = new SqliteStore({ file });
  const neighbours = Object.fromEntries(
    NEIGHBOURS.map((service) => [service, onDisk(folder, service)] as const),
  );
  const transport = new OfficeTransport(orders, neighbours);
  const policy = { policy: quick, overridePolicy: true };
  const host = new Host({ store, transport, definitions: [order], ...policy });
  await host.start();
  return { host, store, streams, snapshots, orders, neighbours };
}

function onDisk(folder: string, service: string): DurableParticipant {
  const create = (): Participant => scenario.participants({ sagas: SAGAS })[service]!;
  return new DurableParticipant({ file: join(folder, `${service}.db`), service, options: { SAGAS }, create });
}

class OfficeTransport implements Transport {
  readonly services = ['orders', ...NEIGHBOURS];
  readonly #orders: LocalTransport;
  readonly #neighbours: Readonly<Record<string, DurableParticipant>>;

  constructor(orders: Participant, neighbours: Readonly<Record<string, DurableParticipant>>) {
    this.#orders = new LocalTransport({ participants: { orders } });
    this.#neighbours = neighbours;
  }

  send(call: Call, answers: InputSink): void {
    const neighbour = this.#neighbours[call.service];
    if (neighbour === undefined) return this.#orders.send(call, answers);
    void neighbour.handle(call).then((outcome) => answers.input({ kind: 'reply', call, outcome }));
  }
}
