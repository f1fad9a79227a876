// A store that lives as long as its process: for tests, trials, and sagas that may be lost with it. It answers at once.
//
// M1. As of every store (E10): an append becomes part of the log whole or not at all; epoch first, then whether it is there at all, then
//     version.

import type { AppendOutput, LoadOutput, StoreAnswer } from '../core/orchestrator-messages.ts';
import type { EpochSink, InputSink, Store, StoredEvent } from '../core/ports.ts';
import { rowsOf, type SagaStatus } from '../core/saga-event.ts';
import { statusAfter } from '../core/saga-standing.ts';
import { isAtRest, isEnded } from '../core/saga-state.ts';
import { liveNowUs } from './clock.ts';
import {
  checkNames,
  checkQuery,
  type SagaCatalogue,
  type SagaPage,
  type SagaQuery,
  type SagaRow,
  type StatusCount,
} from './saga-catalogue.ts';
import type { HistoryPage, HistoryPlace, KeptView, SagaHistory } from './saga-history.ts';

interface MemorySaga {
  readonly partition: string;
  /** Counts the sagas as they came. */
  readonly number: number;
  readonly log: StoredEvent[];
  /** The same, as it was appended; positions are those of the store. */
  readonly appends: { readonly position: number; readonly rows: readonly StoredEvent[] }[];
  status: SagaStatus;
}

/**
 * Keeps the logs of sagas in memory. Nothing is removed unless it is asked for: use it for what ends soon.
 *
 * @example
 * const host = new Host({ store: new MemoryStore(), transport, definitions: [transfer] });
 */
export class MemoryStore implements Store, SagaCatalogue, SagaHistory {
  readonly #sagas = new Map<string, MemorySaga>();
  /** The partition that an epoch was opened for, as long as it is the latest of that partition. */
  readonly #current = new Map<number, string>();
  readonly #views = new Map<string, KeptView>();
  readonly #retiredAtUs = new Map<string, number>();
  #positions = 0;
  #removals = 0;
  #epoch = 0;
  #numbers = 0;

  append(append: AppendOutput, answers: InputSink): void {
    answers.input({ kind: this.#write(append), append });
  }

  load({ saga, number }: LoadOutput, answers: InputSink): void {
    const { log = [], partition } = this.#sagas.get(saga) ?? {};
    answers.input({ kind: 'loaded', saga, number, events: [...log], partition });
  }

  open(partition: string, answers: EpochSink): void {
    for (const [epoch, name] of this.#current) if (name === partition) this.#current.delete(epoch);
    const epoch = ++this.#epoch;
    this.#current.set(epoch, partition);
    const open = [...this.#sagas.values()].filter(
      (saga) => saga.partition === partition && !isAtRest(saga.status),
    );
    answers.opened(
      epoch,
      open.map(({ log }) => [...log]),
    );
  }

  async find(query: SagaQuery): Promise<SagaPage> {
    checkQuery(query);
    const before = query.cursor === undefined ? Infinity : Number(query.cursor);
    const newestFirst = [...this.#sagas.values()].reverse();
    const found = newestFirst.filter((saga) => saga.number < before && matches(rowOf(saga), query));
    const page = found.slice(0, query.limit);
    return {
      sagas: page.map(rowOf),
      next: found.length > page.length ? `${page.at(-1)!.number}` : undefined,
    };
  }

  async logOf(saga: string): Promise<readonly StoredEvent[]> {
    return [...(this.#sagas.get(saga)?.log ?? [])];
  }

  async counts(): Promise<readonly StatusCount[]> {
    const byStatus = Map.groupBy([...this.#sagas.values()].map(rowOf), ({ status }) => status);
    return [...byStatus].map(([status, rows]) => ({
      status,
      count: rows.length,
      durationUsTotal: rows.reduce(
        (sum, { createdAtUs, endedAtUs = createdAtUs }) => sum + endedAtUs - createdAtUs,
        0,
      ),
    }));
  }

  async remove(saga: string): Promise<'removed' | 'not-ended' | 'unknown'> {
    const known = this.#sagas.get(saga);
    if (known === undefined) return 'unknown';
    if (!isEnded(known.status)) return 'not-ended';
    this.#sagas.delete(saga);
    this.#removals++;
    this.#retiredAtUs.set(saga, liveNowUs());
    return 'removed';
  }

  async retiredAmong(sagas: readonly string[]): Promise<ReadonlyMap<string, number>> {
    checkNames(sagas);
    const retired = new Map<string, number>();
    for (const saga of sagas) {
      const atUs = this.#retiredAtUs.get(saga);
      if (atUs !== undefined) retired.set(saga, atUs);
    }
    return retired;
  }

  async *history(after?: HistoryPlace): AsyncGenerator<HistoryPage> {
    const removals = this.#removals;
    const isFresh = after?.removals !== removals;
    const from = isFresh ? 0 : after!.position;
    const later = [...this.#sagas.values()]
      .flatMap(({ appends }) => appends.filter(({ position }) => position > from))
      .sort((a, b) => a.position - b.position);
    const place = { position: this.#positions, removals };
    yield { isFresh, place, events: later.flatMap(({ rows }) => rows) };
  }

  async keptView(projection: string): Promise<KeptView | undefined> {
    return this.#views.get(projection);
  }

  async keepView(projection: string, kept: KeptView): Promise<void> {
    this.#views.set(projection, kept);
  }

  #write(append: AppendOutput): StoreAnswer['kind'] & `append${string}` {
    const partition = this.#current.get(append.epoch);
    const saga = this.#sagas.get(append.saga);
    if (partition === undefined) return 'append-fenced';
    if (saga !== undefined && saga.partition !== partition) return 'append-elsewhere';
    if (saga === undefined && append.expectedVersion > 0) return 'append-gone';
    if (append.expectedVersion !== (saga?.log.length ?? 0)) return 'append-conflict';
    const written = saga ?? { partition, number: ++this.#numbers, log: [], appends: [], status: 'running' };
    if (saga === undefined) this.#sagas.set(append.saga, written);
    const rows = rowsOf(append);
    written.log.push(...rows);
    written.appends.push({ position: ++this.#positions, rows });
    written.status = statusAfter(append.events) ?? written.status;
    return 'appended';
  }
}

function rowOf({ log, status }: MemorySaga): SagaRow {
  const first = log[0]!;
  const { saga, atUs: createdAtUs, event } = first;
  const { definition, definitionVersion } =
    event.kind === 'saga-created' ? event : { definition: '', definitionVersion: 0 };
  const updatedAtUs = log.at(-1)!.atUs;
  const endedAtUs = isEnded(status) ? Math.max(updatedAtUs, createdAtUs) : undefined;
  return { saga, definition, definitionVersion, status, createdAtUs, updatedAtUs, endedAtUs };
}

function matches(row: SagaRow, { statuses, definition, createdFromUs = 0 }: SagaQuery): boolean {
  return (
    (statuses === undefined || statuses.includes(row.status)) &&
    (definition === undefined || row.definition === definition) &&
    row.createdAtUs >= createdFromUs
  );
}
