// Stretches of virtual time in which a link or a node is out of order. Each slot of time may begin one; whether it does
// is asked when something happens there, not before: a link that carries nothing costs nothing.
//
// S8. None outlasts the chaos that it began in.

import type { Fates, WindowFate } from '../faults/fault.ts';
import type { FaultSet } from '../faults/injector.ts';
import { SLOT_US } from '../faults/point.ts';
import type { SimSaga } from './sim-saga.ts';
import { deliver, type World } from './world.ts';

/** Slots that are looked at after a long silence: no window is longer, in microseconds. */
const LENGTH_MAX_US = 20_000_000;
const LOOK_BACK = LENGTH_MAX_US / SLOT_US + 1;

export interface Window<Point extends 'link' | 'node'> {
  readonly fromUs: number;
  readonly untilUs: number;
  readonly fate: Fates[Point];
  readonly faults: FaultSet;
  isDelivered: boolean;
}

export class Windows<Point extends 'link' | 'node'> {
  readonly #world: World;
  readonly #point: Point;
  readonly #place: number;
  readonly #x: number;
  readonly #y: number;
  readonly #whole: Fates[Point] & WindowFate;
  /** Of the next slot in which something is wrong. */
  #fate: Fates[Point] & WindowFate;
  #next = 0;
  #open: Window<Point>[] = [];

  /** `fate` says that nothing is wrong; it is copied. */
  constructor(
    world: World,
    point: Point,
    place: number,
    x: number,
    y: number,
    fate: Fates[Point] & WindowFate,
  ) {
    this.#world = world;
    this.#point = point;
    this.#place = place;
    this.#x = x;
    this.#y = y;
    this.#whole = fate;
    this.#fate = { ...fate };
  }

  /** The oldest window that is open now and `matters`. */
  now(matters?: (fate: Fates[Point]) => boolean): Window<Point> | undefined {
    const { nowUs } = this.#world.sim;
    this.#look(nowUs);
    if (this.#open.length === 0) return undefined;
    this.#open = this.#open.filter(({ untilUs }) => nowUs < untilUs);
    return this.#open.find(({ fromUs, fate }) => fromUs <= nowUs && (matters === undefined || matters(fate)));
  }

  #look(nowUs: number): void {
    const slot = Math.floor(nowUs / SLOT_US);
    for (let at = Math.max(this.#next, slot - LOOK_BACK); at <= slot; at++) this.#begin(at);
    this.#next = slot + 1;
  }

  #begin(slot: number): void {
    const { injector, healAtUs } = this.#world;
    const faults = injector.at(this.#point, this.#place, this.#x, this.#y, slot, this.#fate);
    if (faults === 0) return;
    const fate = this.#fate;
    this.#fate = { ...this.#whole };
    if (fate.lengthUs === 0) return;
    const fromUs = slot * SLOT_US + fate.afterUs;
    const endUs = fromUs + Math.min(fate.lengthUs, LENGTH_MAX_US);
    const untilUs = fromUs < healAtUs ? Math.min(endUs, healAtUs) : endUs; // S8
    this.#open.push({ fromUs, untilUs, fate, faults, isDelivered: false });
  }
}

/** Counts the fault of a window, with the first that it hurts (S7). */
export function deliverWindow(
  world: World,
  window: { readonly faults: FaultSet; isDelivered: boolean },
  saga: SimSaga,
): void {
  if (window.isDelivered) return;
  window.isDelivered = true;
  deliver(world, window.faults, saga);
}
