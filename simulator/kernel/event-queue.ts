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
/** Of its own: an exported constant is looked up at every use. */
const END_US = 2 ** (LEVELS * BITS);
/** Times are below this: about 35 years in microseconds. */
export const TIME_MAX_US = END_US;
/** Handles name an event and which of those that had its place it is. */
const PLACES = 2 ** 26;
const NONE = -1;

/** What stands where in an event's integers: its neighbours in the list of its slot, its time, and whose it is. */
const NEXT = 0;
const PREV = 1;
const SLOT = 2;
const GENERATION = 3;
const TIME_LOW = 4;
const TIME_HIGH = 5;
const WHOSE = 6;
const WIDTH_BITS = 3;
/** An event begins at a multiple of this: `at | TIME_LOW` is their sum, and needs no look whether it overflows. */
const WIDTH = 1 << WIDTH_BITS;

/** Names a scheduled event so that it can be cancelled. Worthless once the event was taken. */
export type EventHandle = number;

export class EventQueue {
  /** The fields of the event that {@link take} took last. */
  timeUs = 0;
  target = 0;
  code = 0;

  /** The block position: the time of the last event taken, split so that 32-bit arithmetic serves. */
  #low = 0;
  #high = 0;
  #size = 0;

  readonly #head = new Int32Array(LEVELS * SLOTS).fill(NONE);
  readonly #tail = new Int32Array(LEVELS * SLOTS).fill(NONE);
  /** One bit per slot, and one bit per word of bits, per level. */
  readonly #bits = new Int32Array(LEVELS * 32);
  readonly #words = new Int32Array(LEVELS);

  /** Side by side, WIDTH integers per event: what is looked at together lies together. */
  #events = new Int32Array(1024 * WIDTH);
  /** The two items of each event, side by side as well. */
  readonly #items: unknown[] = [];
  #free = NONE;
  #latest = 0;
  #used = 0;
  /** The place of the event that was taken last: it is free when the next one is taken. */
  #taken = NONE;

  /** The items of the event that was taken last: left where they are, as a store into an old object costs more. */
  get item(): unknown {
    return this.#items[2 * this.#taken];
  }

  get detail(): unknown {
    return this.#items[2 * this.#taken + 1];
  }

  /** Events that are scheduled and neither taken nor cancelled. */
  get size(): number {
    return this.#size;
  }

  /**
   * Schedules an event at a whole microsecond that is not before the last one taken. `target` and `code` are below
   * 256. Of the two items, either is at hand without a look into the other.
   */
  schedule(timeUs: number, target: number, code: number, item: unknown, detail?: unknown): void {
    if (!(timeUs >= this.timeUs && timeUs < END_US)) assert(false, 'an event is scheduled in the past');
    const event = this.#allocate();
    const events = this.#events;
    const high = timeUs < LOW ? 0 : Math.floor(timeUs / LOW) | 0;
    const low = timeUs < LOW ? timeUs | 0 : (timeUs - high * LOW) | 0;
    const at = event << WIDTH_BITS;
    events[at | TIME_LOW] = low;
    events[at | TIME_HIGH] = high;
    events[at | WHOSE] = (target << 8) | code;
    this.#items[2 * event] = item;
    this.#items[2 * event + 1] = detail;
    this.#insert(at, low, high);
    this.#size++;
    this.#latest = event;
  }

  /** Names the event that was scheduled last. */
  get handle(): EventHandle {
    return this.#events[(this.#latest << WIDTH_BITS) | GENERATION]! * PLACES + this.#latest;
  }

