// The trace of a run: every event that matters, as a few integers. Always hashed (S6), kept only when asked.

import { join32, mix32 } from '../../engine/core/mix.ts';

/** A hash over everything that was noted, in order: 128 bits, the same wherever the run is repeated. */
export class Fingerprint {
  #a = 0x243f6a88;
  #b = 0x85a308d3 | 0;
  #c = 0x13198a2e;
  #d = 0x03707344;

  /** Adds one event: its time, what it was, and three integers that say more. */
  note(timeUs: number, code: number, x: number, y: number, z: number): void {
    this.#a = join32(this.#a ^ this.#d, timeUs | 0);
    const high = timeUs < 0x1_0000_0000 ? 0 : Math.floor(timeUs / 0x1_0000_0000);
    this.#b = join32(this.#b ^ this.#a, (high << 8) ^ code);
    this.#c = join32(this.#c ^ this.#b, x);
    this.#d = join32(this.#d ^ this.#c, y);
    this.#a = join32(this.#a ^ this.#d, z);
  }

  hex(): string {
    const [a, b, c, d] = [this.#a, this.#b, this.#c, this.#d];
    return [a ^ d, b ^ a, c ^ b, d ^ c].map((lane) => mix32(lane).toString(16).padStart(8, '0')).join('');
  }
}

/** Turns a noted event into words. The world that made the run provides it. */
export type TraceWords = (code: number, x: number, y: number, z: number) => string;

/** Keeps a whole trace so that it can be printed, and compared with that of a second run. */
export class TraceLog {
  readonly #numbers: number[] = [];
  #words: TraceWords = (...numbers) => numbers.join(' ');

  /** How this log prints its events; set by the run that fills it. */
  describeWith(words: TraceWords): void {
    this.#words = words;
  }

  note(timeUs: number, code: number, x: number, y: number, z: number): void {
    this.#numbers.push(timeUs, code, x, y, z);
  }

  get length(): number {
    return this.#numbers.length / 5;
  }

  /** One event as a line: `t=1.200000s  reply delivered  s12 credit forward #2 applied`. */
  line(index: number): string {
    const [timeUs, code, x, y, z] = this.#numbers.slice(index * 5, index * 5 + 5);
    if (timeUs === undefined) return '(the run had ended)';
    return `t=${formatSeconds(timeUs)}  ${this.#words(code!, x!, y!, z!)}`;
  }

  /** The index of the first event in which two traces differ, or -1. */
  firstDifference(other: TraceLog): number {
    const n = Math.max(this.#numbers.length, other.#numbers.length);
    for (let i = 0; i < n; i++) if (this.#numbers[i] !== other.#numbers[i]) return Math.floor(i / 5);
    return -1;
  }
}

function formatSeconds(timeUs: number): string {
  const seconds = Math.floor(timeUs / 1_000_000);
  return `${seconds}.${String(timeUs % 1_000_000).padStart(6, '0')}s`;
}
