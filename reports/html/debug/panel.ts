// What stands beside the diagram: how things are at the event that is looked at. Every cell that ever changes has a key;
// the state of a moment is what all changes up to it wrote into the cells.
//
// P1. The cells and what events write into them are made here, once. The page's script only writes texts into cells.
// P2. A step differs when the ledgers say other than the log: an effect stands although the log has the step undone or
//     refused, or has the saga compensated or failed; none stands although the log has it applied; or it stands twice.
//     A step without effects never does: it has nothing in the books, whatever the log says.

import type { DebugChange, DebugRecord, DebugSaga } from '../../../simulator/debug-record.ts';

/** What an event writes: position of the event in the record, key, text, and whether it is something amiss. */
export type Write = readonly [position: number, key: string, text: string, isAmiss?: 1];

export interface Cells {
  /** Before the first event. */
  readonly initial: Readonly<Record<string, string>>;
  readonly writes: readonly Write[];
}

/** Keys of the cells. */
export const cell = {
  saga: (saga: string): string => `saga/${saga}`,
  log: (saga: string, step: string): string => `log/${saga}/${step}`,
  books: (saga: string, step: string): string => `books/${saga}/${step}`,
  balance: (service: string, account: string): string => `balance/${service}/${account}`,
  stock: (service: string, item: string, part: 'onHand' | 'reserved' | 'sold'): string =>
    `stock/${service}/${item}/${part}`,
  invariant: (id: string): string => `invariant/${id}`,
};

const NO_EFFECTS = 'nothing to book';

interface StepNow {
  status: string;
  attempt: number;
  done: number;
  undone: number;
}

/** All cells of a record, and what its events write into them. */
export function cellsOf(record: DebugRecord): Cells {
  const initial: Record<string, string> = {};
  for (const { id, steps } of record.sagas) {
    initial[cell.saga(id)] = 'not asked for';
    for (const { name, effects } of steps) {
      initial[cell.log(id, name)] = 'nothing';
      initial[cell.books(id, name)] = effects === 'none' ? NO_EFFECTS : 'nothing';
    }
  }
  for (const { service, account, balance } of record.opening.balances)
    initial[cell.balance(service, account)] = amount(balance);
  for (const { service, item, onHand, reserved, sold } of record.opening.stock) {
    initial[cell.stock(service, item, 'onHand')] = amount(onHand);
    initial[cell.stock(service, item, 'reserved')] = amount(reserved);
    initial[cell.stock(service, item, 'sold')] = amount(sold);
  }
  for (const { id, state } of record.invariants)
    initial[cell.invariant(id)] = state === 'not-exercised' ? 'nothing to judge' : 'holds so far';
  return { initial, writes: writesOf(record) };
}

function writesOf(record: DebugRecord): readonly Write[] {
  const fold = new Fold(record.sagas);
  return record.events.flatMap(({ index, changes = [] }, position) => [
    ...changes.flatMap((change) => fold.writes(change, position)),
    ...record.violations
      .filter(({ event }) => event === index)
      .map(({ invariant, message, saga }): Write => {
        const whose = saga === undefined ? '' : `${saga}: `;
        return [position, cell.invariant(invariant), `broken at event ${index}: ${whose}${message}`, 1];
      }),
  ]);
}

/** Where sagas and steps stand while the events are gone through. */
class Fold {
  readonly #statuses = new Map<string, string>();
  readonly #steps = new Map<string, StepNow>();
  readonly #sagas: readonly DebugSaga[];

  constructor(sagas: readonly DebugSaga[]) {
    this.#sagas = sagas;
  }

