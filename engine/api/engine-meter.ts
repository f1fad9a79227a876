// What the engine of this process reports, counted: for meters and the health check. Give it to the host that is served:
//
//   const meter = new EngineMeter();
//   const host = new Host({ …, report: (report) => meter.report(report) });
//   await serveApi({ engine: host, catalogue: store, meter });
//
// M1. An end is counted once, though it may be reported again: the latest ones are remembered, boundedly many.

import type { SagaStatus } from '../core/saga-event.ts';
import type { HostReport } from '../live/index.ts';

const REMEMBERED_MAX = 10_000;

export class EngineMeter {
  readonly #ended = new Map<SagaStatus, number>();
  readonly #latest = new Map<string, SagaStatus>();
  #created = 0;
  #circuitsOpened = 0;
  #halted: Error | undefined;

  /** For `HostOptions.report`. */
  report(report: HostReport): void {
    if (report.kind === 'ended') this.#endedAs(report.saga, report.status);
    else if (report.kind === 'circuit') this.#circuitsOpened += report.to === 'open' ? 1 : 0;
    else this.#halted = report.error;
  }

  /** A saga that was begun over the API. */
  created(): void {
    this.#created++;
  }

  /** The saga goes on, and will end once more. */
  resumed(saga: string): void {
    this.#latest.delete(saga);
  }

  get createdCount(): number {
    return this.#created;
  }

  get circuitsOpened(): number {
    return this.#circuitsOpened;
  }

  /** Why the engine is over; undefined while it runs. */
  get halted(): Error | undefined {
    return this.#halted;
  }

  /** Sagas that ended, or came to wait for a person, by what they ended as. */
  get ended(): ReadonlyMap<SagaStatus, number> {
    return this.#ended;
  }

  /** M1. */
  #endedAs(saga: string, status: SagaStatus): void {
    if (this.#latest.get(saga) === status) return;
    this.#latest.delete(saga);
    this.#latest.set(saga, status);
    if (this.#latest.size > REMEMBERED_MAX) this.#latest.delete(this.#latest.keys().next().value!);
    this.#ended.set(status, (this.#ended.get(status) ?? 0) + 1);
  }
}
