// isolation. Judged from what participants say that they touched. Two sagas are never in one transaction, so what a
// saga wrote may be undone until it ends: such a write is pending. What an entry posts says nothing of what was read:
// amounts add up in any order.
//
// I1 Lost update: who makes a new value from an old one, or relies on it, must have read what is there.
// I2 Dirty write: nobody writes blindly over what another saga wrote and may still undo.
// I3 Dirty read: what a saga relied on, and still does, is not undone by the one that wrote it.
// I4 Oversell: no more is reserved and sold than there is.
// I5 Fuzzy read: who relies on a record twice finds the same (fuzzy-reads.ts).
// I6 Out of order: of numbered changes the last that stands shows (placed-changes.ts).
// I7 Not commutative: what is declared to commute depends on nothing that it finds (commuting-updates.ts).
//
// An entry costs the same however many sagas have to do with its records. Where no two sagas met on a record there was
// nothing to judge.

import type { StepDefinition } from '../../engine/core/define-saga.ts';
import type { Call, LedgerEntry, Touch } from '../../engine/core/protocol.ts';
import { isEnded } from '../../engine/core/saga.ts';
import { CommutingUpdates } from './commuting-updates.ts';
import { FuzzyReads } from './fuzzy-reads.ts';
import type { CaseFile, Ending, Invariant, InvariantFactory, LogView, Reporter } from './invariant.ts';
import { PlacedChanges, type PlacedRecord } from './placed-changes.ts';

/**
 * When so many records are new, those that were not touched since the last time are forgotten: a world that names a
 * record after each saga has no end of them.
 */
const FRESH_MAX = 50_000;
const NONE: PlacedRecord['placed'] = [];

export const isolation: InvariantFactory = (report) => new IsolationWatch(report);

/** A forward effect of an open saga on a record. */
interface Pending {
  readonly saga: string;
  readonly step: number;
  readonly record: SharedRecord;
  /** Its place in the order of all touches. */
  readonly at: number;
}

/** A saga that relied on a record while something was pending there. */
interface Reliance {
  readonly saga: string;
  readonly step: StepDefinition;
  readonly at: number;
  /** `for-ever`: it has completed. `no-more`: it ended otherwise. Until then its file knows. */
  holds: CaseFile | 'for-ever' | 'no-more';
  /** The reliance on the same record before it; none when it holds for ever, for then no earlier one matters. */
  before: Reliance | undefined;
}

interface SharedRecord extends PlacedRecord {
  held: number;
  /** Who touched it last. */
  saga: string;
  /** Who changed it last. */
  changedBy: string;
  readonly pending: Set<Pending>;
  /** The last of those that rely on it; none when nothing is pending. */
  reader: Reliance | undefined;
}

/** What is kept of one open saga. */
interface Traces {
  readonly writes: Pending[];
  readonly reliances: Reliance[];
}

class IsolationWatch implements Invariant {
  readonly id = 'isolation';
  readonly statement =
    "No saga acts on another's pending write (dirty read), finds two values (fuzzy read) or loses another's update; no oversell";
  readonly #report: Reporter;
  /** By name; those of `#stale` were not touched since they went there. */
  #fresh = new Map<string, SharedRecord>();
  #stale = new Map<string, SharedRecord>();
  /** By saga; gone when it has ended. */
  readonly #traces = new Map<string, Traces>();
  readonly #fuzzy = new FuzzyReads();
  readonly #placed = new PlacedChanges();
  readonly #commuting = new CommutingUpdates();
  #touches = 0;
  #exercised = false;

  constructor(report: Reporter) {
    this.#report = report;
  }

  isExercised(): boolean {
    return this.#exercised;
  }

  readonly onEffect = (entry: LedgerEntry, step: StepDefinition, file: CaseFile, service: string): void => {
    const { stock, touched } = entry;
    if (stock !== undefined) {
      const { item, reserved, sold, total } = stock;
      if (reserved + sold > total)
        this.#report.violated(`${item}: ${reserved} reserved and ${sold} sold, of ${total}`, file); // I4
    }
    if (touched === undefined) return;
    this.#tell(this.#commuting.check(entry, step, service), file); // I7
    if (entry.direction === 'compensation') this.#undo(step, file);
    for (const touch of touched) this.#touch(touch, entry, step, file, service);
  };

  readonly onCall = (call: Call, step: StepDefinition): void => {
    this.#commuting.called(call, step);
  };

  readonly onEnded = ({ status }: Ending, _log: LogView, file: CaseFile): void => {
    if (isEnded(status)) {
      this.#fuzzy.ended(file);
      this.#placed.ended(file, status === 'completed');
      this.#commuting.ended(file.saga, file.definition.steps);
    }
    const traces = isEnded(status) && this.#traces.size > 0 ? this.#traces.get(file.saga) : undefined;
    if (traces === undefined) return;
    this.#traces.delete(file.saga);
    for (const write of traces.writes) settle(write);
    for (const reliance of traces.reliances) {
      if (status === 'completed') reliance.before = undefined;
      reliance.holds = status === 'completed' ? 'for-ever' : 'no-more';
    }
  };