  /** Forgets an event; false when it was taken or cancelled before. */
  cancel(handle: EventHandle): boolean {
    const event = (handle % PLACES) | 0; // an integer to the engine, too: in fields of fractions every access converts
    const at = event << WIDTH_BITS;
    if (this.#events[at | GENERATION] !== Math.floor(handle / PLACES)) return false;
    this.#unlink(at);
    this.#retire(at);
    this.#release(event);
    return true;
  }

  /** Moves to the next event and exposes its fields; false when none is left. */
  take(): boolean {
    if (this.#taken !== NONE) this.#release(this.#taken);
    this.#taken = NONE;
    if (this.#size === 0) return false;
    let slot = this.#nextSlot(0, this.#low & MASK);
    while (slot === NONE) {
      this.#enterNextBlock();
      slot = this.#nextSlot(0, 0);
    }
    this.#low = (this.#low & ~MASK) | slot;
    const at = this.#head[slot]!;
    const events = this.#events;
    const low = events[at | TIME_LOW]!;
    const high = events[at | TIME_HIGH]!;
    this.timeUs = high === 0 ? low : high * LOW + low; // a small integer whenever it can be: it is copied everywhere
    const whose = events[at | WHOSE]!;
    this.target = whose >> 8;
    this.code = whose & 255;
    const next = events[at | NEXT]!; // it is the first of its list
    this.#head[slot] = next;
    if (next === NONE) {
      this.#tail[slot] = NONE;
      this.#clearBit(slot);
    } else events[next | PREV] = NONE;
    this.#retire(at);
    this.#taken = at >> WIDTH_BITS;
    return true;
  }

  /** Forgets everything and goes back to time 0; what was allocated stays. */
  clear(): void {
    this.#head.fill(NONE);
    this.#tail.fill(NONE);
    this.#bits.fill(0);
    this.#words.fill(0);
    this.#items.length = 0;
    this.#events.fill(0, 0, this.#used * WIDTH); // a large run before this one may have left many places
    this.#free = NONE;
    this.#used = 0;
    this.#size = 0;
    this.#low = 0;
    this.#high = 0;
    this.timeUs = 0;
    this.#taken = NONE;
  }

  /** W1: finds the first slot above the exhausted levels, moves there, and spreads it over the levels below. */
  #enterNextBlock(): void {
    for (let level = 1; level < LEVELS; level++) {
      const slot = this.#nextSlot(level, this.#position(level) + 1);
      if (slot === NONE) continue;
      this.#moveTo(level, slot);
      const index = level * SLOTS + slot;
      let at = this.#head[index]!;
      this.#head[index] = NONE;
      this.#tail[index] = NONE;
      this.#clearBit(index);
      const events = this.#events;
      while (at !== NONE) {
        const next = events[at | NEXT]!;
        this.#insert(at, events[at | TIME_LOW]!, events[at | TIME_HIGH]!);
        at = next;
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

  #insert(at: number, low: number, high: number): void {
    const events = this.#events;
    let index: number;
    if (high === this.#high) {
      const distance = low ^ this.#low;
      if (distance < SLOTS) index = low & MASK;
      else if (distance < SLOTS * SLOTS) index = SLOTS + ((low >>> BITS) & MASK);
      else index = 2 * SLOTS + (low >>> (2 * BITS));
    } else if (high >>> BITS === this.#high >>> BITS) index = 3 * SLOTS + (high & MASK);
    else index = 4 * SLOTS + (high >>> BITS);
    const tail = this.#tail[index]!;
    events[at | SLOT] = index;
    events[at | NEXT] = NONE;
    events[at | PREV] = tail;
    this.#tail[index] = at;
    if (tail === NONE) {
      this.#head[index] = at;
      this.#setBit(index);
    } else events[tail | NEXT] = at;
  }

  #unlink(at: number): void {
    const events = this.#events;
    const index = events[at | SLOT]!;
    const next = events[at | NEXT]!;
    const prev = events[at | PREV]!;
    if (prev === NONE) this.#head[index] = next;
    else events[prev | NEXT] = next;
    if (next === NONE) this.#tail[index] = prev;
    else events[next | PREV] = prev;
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
      this.#free = this.#events[(free << WIDTH_BITS) | NEXT]!;
      return free;
    }
    if (this.#used << WIDTH_BITS === this.#events.length) this.#grow();
    return this.#used++;
  }

  /** The event is pending no longer: its handle is worthless. */
  #retire(at: number): void {
    this.#events[at | GENERATION]!++;
    this.#size--;
  }

  /** Its place may be used again. */
  #release(event: number): void {
    this.#items[2 * event] = undefined;
    this.#items[2 * event + 1] = undefined;
    this.#events[(event << WIDTH_BITS) | NEXT] = this.#free;
    this.#free = event;
  }

  #grow(): void {
    const larger = new Int32Array(2 * this.#events.length);
    assert(larger.length <= PLACES * WIDTH, 'more events are pending than a simulation may hold');
    larger.set(this.#events);
    this.#events = larger;
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
