// The trace of one run for people: its events by number, and between them what struck and what broke.

import { faultWords } from '../explore/story.ts';
import type { PointVisitor } from '../faults/injector.ts';
import { TraceLog } from '../kernel/trace.ts';
import type { RunResult } from '../run-result.ts';

/** Keeps the events of one run, up to a moment, and where among them faults could strike. */
export class MarkedTrace extends TraceLog {
  readonly #untilUs: number;
  readonly #times: number[] = [];
  /** By point, how many events were before it. */
  readonly #met = new Map<string, number>();
  #isOver = false;

  /** @param untilUs the last virtual microsecond that is kept */
  constructor(untilUs = Number.POSITIVE_INFINITY) {
    super();
    this.#untilUs = untilUs;
  }

  override note(timeUs: number, code: number, x: number, y: number, z: number): void {
    this.#isOver ||= timeUs > this.#untilUs;
    if (this.#isOver) return;
    super.note(timeUs, code, x, y, z);
    this.#times.push(timeUs);
  }

  /** To be told of every point of the run. */
  readonly visit: PointVisitor = (_kind, at) => {
    if (!this.#isOver && !this.#met.has(at)) this.#met.set(at, this.#times.length);
  };

  /** Every event and mark, a line each, of the run that was traced. */
  *lines({ plan, violations }: Pick<RunResult, 'plan' | 'violations'>): Generator<string> {
    const marks = [
      ...plan.flatMap((fault) => this.#mark(this.#met.get(fault.at), '!', `fault: ${faultWords(fault)}`)),
      ...violations.flatMap(({ invariant, message, atUs }) =>
        this.#mark(this.#after(atUs), '✗', `violation: ${invariant}: ${message}`),
      ),
    ];
    const before = Map.groupBy(marks, ({ index }) => index);
    const width = String(this.length).length;
    for (let index = 0; index <= this.length; index++) {
      for (const { sign, text } of before.get(index) ?? []) yield `${sign.padStart(width)}  ${text}`;
      if (index < this.length) yield `${String(index).padStart(width)}  ${this.line(index)}`;
    }
  }

  #mark(index: number | undefined, sign: string, text: string) {
    return index === undefined ? [] : [{ index, sign, text }];
  }

  /** The first event later than a moment; undefined when the moment is not kept. */
  #after(atUs: number): number | undefined {
    if (atUs > this.#untilUs) return undefined;
    const index = this.#times.findIndex((timeUs) => timeUs > atUs);
    return index < 0 ? this.length : index;
  }
}
