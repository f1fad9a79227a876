// The pending events, in total order (S1): by time, and among equal times in the order of scheduling.
//
// A hierarchical timing wheel (Varghese & Lauck, SOSP 1987): five levels of 1,024 slots, one microsecond wide at
// the bottom, over typed arrays. Scheduling, cancelling and taking cost the same with ten events pending as with
// ten million, and nothing is allocated per event.
//
// W1. Level 0 holds the events of the block of 1,024 µs that contains now, level 1 those of the block of 1,024²
//     µs, and so on; blocks are aligned, they do not slide.
// W2. Every list is in order of scheduling. Entering a block spreads the list of its slot over the level below,
//     whose slots are all empty at that moment, so W2 holds there too; hence no comparison is ever needed.

import { assert } from '../../engine/core/assert.ts';

const BITS = 10;
const SLOTS = 1 << BITS;
const MASK = SLOTS - 1;
const LEVELS = 5;
const LOW = 2 ** (3 * BITS);
/** Times are below this: about 35 years in microseconds. */
export const TIME_MAX_US = 2 ** (LEVELS * BITS);
const GENERATION = 2 ** 26;
const NONE = -1;

/** Names a scheduled event so that it can be cancelled. Worthless once the event was taken. */
export type EventHandle = number;

export class EventQueue {
  /** The fields of the event that {@link take} took last. */
  timeUs = 0;
  target = 0;
  code = 0;
  item: unknown = undefined;

  /** The block position: the time of the last event taken, split so that 32-bit arithmetic serves. */
  #low = 0;
  #high = 0;
  #size = 0;

  readonly #head = new Int32Array(LEVELS * SLOTS).fill(NONE);
  readonly #tail = new Int32Array(LEVELS * SLOTS).fill(NONE);
  /** One bit per slot, and one bit per word of bits, per level. */
  readonly #bits = new Int32Array(LEVELS * 32);
  readonly #words = new Int32Array(LEVELS);

  #capacity = 1024;
  #time = new Float64Array(this.#capacity);
  #next = new Int32Array(this.#capacity);
  #prev = new Int32Array(this.#capacity);
  #slot = new Int32Array(this.#capacity);
  #generation = new Uint32Array(this.#capacity);
  #targets = new Uint8Array(this.#capacity);
  #codes = new Uint8Array(this.#capacity);
  readonly #items: unknown[] = [];
  #free = NONE;
  #used = 0;

  /** Events that are scheduled and neither taken nor cancelled. */
  get size(): number {
    return this.#size;
  }

  /** Schedules an event at a whole microsecond that is not before the last one taken. `target` and `code` are below 256. */
  schedule(timeUs: number, target: number, code: number, item: unknown): EventHandle {
    assert(
      timeUs >= this.#high * LOW + this.#low && timeUs < TIME_MAX_US,
      'an event is scheduled in the past',
    );
    const event = this.#allocate();
    this.#time[event] = timeUs;
    this.#targets[event] = target;
    this.#codes[event] = code;
    this.#items[event] = item;
    this.#insert(event, timeUs);
    this.#size++;
    return this.#generation[event]! * GENERATION + event;
  }

  /** Forgets an event; false when it was taken or cancelled before. */
  cancel(handle: EventHandle): boolean {
    const event = handle % GENERATION;
    if (this.#generation[event] !== Math.floor(handle / GENERATION)) return false;
    this.#unlink(event);
    this.#release(event);
    return true;
  }

  /** Moves to the next event and exposes its fields; false when none is left. */
  take(): boolean {
    if (this.#size === 0) return false;
    let slot = this.#nextSlot(0, this.#low & MASK);
    while (slot === NONE) {
      this.#enterNextBlock();
      slot = this.#nextSlot(0, 0);
    }
    this.#low = (this.#low & ~MASK) | slot;
    const event = this.#head[slot]!;
    this.timeUs = this.#time[event]!;
    this.target = this.#targets[event]!;
    this.code = this.#codes[event]!;
    this.item = this.#items[event];
    this.#unlink(event);
    this.#release(event);
    return true;
  }

  /** Forgets everything and goes back to time 0; what was allocated stays. */
  clear(): void {
    this.#head.fill(NONE);
    this.#tail.fill(NONE);
    this.#bits.fill(0);
    this.#words.fill(0);
    this.#items.length = 0;
    this.#generation.fill(0);
    this.#free = NONE;
    this.#used = 0;
    this.#size = 0;
    this.#low = 0;
    this.#high = 0;
    this.timeUs = 0;
    this.item = undefined;
  }

  /** W1: finds the first slot above the exhausted levels, moves there, and spreads it over the levels below. */
  #enterNextBlock(): void {
    for (let level = 1; level < LEVELS; level++) {
      const slot = this.#nextSlot(level, this.#position(level) + 1);
      if (slot === NONE) continue;
      this.#moveTo(level, slot);
      const index = level * SLOTS + slot;
      let event = this.#head[index]!;
      this.#head[index] = NONE;
      this.#tail[index] = NONE;
      this.#clearBit(index);
      while (event !== NONE) {
        const next = this.#next[event]!;
        this.#insert(event, this.#time[event]!);
        event = next;
      }
      return;
    }
    assert(false, 'events are pending, yet no slot holds one');
  }

  #position(level: number): number {
    return level < 3 ? (this.#low >>> (level * BITS)) & MASK : (this.#high >>> ((level - 3) * BITS)) & MASK;
  }

  #moveTo(level: number, slot: number): void {
    if (level < 3) {
      const shift = level * BITS;
      this.#low = ((this.#low >>> (shift + BITS)) << (shift + BITS)) | (slot << shift);
    } else {
      const shift = (level - 3) * BITS;
      this.#low = 0;
      this.#high = ((this.#high >>> (shift + BITS)) << (shift + BITS)) | (slot << shift);
    }
  }

