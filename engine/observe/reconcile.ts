// Do the books of the services agree with the log? Operation by operation, and account by account. Pure: it is given logs and
// books, and says what differs, what is still open, and what settles each.
//
// R1. In a world in which everybody keeps to the rules (E1, E2, E4, and a fence at each service) nothing differs, at whatever
//     moment logs and books are read together.
// R2. Who reads them one after the other reads the log twice, before and after the books: what the engine is busy with differs
//     in one of the two only. See `lasting`.
// R3. What a person took over (`skip`, `resolve`) is that person's: whether it was done is not judged.
// R4. What cannot be judged is said, not guessed: a step of which no book has ever an entry has no effects, or its book is not
//     here. Entries of another definition say nothing: its step of the same name may be another service's.
// R5. A choreographed transaction hears of its steps when their events are acknowledged, and writes undos down at its end: until
//     then the books may be ahead of the log, which is no difference.
// R6. A saga that was retired has ended, and its log is not here: what the books say of it is counted, and not judged.
// R7. A saga that began before what a book remembers is not judged: what is missing there may be forgotten.

import type { SagaDefinition } from '../core/define-saga.ts';
import type { SagaStatus, StoredEvent } from '../core/saga-event.ts';
import { type AccountTotal, accountTotals, type ItemTotal, itemTotals } from './book-totals.ts';
import {
  type Book,
  type EntriesBySaga,
  entriesBySaga,
  entryFault,
  type FiledEntry,
  type OperationId,
  operationKey,
  postedBy,
} from './books.ts';
import { type LoggedSaga, type LoggedStep, loggedSaga, newStep, saysOf } from './logged-operations.ts';
import { type DifferenceKind, type Settlement, settlementOf, settlementOfDoubt } from './settlement.ts';
import { StepBooks, type UnjudgedStep } from './unjudged-steps.ts';

/** What logs and books are compared by. */
export interface ReconcileFacts {
  /** One for each saga, oldest event first. */
  readonly logs: Iterable<readonly StoredEvent[]>;
  /** Of all services that take part: steps of others are not judged. */
  readonly books: readonly Book[];
  /** Where it is known, a step is known to have effects, and payloads say amounts. */
  readonly definitionOf?: (name: string, version: number) => SagaDefinition | undefined;
  /** Sagas that left the store on purpose, and when, in microseconds since 1970 (R6). */
  readonly retired?: ReadonlyMap<string, number>;
}

/** An operation about which the log and the books disagree. */
export interface Difference extends OperationId {
  readonly kind: DifferenceKind;
  /** Left out when no book has it. */
  readonly service?: string;
  /** Of the saga; left out when the log does not know it. */
  readonly status?: SagaStatus;
  readonly logSays: string;
  readonly bookSays: string;
  readonly settle: Settlement;
}

/** An operation whose outcome the log does not know yet. */
export interface InDoubt extends OperationId {
  readonly status: SagaStatus;
  /** Whether it stands in a book. */
  readonly isDone: boolean;
  readonly settle: Settlement;
}

/** A saga of the books whose log was retired (R6). */
export interface RetiredInBooks {
  readonly saga: string;
  /** In microseconds since 1970. */
  readonly retiredAtUs: number;
  readonly entries: number;
}

/** What a reconciliation comes to. */
export interface Reconciliation {
  /** Sagas of the log that were compared. */
  readonly sagas: number;
  readonly operations: number;
  readonly entries: number;
  /** In the order of the logs, sagas that only the books know last. */
  readonly differences: readonly Difference[];
  /** Open operations: nothing is wrong with them, unless a person is asked for. */
  readonly inDoubt: readonly InDoubt[];
  /** By service and account. */
  readonly accounts: readonly AccountTotal[];
  /** By service and item. */
  readonly items: readonly ItemTotal[];
  /** Steps that were not judged (R4). */
  readonly unchecked: readonly UnjudgedStep[];
  /** Sagas that were not judged (R6). */
  readonly retired: readonly RetiredInBooks[];
  /** How many sagas were not judged because they are older than the memory of a book (R7). */
  readonly forgotten: number;
}

/**
 * Compares logs and books.
 *
 * @example
 * const { differences } = reconcile({ logs, books: [{ service: 'bank', entries }] });
 * differences[0]?.settle.how; // 'Send its compensation to the service under the key s-1/debit/compensation.'
 */
