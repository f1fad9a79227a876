// What the engine of this process reports, metered: for Prometheus, the health check, and whoever must know of a saga that
// is stuck. Give it to the host that is served:
//
//   const meter = new EngineMeter();
//   const host = new Host({ …, report: (report) => meter.report(report) });
//   await serveApi({ engine: host, catalogue: store, meter });
//
// E1. Each open saga has a timer. It rings when the saga is stuck, within 30 s of the last thing that happened to it; no
//     store is searched for that.

import { Registry } from 'prom-client';
import type { Clock } from '../core/ports.ts';
import { type HostReport, LiveClock } from '../live/index.ts';
import { SagaActivity } from '../observe/index.ts';
import { SagaMeters } from './saga-meters.ts';

const PARTITION_DEFAULT = 'main';

/** What an engine's meter may be told. */
export interface EngineMeterOptions {
  /** Told once of each saga that gets stuck; again when it went on and got stuck anew. Must not throw. */
  readonly onStuck?: (saga: string) => void;
  /** Default: a {@link LiveClock} of its own, which does not keep the process alive. */
  readonly clock?: Clock;
}

/** Counts what the engine of this process reports, for `/metrics` and the health check. */
export class EngineMeter {
  /** The meters of the sagas: `transaction_…` and `saga_…`. */
  readonly registry = new Registry();
  readonly #clock: Clock;
  readonly #onStuck: (saga: string) => void;
  readonly #meters: SagaMeters;
  readonly #activity: SagaActivity;
  /** When the timers of sagas ring. */
  readonly #timed = new Map<string, number>();
  /** Whose timers have rung, and to which nothing has happened since; those that wait for a person aside. */
  readonly #notMoving = new Set<string>();
  readonly #circuits = new Map<string, Set<string>>();
  #halted: Error | undefined;

  constructor({ onStuck = () => {}, clock = new LiveClock({ ref: false }) }: EngineMeterOptions = {}) {
    this.#clock = clock;
    this.#onStuck = onStuck;
    this.#activity = new SagaActivity((news) => this.#meters.tell(news));
    this.#meters = new SagaMeters({
      registry: this.registry,
      activity: () => this.#activity,
      nowUs: () => this.#clock.nowUs(),
    });
  }

  /** For `HostOptions.report`. @param partition of the host, where there are several */
  report(report: HostReport, partition = PARTITION_DEFAULT): void {
    switch (report.kind) {
      case 'written':
        this.#activity.written(report.batch, partition);
        return this.#time(report.batch.saga);
      case 'read':
        this.#activity.read(report.log, partition);
        return this.#time(report.log[0]?.saga);
      case 'circuit':
        this.#circuits.set(partition, (this.#circuits.get(partition) ?? new Set()).add(report.service));
        return this.#meters.circuit(report.service, report.to, partition);
      case 'halted':
        this.#halted = report.error;
        return this.letGo(partition);
      default: // an end was written before it is reported
    }
  }

  /** This process does not drive the partition any more. */
  letGo(partition: string): void {
    for (const saga of this.#activity.letGo(partition)) this.#untime(saga);
    this.#meters.letGo(partition, this.#circuits.get(partition) ?? []);
    this.#circuits.delete(partition);
  }

  /**
   * Sagas of this engine to which nothing happens though something should, in the order in which they got stuck. Those that
   * wait for a person are not among them: the store lists these. E1.
   */
  get notMoving(): readonly string[] {
    return [...this.#notMoving];
  }

  /** Why the engine is over; undefined while it runs. */
  get halted(): Error | undefined {
    return this.#halted;
  }

  /** E1. A timer stays unless one must ring earlier: when it rings, it is seen whether the saga went on meanwhile. */
  #time(saga: string | undefined): void {
    if (saga === undefined) return;
    this.#notMoving.delete(saga);
    const atUs = this.#activity.stuckAtUs(saga);
    if (atUs === undefined) return this.#untime(saga);
    if ((this.#timed.get(saga) ?? Number.POSITIVE_INFINITY) <= atUs) return;
    this.#timed.set(saga, atUs);
    this.#clock.wake(saga, atUs + 1, { input: () => this.#rings(saga) });
  }

  #untime(saga: string): void {
    this.#notMoving.delete(saga);
    if (this.#timed.delete(saga)) this.#clock.cancel(saga);
  }

  #rings(saga: string): void {
    this.#timed.delete(saga);
    if (!this.#activity.isStuck(saga, this.#clock.nowUs())) return this.#time(saga);
    if (!this.#activity.isForPerson(saga)) this.#notMoving.add(saga);
    this.#onStuck(saga);
  }
}
