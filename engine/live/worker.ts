// One of several workers that share a database: a host for each partition that it holds.
//
// G1. A saga belongs to one partition, by its id, and a partition to one worker at a time: by its lease, and by the epoch
//     that every append carries (E10).
// G2. A host begins when its partition was claimed and ends when the lease is lost. It may not know yet: then its appends
//     are fenced, and it ends by that (H5).
// G3. A worker that stops hands over: its hosts stop first (H4), then their partitions are given back, and who waits for
//     one takes it at once (E9). The sagas of a worker that died are taken up when its leases are over.
// G4. A partition whose host failed is left alone until its lease is over. Then it is tried again, elsewhere if there is
//     anybody, or here.
// G5. Workers share the partitions evenly, by themselves (R5). What a worker has too much when another comes it gives back
//     one by one, each as in G3: the sagas of the others go on meanwhile.

import { randomUUID } from 'node:crypto';
import type { SagaDefinition } from '../core/define-saga.ts';
import { hash32 } from '../core/mix.ts';
import type { Store, StoredEvent } from '../core/ports.ts';
import type { RepairAct } from '../core/repair-act.ts';
import type { SagaState } from '../core/saga-state.ts';
import { UserError } from '../core/user-error.ts';
import { GRACE_MS, Host, type HostOptions, type Stopped } from './host.ts';
import type { HostReport } from './host-report.ts';
import type { LiveEngine, RepairAnswer } from './live-engine.ts';
import { type Lease, type PartitionLeases, partitionName } from './partition-leases.ts';
import type { PostgresStore } from './store-postgres.ts';

/** For a worker that stops to tell the others, after its hosts had their time. */
const PARTING_MS = 2_000;

/** What a {@link Worker} runs on: a store that is shared, and what each of its hosts is made with. */
export interface WorkerOptions extends Omit<HostOptions, 'store' | 'partition' | 'clock' | 'report'> {
  /** Stays open when the worker stops: it belongs to whoever made it. */
  readonly store: PostgresStore;
  /** Stands between each host and its store, for tests and meters. Default: nothing. */
  readonly wrap?: (store: Store) => Store;
  /** For people: unlike that of any other worker. Default: a random one. */
  readonly name?: string;
  /** Partitions in all, from 1 to 1,000: the same for all workers, for good. Default 8. */
  readonly partitions?: number;
  /**
   * How many this worker takes at most, from 1, whatever its share is: for one that is weaker than the others. Default
   * all, which is what it gets when it is alone.
   */
  readonly partitionsMax?: number;
  /**
   * A dead worker's sagas are taken up after this time, and it is not counted any longer: in milliseconds, from 200 to
   * 3,600,000. Default 10,000.
   */
  readonly leaseMs?: number;
  /** Told what happens. Must not throw. Default: a process warning when a host fails. */
  readonly report?: (report: WorkerReport) => void;
}

/** What a worker tells whoever runs it, for logs and meters. Nothing has to be done about it. */
export type WorkerReport =
  /** A host runs; `recovered` sagas were taken up. */
  | { readonly kind: 'begun'; readonly partition: string; readonly epoch: number; readonly recovered: number }
  /** Another worker has the partition, or may take it. */
  | { readonly kind: 'lost'; readonly partition: string }
  /** Given back for another worker to have its share; `handedOver` open sagas went with it. */
  | { readonly kind: 'given-back'; readonly partition: string; readonly handedOver: number }
  /** A host could not start, or broke down: see G4. */
  | { readonly kind: 'failed'; readonly partition: string; readonly error: Error }
  /** Of a host. */
  | { readonly kind: 'host'; readonly partition: string; readonly report: HostReport };

/** From its claim on; `isReady` when its host has started. */
interface Running {
  readonly lease: Lease;
  readonly host: Host;
  isReady: boolean;
}

/**
 * Runs the sagas of some partitions, and takes over those of workers that are gone.
 *
 * @example
 * const worker = new Worker({ store, transport, definitions: [transfer] });
 * await worker.start();
 * const id = await worker.create(transfer, { from: 'a', to: 'b', amount: 10_00 }); // durable from here on
 * const { status } = await (await worker.hostOf(id)).whenEnded(id);
 * await worker.stop();
 */