export function reconcile(facts: ReconcileFacts): Reconciliation {
  return new Reconciler(facts).run();
}

/** Whether nothing differs: neither an operation, nor what accounts and levels come to. */
export function isReconciled({ differences, accounts, items }: Reconciliation): boolean {
  return (
    differences.length === 0 &&
    accounts.every(({ drift = 0 }) => drift === 0) &&
    items.every(({ isAsBooked = true }) => isAsBooked)
  );
}

/**
 * The later reconciliation with those differences only that the earlier one has as well (R2): `before` was made with the log
 * as it was before the books were read, `after` with the log as it was afterwards.
 */
export function lasting(before: Reconciliation, after: Reconciliation): Reconciliation {
  const known = new Set(before.differences.map(identity));
  return { ...after, differences: after.differences.filter((one) => known.has(identity(one))) };
}

function identity({ kind, saga, ...operation }: Difference): string {
  return `${kind} ${saga} ${operationKey(operation)}`;
}

class Reconciler {
  readonly #facts: ReconcileFacts;
  readonly #entries: EntriesBySaga;
  /** R4. */
  readonly #stepBooks: StepBooks;
  readonly #differences: Difference[] = [];
  readonly #inDoubt: InDoubt[] = [];
  readonly #retired: RetiredInBooks[] = [];
  readonly #wrong = new Set<FiledEntry>();
  #forgotten = 0;
  #sagas = 0;
  #operations = 0;

  constructor(facts: ReconcileFacts) {
    this.#facts = facts;
    this.#entries = entriesBySaga(facts.books);
    this.#stepBooks = new StepBooks(facts.books, facts.definitionOf);
  }

