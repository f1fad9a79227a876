// isolation. Judged from what participants say that they touched. Two sagas are never in one transaction, so what a
// saga wrote may be undone until it ends: such a write is pending.
//
// I1 Lost update: who makes a new value from an old one, or relies on it, must have read what is there.
// I2 Dirty write: nobody writes blindly over what another saga wrote and may still undo.
// I3 Dirty read: what a saga relied on, and still does, is not undone by the one that wrote it.
// I4 Oversell: no more is reserved and sold than there is.

import type { StepDefinition } from '../../engine/core/define-saga.ts';
import type { LedgerEntry, Touch } from '../../engine/core/protocol.ts';
import { isEnded } from '../../engine/core/saga.ts';
import type { CaseFile, Ending, Invariant, InvariantFactory, LogView, Reporter } from './invariant.ts';

/** Records beyond these are forgotten, oldest first: a world that names a record after each saga has no end of them. */
const RECORDS_MAX = 100_000;

export const isolation: InvariantFactory = (report) => new IsolationWatch(report);

/** A forward effect of an open saga on a record. */
interface Pending {
  readonly saga: string;
  readonly step: number;
  readonly record: SharedRecord;
  /** Who relied on the record while this write was pending. */
  readonly readers: Set<Reliance>;
}

/** A saga that relied on a record. Its file is gone when it has completed: it relies on it for ever. */
interface Reliance {
  readonly saga: string;
  readonly step: StepDefinition;
  file: CaseFile | undefined;
  readonly writers: Pending[];
}

interface SharedRecord {
  readonly name: string;
  held: number;
  readonly pending: Set<Pending>;
}

/** What is kept of one open saga. */
interface Traces {
  readonly writes: Pending[];
  readonly reliances: Reliance[];
}

class IsolationWatch implements Invariant {
  readonly id = 'isolation';
  readonly statement =
    "No saga acts on another's pending write (dirty read), none loses another's update, no oversell";
  readonly #report: Reporter;
  readonly #records = new Map<string, SharedRecord>();
  /** By saga; gone when it has ended. */
  readonly #traces = new Map<string, Traces>();
  #exercised = false;

  constructor(report: Reporter) {
    this.#report = report;
  }

  isExercised(): boolean {
    return this.#exercised;
  }

  onEffect(entry: LedgerEntry, step: StepDefinition, file: CaseFile, service: string): void {
    const { stock, touched } = entry;
    if (stock !== undefined) {
      this.#exercised = true;
      const { item, reserved, sold, total } = stock;
      if (reserved + sold > total)
        this.#report.violated(`${item}: ${reserved} reserved and ${sold} sold, of ${total}`, file); // I4
    }
    if (touched === undefined) return;
    this.#exercised = true;
    if (entry.direction === 'compensation') this.#undo(step, file);
    for (const touch of touched) this.#touch(touch, entry, step, file, service);
  }

  onEnded({ status }: Ending, _log: LogView, file: CaseFile): void {
    const traces = isEnded(status) ? this.#traces.get(file.saga) : undefined;
    if (traces === undefined) return;
    this.#traces.delete(file.saga);
    for (const write of traces.writes) write.record.pending.delete(write);
    for (const reliance of traces.reliances) {
      reliance.file = undefined;
      if (status === 'completed') continue;
      for (const writer of reliance.writers) writer.readers.delete(reliance);
    }
  }

  #touch(touch: Touch, entry: LedgerEntry, step: StepDefinition, file: CaseFile, service: string): void {
    const { read, written } = touch;
    const name = `${touch.record} of ${service}`;
    const record = this.#records.get(name);
    if (record !== undefined && read !== undefined && read !== record.held) {
      const deed = written === undefined ? 'relied on' : `wrote ${written} from`;
      this.#report.violated(`${entry.action} ${deed} ${read} in ${name}, which held ${record.held}`, file); // I1
    }
    if (record !== undefined && read === undefined) this.#checkBlind(record, entry, file);
    const kept = record ?? this.#open(name, read ?? written ?? 0);
    const open = file.ending === undefined || !isEnded(file.ending.status);
    if (written === undefined) {
      if (open) this.#rely(kept, step, file);
      return;
    }
    kept.held = written;
    if (open && entry.direction === 'forward') this.#write(kept, step, file);
  }

  #checkBlind({ name, pending }: SharedRecord, { action }: LedgerEntry, file: CaseFile): void {
    for (const { saga } of pending) {
      if (saga === file.saga) continue;
      this.#report.violated(`${action} wrote blindly over ${name}, which ${saga} may still undo`, file); // I2
      return;
    }
  }

  #open(name: string, held: number): SharedRecord {
    const record: SharedRecord = { name, held, pending: new Set() };
    if (this.#records.size >= RECORDS_MAX) {
      for (const oldest of this.#records.keys()) {
        this.#records.delete(oldest);
        break;
      }
    }
    this.#records.set(name, record);
    return record;
  }

  #tracesOf(saga: string): Traces {
    let traces = this.#traces.get(saga);
    if (traces === undefined) {
      traces = { writes: [], reliances: [] };
      this.#traces.set(saga, traces);
    }
    return traces;
  }

  #write(record: SharedRecord, { index }: StepDefinition, { saga }: CaseFile): void {
    const write: Pending = { saga, step: index, record, readers: new Set() };
    record.pending.add(write);
    this.#tracesOf(saga).writes.push(write);
  }

  #rely(record: SharedRecord, step: StepDefinition, file: CaseFile): void {
    const writers = [...record.pending].filter(({ saga }) => saga !== file.saga);
    if (writers.length === 0) return;
    const reliance: Reliance = { saga: file.saga, step, file, writers };
    for (const writer of writers) writer.readers.add(reliance);
    this.#tracesOf(file.saga).reliances.push(reliance);
  }

  /** A step is undone: its writes are pending no more, and nobody may still rely on them. */
  #undo({ index, name }: StepDefinition, file: CaseFile): void {
    for (const write of this.#traces.get(file.saga)?.writes ?? []) {
      if (write.step !== index || !write.record.pending.delete(write)) continue;
      for (const reader of write.readers) {
        if (reader.file?.stands(reader.step.index) === false) continue;
        this.#report.violated(
          `${name} was undone, on which ${reader.saga} relied in ${reader.step.name}: ${write.record.name}`, // I3
          file,
        );
      }
    }
  }
}