  writes(change: DebugChange, position: number): readonly Write[] {
    switch (change.kind) {
      case 'saga':
        this.#statuses.set(change.saga, change.status);
        return [
          [position, cell.saga(change.saga), plain(change.status)],
          ...this.#stepsOf(change.saga, position),
        ];
      case 'step': {
        const step = this.#step(change.saga, change.step);
        step.status = change.status;
        step.attempt = change.attempt;
        return this.#writeStep(change.saga, change.step, position);
      }
      case 'effect': {
        const step = this.#step(change.saga, change.step);
        if (change.direction === 'forward') step.done++;
        else step.undone++;
        return this.#writeStep(change.saga, change.step, position);
      }
      case 'balance':
        return [[position, cell.balance(change.service, change.account), amount(change.to)]];
      default: {
        const { service, to } = change;
        return (['onHand', 'reserved', 'sold'] as const)
          .filter((part) => change.from?.[part] !== to[part])
          .map((part): Write => [position, cell.stock(service, to.item, part), amount(to[part])]);
      }
    }
  }

  #step(saga: string, step: string): StepNow {
    const key = cell.log(saga, step);
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const fresh = { status: 'pending', attempt: 0, done: 0, undone: 0 };
    this.#steps.set(key, fresh);
    return fresh;
  }

  /** Whether a step differs depends on whether its saga has ended. */
  #stepsOf(saga: string, position: number): readonly Write[] {
    return this.#stepsIn(saga).flatMap(({ name }) =>
      this.#steps.has(cell.log(saga, name)) ? this.#writeStep(saga, name, position) : [],
    );
  }

  #stepsIn(saga: string): DebugSaga['steps'] {
    return this.#sagas.find(({ id }) => id === saga)?.steps ?? [];
  }

  #writeStep(saga: string, name: string, position: number): readonly Write[] {
    const step = this.#step(saga, name);
    const { status, attempt } = step;
    const again = attempt > 1 ? `, attempt ${attempt}` : '';
    const hasEffects = this.#stepsIn(saga).find((one) => one.name === name)?.effects !== 'none';
    const differs = hasEffects && differ(step, this.#statuses.get(saga) ?? '');
    const isEmpty = step.done === 0 && step.undone === 0;
    const books = isEmpty && !hasEffects ? NO_EFFECTS : booksText(step);
    return [
      [position, cell.log(saga, name), `${plain(status)}${again}`],
      differs ? [position, cell.books(saga, name), books, 1] : [position, cell.books(saga, name), books],
    ];
  }
}

/** P2. */
function differ({ status, done, undone }: StepNow, saga: string): boolean {
  const stands = done > undone;
  if (done > undone + 1) return true;
  if (saga === 'compensated' || saga === 'failed') return stands;
  if (status === 'skipped') return false; // a person's
  if (status === 'applied') return !stands;
  return (
    stands &&
    (status === 'compensated' ||
      status === 'rejected' ||
      status === 'pending' ||
      (saga === 'completed' && status !== 'applied'))
  );
}

function booksText({ done, undone }: StepNow): string {
  if (done === 0 && undone === 0) return 'nothing';
  const times = (n: number): string => (n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`);
  const did = done === 0 ? 'never booked' : `booked ${times(done)}`;
  const undid = undone === 0 ? '' : `, undone ${times(undone)}`;
  return `${did}${undid}${done > undone ? ': stands' : ''}`;
}

function plain(status: string): string {
  return status.replaceAll('_', ' ');
}

/** Numbers as they stand in books. */
function amount(value: number): string {
  const sign = value < 0 ? '−' : '';
  return sign + String(Math.abs(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** What the cells hold when the event at this position has happened; `changed` by that event. */
export function stateAt(
  { initial, writes }: Cells,
  position: number,
): ReadonlyMap<string, { readonly text: string; readonly isAmiss: boolean; readonly isChanged: boolean }> {
  const state = new Map(
    Object.entries(initial).map(([key, text]) => [key, { text, isAmiss: false, isChanged: false }]),
  );
  for (const [at, key, text, amiss] of writes) {
    if (at > position) break;
    const before = state.get(key);
    const isChanged = at === position && (before?.text !== text || before.isChanged);
    state.set(key, { text, isAmiss: amiss === 1, isChanged });
  }
  return state;
}