  run(): Reconciliation {
    const sagas = [...this.#facts.logs].map(loggedSaga).filter((saga) => saga !== undefined);
    const known = new Set(sagas.map(({ saga }) => saga));
    for (const saga of sagas) this.#noteBooked(saga);
    const keptSinceUs = Math.max(0, ...this.#facts.books.map((book) => book.keptSinceUs ?? 0)); // R7
    for (const saga of sagas) {
      if (saga.createdAtUs < keptSinceUs) this.#forgotten++;
      else this.#compare(saga);
    }
    for (const [saga, operations] of this.#entries) if (!known.has(saga)) this.#unknown(saga, operations);
    const wrong = new Set([...this.#wrong].map(({ entry }) => entry));
    const { books } = this.#facts;
    return {
      sagas: this.#sagas,
      operations: this.#operations,
      entries: books.reduce((sum, { entries }) => sum + entries.length, 0),
      differences: this.#differences,
      inDoubt: this.#inDoubt,
      accounts: accountTotals(books, wrong),
      items: itemTotals(books, wrong),
      unchecked: this.#stepBooks.unjudged,
      retired: this.#retired,
      forgotten: this.#forgotten,
    };
  }

  #noteBooked({ saga, definition }: LoggedSaga): void {
    for (const [filed] of this.#entries.get(saga)?.values() ?? [])
      this.#stepBooks.booked(definition, filed!.entry.step);
  }

  #unknown(saga: string, operations: ReadonlyMap<string, readonly FiledEntry[]>): void {
    const retiredAtUs = this.#facts.retired?.get(saga);
    if (retiredAtUs !== undefined) {
      const entries = [...operations.values()].reduce((sum, filed) => sum + filed.length, 0);
      this.#retired.push({ saga, retiredAtUs, entries });
      return;
    }
    for (const filed of operations.values()) {
      const { step, direction, round } = filed[0]!.entry;
      this.#add('unknown-saga', { saga, step, direction, round }, 'nothing of this saga', filed, undefined);
    }
  }

  #compare(saga: LoggedSaga): void {
    this.#sagas++;
    const operations = this.#entries.get(saga.saga) ?? new Map<string, readonly FiledEntry[]>();
    const steps = [...saga.steps, ...this.#stepsOnlyBooked(saga, operations)];
    const before = this.#differences.length;
    for (const step of steps) this.#compareStep(saga, step, operations);
    if (this.#differences.length > before) return; // amounts of what is missing, or there twice, say nothing more
    for (let round = 0; round <= saga.round; round++)
      this.#compareAmounts(
        saga,
        round,
        steps.filter((step) => step.round === round),
        operations,
      );
  }

  #stepsOnlyBooked(
    { steps }: LoggedSaga,
    operations: ReadonlyMap<string, readonly FiledEntry[]>,
  ): readonly LoggedStep[] {
    const known = new Set(steps.map(({ round, step }) => `${round}/${step}`));
    const found = new Map<string, LoggedStep>();
    for (const [{ entry }] of [...operations.values()] as [FiledEntry][]) {
      const id = `${entry.round}/${entry.step}`;
      if (!known.has(id)) found.set(id, newStep(entry.step, entry.round));
    }
    return [...found.values()];
  }

  #compareStep(
    saga: LoggedSaga,
    step: LoggedStep,
    operations: ReadonlyMap<string, readonly FiledEntry[]>,
  ): void {
    const filed = (direction: 'forward' | 'compensation'): readonly FiledEntry[] =>
      operations.get(operationKey({ ...step, direction })) ?? [];
    const [done, undone] = [filed('forward'), filed('compensation')];
    // A round that a person has opened another after has ended without effect.
    const status = step.round < saga.round ? 'compensated' : saga.status;
    const forward = { saga: saga.saga, step: step.step, direction: 'forward', round: step.round } as const;
    const undo = { ...forward, direction: 'compensation' } as const;
    this.#operations += (step.forward === 'nothing' ? 0 : 1) + (step.compensation === 'nothing' ? 0 : 1);
    this.#noteDoubt(saga, step, done.length > 0, undone.length > 0);
    const add = (kind: DifferenceKind, operation: OperationId, entries: readonly FiledEntry[]): void =>
      this.#add(kind, operation, wordsOf(step, operation), entries, status);
    if (done.length > 1) add('done-twice', forward, done);
    if (undone.length > 1) add('done-twice', undo, undone);
    if (done.length === 0) {
      if (step.forward === 'done' && this.#hasEffects(saga, step)) add('logged-not-done', forward, done);
      else if (undone.length > 0) add('undone-not-done', undo, undone);
      return;
    }
    if (isChoreographed(saga) && !isEnded(status)) return; // R5
    if (isUnexplained(step, status, undone.length > 0)) add('done-not-logged', forward, done);
    if (step.compensation === 'done' && undone.length === 0) add('logged-not-done', undo, undone);
    if (step.compensation === 'nothing' && undone.length > 0) add('undone-not-logged', undo, undone);
  }

  #noteDoubt(saga: LoggedSaga, step: LoggedStep, isDone: boolean, isUndone: boolean): void {
    if (step.round < saga.round || isEnded(saga.status)) return;
    const operation = { saga: saga.saga, step: step.step, round: step.round };
    const rest = { status: saga.status, settle: settlementOfDoubt(saga.status) };
    if (step.compensation === 'open' || step.compensation === 'given-up')
      this.#inDoubt.push({ ...operation, direction: 'compensation', isDone: isUndone, ...rest });
    else if (step.forward === 'open' || (step.forward === 'unknown' && step.compensation === 'nothing'))
      this.#inDoubt.push({ ...operation, direction: 'forward', isDone, ...rest });
  }

  /** R4. */
  #hasEffects({ definition, definitionVersion }: LoggedSaga, { step }: LoggedStep): boolean {
    return this.#stepBooks.mustHave(definition, definitionVersion, step);
  }

  #compareAmounts(
    saga: LoggedSaga,
    round: number,
    steps: readonly LoggedStep[],
    operations: ReadonlyMap<string, readonly FiledEntry[]>,
  ): void {
    const entriesOf = (step: LoggedStep, directions = ['forward', 'compensation'] as const) =>
      directions.flatMap((direction) => operations.get(operationKey({ ...step, direction })) ?? []);
    const status = round < saga.round ? 'compensated' : saga.status;
    let isAnyWrong = false;
    for (const step of steps) {
      for (const filed of entriesOf(step)) {
        const fault = entryFault(filed.entry) ?? this.#otherAmount(saga, step, filed);
        if (fault === undefined) continue;
        isAnyWrong = true;
        const { direction } = filed.entry;
        this.#wrongAmount({ saga: saga.saga, step: step.step, direction, round }, status, filed, fault);
      }
    }
    if (isAnyWrong || (status !== 'compensated' && status !== 'failed')) return;
    const all = steps.flatMap((step) => entriesOf(step).map(({ entry }) => entry));
    if (postedBy(all).size === 0) return;
    for (const step of steps) {
      const filed = entriesOf(step);
      const left = [...postedBy(filed.map(({ entry }) => entry))];
      if (left.length === 0) continue;
      const [account, sum] = left[0]!;
      const last = filed.at(-1)!;
      const operation = { saga: saga.saga, step: step.step, direction: 'compensation', round } as const;
      this.#wrongAmount(operation, status, last, `${sum} of what was posted to ${account} did not come back`);
    }
  }