  #insert(event: number, timeUs: number): void {
    const high = Math.floor(timeUs / LOW);
    const low = timeUs - high * LOW;
    let index: number;
    if (high === this.#high) {
      const distance = low ^ this.#low;
      if (distance < SLOTS) index = low & MASK;
      else if (distance < SLOTS * SLOTS) index = SLOTS + ((low >>> BITS) & MASK);
      else index = 2 * SLOTS + (low >>> (2 * BITS));
    } else if (high >>> BITS === this.#high >>> BITS) index = 3 * SLOTS + (high & MASK);
    else index = 4 * SLOTS + (high >>> BITS);
    const tail = this.#tail[index]!;
    this.#slot[event] = index;
    this.#next[event] = NONE;
    this.#prev[event] = tail;
    this.#tail[index] = event;
    if (tail === NONE) {
      this.#head[index] = event;
      this.#setBit(index);
    } else this.#next[tail] = event;
  }

  #unlink(event: number): void {
    const index = this.#slot[event]!;
    const next = this.#next[event]!;
    const prev = this.#prev[event]!;
    if (prev === NONE) this.#head[index] = next;
    else this.#next[prev] = next;
    if (next === NONE) this.#tail[index] = prev;
    else this.#prev[next] = prev;
    if (prev === NONE && next === NONE) this.#clearBit(index);
  }

  #setBit(index: number): void {
    const word = index >>> 5;
    this.#bits[word] = this.#bits[word]! | (1 << (index & 31));
    this.#words[word >>> 5] = this.#words[word >>> 5]! | (1 << (word & 31));
  }

  #clearBit(index: number): void {
    const word = index >>> 5;
    const bits = this.#bits[word]! & ~(1 << (index & 31));
    this.#bits[word] = bits;
    if (bits === 0) this.#words[word >>> 5] = this.#words[word >>> 5]! & ~(1 << (word & 31));
  }

  /** The first occupied slot of a level at or after `from`, or NONE. */
  #nextSlot(level: number, from: number): number {
    if (from >= SLOTS) return NONE;
    let word = from >>> 5;
    const here = this.#bits[level * 32 + word]! & (-1 << (from & 31));
    if (here !== 0) return (word << 5) | lowestBit(here);
    if (word === 31) return NONE;
    const words = this.#words[level]! & (-1 << (word + 1));
    if (words === 0) return NONE;
    word = lowestBit(words);
    return (word << 5) | lowestBit(this.#bits[level * 32 + word]!);
  }

  #allocate(): number {
    const free = this.#free;
    if (free !== NONE) {
      this.#free = this.#next[free]!;
      return free;
    }
    if (this.#used === this.#capacity) this.#grow();
    return this.#used++;
  }

  #release(event: number): void {
    this.#generation[event] = this.#generation[event]! + 1;
    this.#items[event] = undefined;
    this.#next[event] = this.#free;
    this.#free = event;
    this.#size--;
  }

  #grow(): void {
    this.#capacity *= 2;
    assert(this.#capacity <= GENERATION, 'more events are pending than a simulation may hold');
    this.#time = enlarged(this.#time, new Float64Array(this.#capacity));
    this.#next = enlarged(this.#next, new Int32Array(this.#capacity));
    this.#prev = enlarged(this.#prev, new Int32Array(this.#capacity));
    this.#slot = enlarged(this.#slot, new Int32Array(this.#capacity));
    this.#generation = enlarged(this.#generation, new Uint32Array(this.#capacity));
    this.#targets = enlarged(this.#targets, new Uint8Array(this.#capacity));
    this.#codes = enlarged(this.#codes, new Uint8Array(this.#capacity));
  }
}

function enlarged<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
