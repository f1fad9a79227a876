// What workload W does to the world, for every simulated peer alike: stock, accounts, the draws of latencies and of
// failures, and the proof at the end that nothing was lost. A peer brings only its own way to let time pass.

import { latencyTable, workloadW } from '../../workload-w.ts';

/** Attempts that a credit has. */
export const ATTEMPTS_MAX = 3;
/** Three failures in a row, each of 30 %. */
const COMPENSATED_SHARE = 0.027;

export class Shop {
  readonly sagas: number;
  completed = 0;
  compensated = 0;
  readonly #stock: Int32Array;
  readonly #balances: Float64Array;
  #random = 0x2545f491;

  constructor(sagas: number) {
    this.sagas = sagas;
    this.#stock = new Int32Array(workloadW.items).fill(sagas);
    this.#balances = new Float64Array(workloadW.accounts * 2).fill(workloadW.openingBalance);
  }

  get ended(): number {
    return this.completed + this.compensated;
  }

  reserve(saga: number): void {
    this.#stock[workloadW.input(saga).item]! -= 1;
  }

  release(saga: number): void {
    this.#stock[workloadW.input(saga).item]! += 1;
  }

  debit(saga: number): void {
    const { from, amount } = workloadW.input(saga);
    this.#balances[from]! -= amount;
  }

  undebit(saga: number): void {
    const { from, amount } = workloadW.input(saga);
    this.#balances[from]! += amount;
  }

  /** False when this attempt fails, without effect: three in ten. */
  credit(saga: number): boolean {
    if (this.#draw() % 1000 < 300) return false;
    const { to, amount } = workloadW.input(saga);
    this.#balances[to]! += amount;
    return true;
  }

  /** Of a request or of a reply. */
  latencyMs(): number {
    return latencyTable[this.#draw() >>> 20]! / 1000;
  }

  /** After the failed attempt `attempt`, from 1: 10 ms doubled, times 0.5 to 1.5. */
  backoffMs(attempt: number): number {
    return 10 * 2 ** (attempt - 1) * this.jitter();
  }

  jitter(): number {
    return 0.5 + this.#draw() / 2 ** 32;
  }

  /**
   * Looks at the end of a run.
   *
   * @throws Error when money, stock or a saga is missing, or too many or too few were compensated.
   */
  check(): void {
    const { completed, compensated, sagas } = this;
    const money = this.#balances.reduce((sum, balance) => sum + balance, 0);
    const units = this.#stock.reduce((sum, level) => sum + level, 0);
    if (completed + compensated !== sagas) throw new Error(`${completed} + ${compensated} of ${sagas} sagas`);
    if (money !== workloadW.openingBalance * workloadW.accounts * 2) throw new Error('money was lost');
    if (units + completed !== workloadW.items * sagas) throw new Error('stock was lost');
    const expected = COMPENSATED_SHARE * sagas;
    const deviation = Math.sqrt(expected * (1 - COMPENSATED_SHARE));
    if (Math.abs(compensated - expected) > 6 * deviation + 1)
      throw new Error(
        `${compensated} of ${sagas} sagas were compensated, about ${expected} were to be expected`,
      );
  }

  #draw(): number {
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    return this.#random >>> 0;
  }
}
