// The reference that sagastorm is measured against: workload W in the leanest form that people write by hand,
// nested callbacks over a priority queue. No log, no invariants, no faults, no trace; it must only be right.

import { latencyTable, type Workload } from './workload-w.ts';

/** A 4-ary heap of (time, order) over typed arrays, with one closure per event. */
class ClosureQueue {
  nowUs = 0;
  #size = 0;
  #order = 0;
  readonly #times: Float64Array;
  readonly #orders: Float64Array;
  readonly #callbacks: (() => void)[] = [];

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#orders = new Float64Array(capacity);
  }

  after(delayUs: number, callback: () => void): void {
    const time = this.nowUs + delayUs;
    const order = this.#order++;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      if (this.#times[parent]! < time || (this.#times[parent] === time && this.#orders[parent]! < order))
        break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, time, order, callback);
  }

  run(): number {
    let events = 0;
    while (this.#size > 0) {
      this.nowUs = this.#times[0]!;
      const callback = this.#callbacks[0]!;
      this.#removeFirst();
      callback();
      events++;
    }
    return events;
  }

  #removeFirst(): void {
    const last = --this.#size;
    const time = this.#times[last]!;
    const order = this.#orders[last]!;
    const callback = this.#callbacks[last]!;
    this.#callbacks.pop();
    if (last > 0) this.#put(this.#sink(time, order, last), time, order, callback);
  }

  #sink(time: number, order: number, size: number): number {
    let at = 0;
    for (;;) {
      const first = at * 4 + 1;
      if (first >= size) return at;
      const end = Math.min(first + 4, size);
      let best = first;
      for (let child = first + 1; child < end; child++) if (this.#before(child, best)) best = child;
      const bestTime = this.#times[best]!;
      if (bestTime > time || (bestTime === time && this.#orders[best]! > order)) return at;
      this.#move(best, at);
      at = best;
    }
  }

  #before(a: number, b: number): boolean {
    return (
      this.#times[a]! < this.#times[b]! ||
      (this.#times[a] === this.#times[b] && this.#orders[a]! < this.#orders[b]!)
    );
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from]!, this.#orders[from]!, this.#callbacks[from]!);
  }

  #put(at: number, time: number, order: number, callback: () => void): void {
    this.#times[at] = time;
    this.#orders[at] = order;
    this.#callbacks[at] = callback;
  }
}

export interface LeanResult {
  readonly completed: number;
  readonly compensated: number;
  readonly events: number;
}

/** The saga as nested callbacks, and what it changes. */
class LeanSagas {
  completed = 0;
  compensated = 0;
  readonly queue: ClosureQueue;
  readonly stock: Int32Array;
  readonly balances: Float64Array;
  readonly #workload: Workload;
  #random = 0x2545f491;

  constructor(workload: Workload, sagas: number) {
    this.#workload = workload;
    this.queue = new ClosureQueue(sagas + 16);
    this.stock = new Int32Array(workload.items).fill(sagas);
    this.balances = new Float64Array(workload.accounts * 2).fill(workload.openingBalance);
  }

  begin(i: number): void {
    const { item, from, to, amount } = this.#workload.input(i);
    const { balances, stock } = this;
    const credit = (attempt: number): void => {
      const act = (): boolean => {
        if (this.#draw() % 1000 < 300) return false;
        balances[to]! += amount;
        return true;
      };
      this.#call(act, (ok) => {
        if (ok) this.completed++;
        else if (attempt === 3) undo();
        else this.queue.after(this.#backoff(attempt), () => credit(attempt + 1));
      });
    };
    const undo = (): void =>
      this.#change(balances, from, amount, () =>
        this.#change(stock, item, 1, () => {
          this.compensated++;
        }),
      );
    this.#change(stock, item, -1, () => this.#change(balances, from, -amount, () => credit(1)));
  }

  #call(act: () => boolean, next: (ok: boolean) => void): void {
    this.queue.after(this.#latency(), () => {
      const ok = act();
      this.queue.after(this.#latency(), () => next(ok));
    });
  }

  #change(store: Int32Array | Float64Array, at: number, by: number, next: () => void): void {
    this.#call(() => {
      store[at]! += by;
      return true;
    }, next);
  }

  #latency(): number {
    return latencyTable[this.#draw() >>> 20]!;
  }

  #backoff(attempt: number): number {
    return 10_000 * 2 ** (attempt - 1) * (0.5 + this.#draw() / 2 ** 32);
  }

  #draw(): number {
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    return this.#random >>> 0;
  }
}

/**
 * Runs W with `sagas` sagas.
 *
 * @throws Error when money, stock or a saga is missing at the end.
 */
export function runLean(workload: Workload, sagas: number): LeanResult {
  const run = new LeanSagas(workload, sagas);
  for (let i = 0; i < sagas; i++) run.begin(i);
  const events = run.queue.run();
  const { completed, compensated, balances, stock } = run;
  const money = balances.reduce((sum, balance) => sum + balance, 0);
  const units = stock.reduce((sum, level) => sum + level, 0);
  if (completed + compensated !== sagas) throw new Error('the lean run lost a saga');
  if (money !== workload.openingBalance * workload.accounts * 2) throw new Error('the lean run lost money');
  if (units + completed !== workload.items * sagas) throw new Error('the lean run lost stock');
  return { completed, compensated, events };
}