  #touch(touch: Touch, entry: LedgerEntry, step: StepDefinition, file: CaseFile, service: string): void {
    const { read, written } = touch;
    const name = `${touch.record} of ${service}`;
    const record = this.#find(name);
    if (record !== undefined && record.saga !== file.saga) this.#exercised = true;
    if (record !== undefined && read !== undefined && read !== record.held) {
      const deed = written === undefined ? 'relied on' : `wrote ${written} from`;
      this.#report.violated(`${entry.action} ${deed} ${read} in ${name}, which held ${record.held}`, file); // I1
    }
    if (record !== undefined && read === undefined) this.#checkUnread(record, touch, entry, file);
    const kept = record ?? this.#open(name, read ?? written ?? 0, file);
    kept.saga = file.saga;
    const open = file.ending === undefined || !isEnded(file.ending.status);
    if (written === undefined) {
      if (open) this.#rely(kept, step, file, entry);
      return;
    }
    if (touch.place !== undefined) {
      const change = { place: touch.place, shown: written, isUndo: entry.direction === 'compensation' };
      this.#tell(this.#placed.touched(kept, file, change), file); // I6
    }
    kept.held = written;
    kept.changedBy = file.saga;
    if (open && entry.direction === 'forward') this.#write(kept, step, file);
  }

  #tell(wrong: string | undefined, file: CaseFile): void {
    if (wrong !== undefined) this.#report.violated(wrong, file);
  }

  /** Who adds must add to what is there; a numbered change is judged by its place; any other was written blindly. */
  #checkUnread(
    record: SharedRecord,
    { added, place, written }: Touch,
    entry: LedgerEntry,
    file: CaseFile,
  ): void {
    if (added === undefined && place === undefined) return this.#checkBlind(record, entry, file);
    if (added === undefined || record.held + added === written) return;
    const { name, held } = record;
    this.#report.violated(
      `${entry.action} added ${added} to ${name}, which held ${held} and now ${written}`,
      file,
    ); // I1
  }

  #checkBlind({ name, pending }: SharedRecord, { action }: LedgerEntry, file: CaseFile): void {
    for (const { saga } of pending) {
      if (saga === file.saga) continue;
      this.#report.violated(`${action} wrote blindly over ${name}, which ${saga} may still undo`, file); // I2
      return;
    }
  }

  #find(name: string): SharedRecord | undefined {
    const fresh = this.#fresh.get(name);
    if (fresh !== undefined || this.#stale.size === 0) return fresh;
    const stale = this.#stale.get(name);
    if (stale !== undefined) this.#keep(stale);
    return stale;
  }

  #keep(record: SharedRecord): void {
    if (this.#fresh.size >= FRESH_MAX) {
      this.#stale = this.#fresh;
      this.#fresh = new Map();
    }
    this.#fresh.set(record.name, record);
  }

  #open(name: string, held: number, { saga }: CaseFile): SharedRecord {
    const record: SharedRecord = {
      name,
      held,
      saga,
      changedBy: saga,
      pending: new Set(),
      reader: undefined,
      placed: NONE,
    };
    this.#keep(record);
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
    const write: Pending = { saga, step: index, record, at: ++this.#touches };
    record.pending.add(write);
    this.#tracesOf(saga).writes.push(write);
  }

  #rely(record: SharedRecord, step: StepDefinition, file: CaseFile, { direction }: LedgerEntry): void {
    const { name, held, changedBy } = record;
    if (direction === 'forward') this.#tell(this.#fuzzy.relied(file, step.name, name, held, changedBy), file); // I5
    if (record.pending.size === 0) return;
    const { saga } = file;
    const before = standing(record.reader);
    const reliance: Reliance = { saga, step, at: ++this.#touches, holds: file, before };
    record.reader = reliance;
    this.#tracesOf(saga).reliances.push(reliance);
  }

  /** A step is undone: its writes are pending no more, and nobody may still rely on them. */
  #undo({ index, name }: StepDefinition, file: CaseFile): void {
    const { saga } = file;
    for (const write of this.#traces.get(saga)?.writes ?? []) {
      if (write.step !== index || !write.record.pending.has(write)) continue;
      const reader = lastReader(write.record, saga);
      settle(write);
      if (reader === undefined || reader.at < write.at) continue;
      this.#report.violated(
        `${name} was undone, on which ${reader.saga} relied in ${reader.step.name}: ${write.record.name}`, // I3
        file,
      );
    }
  }
}

/** A write is pending no more; when none is, it does not matter who relied on the record. */
function settle(write: Pending): void {
  const { pending } = write.record;
  if (pending.delete(write) && pending.size === 0) write.record.reader = undefined;
}

/** Who relied last on the record and still does, this saga aside. Those who do not are left out from now on. */
function lastReader(record: SharedRecord, saga: string): Reliance | undefined {
  let reader = standing(record.reader);
  record.reader = reader;
  while (reader !== undefined && reader.saga === saga) {
    reader.before = standing(reader.before);
    reader = reader.before;
  }
  return reader;
}

/** The reliance itself when it still holds, or the last before it that does. */
function standing(last: Reliance | undefined): Reliance | undefined {
  let reader = last;
  while (reader !== undefined && !stands(reader)) reader = reader.before;
  return reader;
}

function stands({ holds, step }: Reliance): boolean {
  return holds === 'for-ever' || (holds !== 'no-more' && holds.stands(step.index));
}