  /** What the log says that it was about must be one of the amounts that were posted. */
  #otherAmount(saga: LoggedSaga, { step, result }: LoggedStep, { entry }: FiledEntry): string | undefined {
    const { postings = [], direction } = entry;
    if (direction !== 'forward' || postings.length === 0) return undefined;
    const said = amountIn(result) ?? this.#amountAsked(saga, step);
    if (said === undefined || postings.some(({ amount }) => Math.abs(amount) === said)) return undefined;
    return `none of its postings is of the ${said} that the log says`;
  }

  /** From a payload that needs nothing but the input. */
  #amountAsked(saga: LoggedSaga, name: string): number | undefined {
    const { definition, definitionVersion, input } = saga;
    const known = this.#facts.definitionOf?.(definition, definitionVersion);
    const step = known?.steps.find((one) => one.name === name);
    if (step === undefined) return undefined;
    const results = Object.fromEntries(saga.steps.map((one) => [one.step, one.result]));
    try {
      return amountIn(step.payload({ saga: saga.saga, input, results }));
    } catch {
      return undefined; // a payload that cannot be made was never sent
    }
  }

  #wrongAmount(
    operation: OperationId,
    status: SagaStatus,
    { service, entry }: FiledEntry,
    bookSays: string,
  ): void {
    this.#wrong.add({ service, entry });
    const settle = settlementOf('amount-differs', operation, status);
    this.#differences.push({
      ...operation,
      kind: 'amount-differs',
      service,
      status,
      logSays: 'done',
      bookSays,
      settle,
    });
  }

  #add(
    kind: DifferenceKind,
    operation: OperationId,
    logSays: string,
    filed: readonly FiledEntry[],
    status: SagaStatus | undefined,
  ): void {
    for (const one of filed) this.#wrong.add(one);
    const service = filed[0]?.service;
    this.#differences.push({
      ...operation,
      kind,
      ...(service === undefined ? {} : { service }),
      ...(status === undefined ? {} : { status }),
      logSays,
      bookSays: timesOf(filed.length),
      settle: settlementOf(kind, operation, status),
    });
  }
}

/** The log has no place for the effect: it was never intended, surely refused, or left standing by a saga that has ended. */
function isUnexplained(
  { forward, compensation }: LoggedStep,
  status: SagaStatus,
  isUndone: boolean,
): boolean {
  if (forward === 'nothing' || forward === 'refused') return true;
  if (forward === 'skipped' || compensation === 'skipped') return false; // R3
  const standsAtTheEnd = (status === 'compensated' || status === 'failed') && !isUndone;
  return standsAtTheEnd && compensation !== 'done';
}

function isEnded(status: SagaStatus): boolean {
  return (
    status !== 'created' &&
    status !== 'running' &&
    status !== 'compensating' &&
    status !== 'compensation_failed'
  );
}

function amountIn(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('amount' in value)) return undefined;
  return Number.isSafeInteger(value.amount) ? (value.amount as number) : undefined;
}

function wordsOf(step: LoggedStep, { direction }: OperationId): string {
  const says = saysOf(step, direction);
  return says === 'nothing' ? 'nothing of it' : says;
}

function timesOf(count: number): string {
  return count === 0 ? 'nothing of it' : count === 1 ? 'done' : `done ${count} times`;
}

/** R5. `eventBus` calls them so. */
function isChoreographed({ definition }: LoggedSaga): boolean {
  return definition.endsWith('-choreography');
}