export class Worker implements LiveEngine {
  readonly name: string;
  readonly #options: WorkerOptions;
  readonly #report: (report: WorkerReport) => void;
  readonly #leases: PartitionLeases;
  readonly #running = new Map<string, Running>();
  /** Those whose partitions are about to be given back. */
  readonly #leaving = new Map<Host, Promise<Stopped>>();
  /** Never started: it knows the definitions. */
  readonly #reader: Host;
  #stopped: Promise<Stopped> | undefined;

  /** @throws UserError `bad-option`, `unknown-service`. */
  constructor(options: WorkerOptions) {
    const {
      store,
      name = `worker-${randomUUID().slice(0, 8)}`,
      partitions,
      partitionsMax,
      leaseMs,
    } = options;
    this.name = name;
    this.#options = options;
    this.#report = options.report ?? warn;
    this.#leases = store.leases({
      owner: name,
      holder: {
        claimed: (lease) => void this.#begin(lease),
        lost: (lease) => this.#lost(lease),
        surplus: (lease) => void this.#giveBack(lease),
      },
      ...(partitions === undefined ? {} : { partitions }),
      ...(partitionsMax === undefined ? {} : { partitionsMax }),
      ...(leaseMs === undefined ? {} : { leaseMs }),
    });
    this.#reader = this.#hostOn(store, 'none'); // what is wrong with its options is said now
  }

  /** The partitions whose hosts run. */
  get partitions(): readonly string[] {
    return [...this.#running.values()].filter(({ isReady }) => isReady).map(({ lease }) => lease.partition);
  }

  /** Sagas in memory. */
  get size(): number {
    return this.#hosts.reduce((sum, host) => sum + host.size, 0);
  }

  /** Calls on the wire. */
  get callsInFlight(): number {
    return this.#hosts.reduce((sum, host) => sum + host.callsInFlight, 0);
  }

  get #hosts(): readonly Host[] {
    return [...[...this.#running.values()].map(({ host }) => host), ...this.#leaving.keys()];
  }

  /**
   * Claims its share, as far as it is free; what it lacks, others give back as soon as they can. Resolves when that was
   * tried once: there may be nothing free yet, and hosts are still starting.
   *
   * @throws UserError `partitions-differ`; LineError when the database is away
   */
  start(): Promise<void> {
    return this.#leases.start();
  }

  /**
   * Begins a saga, as {@link Host.create} does: by default in a partition of this worker. An id that is given decides the
   * partition, and must be one of this worker's.
   *
   * @throws UserError `elsewhere`, `no-partition`; as `Host.create`.
   */
  async create<Given>(
    definition: SagaDefinition<Given>,
    input: NoInfer<Given>,
    { id = this.#freshId() }: { readonly id?: string } = {},
  ): Promise<string> {
    return (await this.hostOf(id)).create(definition, input, { id });
  }

  /** As {@link Host.createFromJson}, in a partition as `create` chooses it. */
  async createFromJson(
    body: unknown,
    { id = this.#freshId() }: { readonly id?: string } = {},
  ): Promise<string> {
    return (await this.hostOf(id)).createFromJson(body, { id });
  }

  async cancel(id: string): Promise<void> {
    await (await this.hostOf(id)).cancel(id);
  }

  async retry(id: string): Promise<void> {
    await (await this.hostOf(id)).retry(id);
  }

  async resume(id: string): Promise<void> {
    await (await this.hostOf(id)).resume(id);
  }

  /** As {@link Host.repair}, for a saga of this worker. */
  async repair(id: string, act: RepairAct): Promise<RepairAnswer> {
    return (await this.hostOf(id)).repair(id, act);
  }

  fold(log: readonly StoredEvent[]): SagaState | undefined {
    return this.#reader.fold(log);
  }

  /**
   * The host of a saga: for `whenEnded`, `state`, `log`.
   *
   * @throws UserError `elsewhere` when its partition is not one of this worker's; the hint says whose it is.
   */
  async hostOf(saga: string): Promise<Host> {
    const partition = this.partitionOf(saga);
    const running = this.#running.get(partition);
    if (running?.isReady) return running.host;
    const owner = await this.#leases.ownerOf(partition).catch(() => undefined);
    const hint =
      owner === undefined || owner === this.name ? 'Ask again in a moment.' : `Ask the worker "${owner}".`;
    throw new UserError(
      'elsewhere',
      `saga ${saga} is in ${partition}, which "${this.name}" does not run`,
      hint,
    );
  }

  /** Where a saga belongs, whatever worker is asked. G1. */
  partitionOf(saga: string): string {
    return partitionName(hash32(saga) % this.#leases.partitions);
  }

  /**
   * Hands over: no new partitions, no new sagas, no new calls; waits for what is under way, at most `graceMs` (default
   * 10,000), and gives the partitions back, if the database answers within two seconds more. G3.
   */
  stop(options: { readonly graceMs?: number } = {}): Promise<Stopped> {
    this.#stopped ??= this.#stop(options);
    return this.#stopped;
  }

  /** The database that hands over may be the one that hangs: then leases are over by themselves. */
  async #stop(options: { readonly graceMs?: number }): Promise<Stopped> {
    const timer = setTimeout(() => this.#leases.giveUp(), (options.graceMs ?? GRACE_MS) + PARTING_MS);
    await this.#leases.pause();
    const left = await Promise.all(
      [...this.#running.values()].map(async ({ lease, host }) => {
        const stopped = await host.stop(options);
        await this.#leases.release(lease);
        return stopped;
      }),
    );
    for (const host of this.#leaving.keys()) void host.stop(options);
    left.push(...(await Promise.all(this.#leaving.values())));
    await this.#leases.close();
    clearTimeout(timer);
    this.#running.clear();
    return {
      handedOver: left.reduce((sum, { handedOver }) => sum + handedOver, 0),
      callsCut: left.reduce((sum, { callsCut }) => sum + callsCut, 0),
    };
  }

  /** G2, G4. */
  async #begin(lease: Lease): Promise<void> {
    const { partition, epoch } = lease;
    const { store, wrap = (inner) => inner } = this.#options;
    const host = this.#hostOn(wrap(store.leased(lease)), partition, (report) => {
      this.#report({ kind: 'host', partition, report });
      if (report.kind === 'halted') this.#failed(running, report.error);
    });
    const running: Running = { lease, host, isReady: false };
    this.#running.set(partition, running);
    try {
      const { recovered } = await host.start();
      if (this.#running.get(partition) !== running || this.#stopped !== undefined) return;
      running.isReady = true;
      this.#report({ kind: 'begun', partition, epoch, recovered });
    } catch (error) {
      this.#failed(running, error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** G5. */
  async #giveBack(lease: Lease): Promise<void> {
    const { partition } = lease;
    const running = this.#running.get(partition);
    if (running !== undefined) {
      const { host } = running;
      this.#running.delete(partition);
      const leaving = host.stop();
      this.#leaving.set(host, leaving);
      const { handedOver } = await leaving;
      this.#leaving.delete(host);
      if (this.#leases.held.includes(lease)) this.#report({ kind: 'given-back', partition, handedOver });
    }
    await this.#leases.release(lease);
  }

  #failed(running: Running, error: Error): void {
    const { partition } = running.lease;
    if (this.#running.get(partition) !== running) return;
    this.#running.delete(partition);
    const isFenced = error instanceof UserError && error.code === 'fenced';
    this.#leases.abandon(partition, { failed: !isFenced });
    this.#report(isFenced ? { kind: 'lost', partition } : { kind: 'failed', partition, error });
  }

  #lost({ partition }: Lease): void {
    const running = this.#running.get(partition);
    this.#running.delete(partition);
    void running?.host.stop({ graceMs: 0 });
    this.#report({ kind: 'lost', partition });
  }

  #hostOn(store: HostOptions['store'], partition: string, report?: (report: HostReport) => void): Host {
    const { transport, definitions, policy, overridePolicy, sagasMax } = this.#options;
    return new Host({
      store,
      partition,
      transport,
      definitions,
      ...(policy === undefined ? {} : { policy }),
      ...(overridePolicy === undefined ? {} : { overridePolicy }),
      ...(sagasMax === undefined ? {} : { sagasMax }),
      ...(report === undefined ? {} : { report }),
    });
  }

  /** An id that belongs here. */
  #freshId(): string {
    const own = new Set(this.partitions);
    if (own.size === 0) {
      const hint = 'Ask another worker, or wait until a partition is free.';
      throw new UserError('no-partition', `the worker "${this.name}" holds no partition at present`, hint);
    }
    for (;;) {
      const id = randomUUID();
      if (own.has(this.partitionOf(id))) return id;
    }
  }
}

function warn(report: WorkerReport): void {
  if (report.kind === 'failed') process.emitWarning(report.error);
}
