// The last outcomes of the calls to one service: what circuit breakers and adaptive retries go by.

/** Counts failures among the last `size` outcomes. */
export class OutcomeWindow {
  readonly #failed: Uint8Array;
  #count = 0;
  #failures = 0;
  #next = 0;

  /** @param size from 1 */
  constructor(size: number) {
    this.#failed = new Uint8Array(size);
  }

  /** Outcomes in the window. */
  get count(): number {
    return this.#count;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Of 1,000 outcomes in the window so many failed; 0 when there is none. */
  get failurePermille(): number {
    return this.#count === 0 ? 0 : Math.floor((this.#failures * 1000) / this.#count);
  }

  add(failed: boolean): void {
    const size = this.#failed.length;
    if (this.#count < size) this.#count++;
    else this.#failures -= this.#failed[this.#next]!;
    this.#failed[this.#next] = failed ? 1 : 0;
    if (failed) this.#failures++;
    this.#next = (this.#next + 1) % size;
  }

  clear(): void {
    this.#count = 0;
    this.#failures = 0;
    this.#next = 0;
  }
}
