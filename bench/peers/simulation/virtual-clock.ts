// The virtual clock that one writes by hand in an afternoon: a heap of callbacks by time, then by order. For the peers
// whose own virtual clock is not their best.

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

export class VirtualClock {
  nowMs = 0;
  #order = 0;
  readonly #heap: Timer[] = [];

  get isIdle(): boolean {
    return this.#heap.length === 0;
  }

  after(delayMs: number, callback: () => void): void {
    const timer = { dueMs: this.nowMs + delayMs, order: this.#order++, callback };
    let at = this.#heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (before(this.#heap[parent]!, timer)) break;
      this.#heap[at] = this.#heap[parent]!;
      at = parent;
    }
    this.#heap[at] = timer;
  }

  /** Moves time to the first callback and calls it. */
  step(): void {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) heap[this.#sink(last)] = last;
    this.nowMs = first.dueMs;
    first.callback();
  }

  /** Where `timer` belongs when it begins at the top. */
  #sink(timer: Timer): number {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) return at;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (before(timer, heap[child]!)) return at;
      heap[at] = heap[child]!;
      at = child;
    }
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
