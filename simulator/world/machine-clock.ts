// The clock of one machine. It shows true time until a fault sets it (clock-jump) or lets it run wrong (clock-drift);
// then it is off until the end of the run.
//
// C1. It never shows a time before the begin of the run.
// C2. What was asked for at a time happens when the clock shows that time, or at once: never before.

import type { ClockFate } from '../faults/fault.ts';
import { PLACE, SLOT_US } from '../faults/point.ts';
import type { SimSaga } from './sim-saga.ts';
import { deliver, TRACE, type World } from './world.ts';

const MILLION = 1_000_000;

export class MachineClock {
  readonly #world: World;
  readonly #machine: number;
  readonly #faulty: boolean;
  readonly #fate: ClockFate = { driftPpm: 0, skewUs: 0 };
  #slot = -1;
  /** What it shows is `true time + offset + drift × (true time − since)`. */
  #offsetUs = 0;
  #driftPpm = 0;
  #sinceUs = 0;

  constructor(world: World, machine: number) {
    this.#world = world;
    this.#machine = machine;
    this.#faulty = world.injector.canStrike('clock');
  }

  /** What it shows now, in microseconds (C1). */
  get nowUs(): number {
    return this.#shows(this.#world.sim.nowUs);
  }

  /** The machine is about to do something for this saga: from here on its clock may be wrong. */
  tick(saga: SimSaga): void {
    if (!this.#faulty) return;
    const { sim, injector } = this.#world;
    const slot = Math.floor(sim.nowUs / SLOT_US);
    if (slot === this.#slot) return;
    this.#slot = slot;
    const fate = this.#fate;
    fate.driftPpm = 0;
    fate.skewUs = 0;
    const faults = injector.at('clock', PLACE.clock, this.#machine, 0, slot, fate);
    if (faults === 0) return;
    this.#set(fate.skewUs, fate.driftPpm);
    deliver(this.#world, faults, saga);
  }

  /** It is set forward, or back (negative), by so many microseconds. */
  jump(byUs: number): void {
    this.#set(byUs, this.#driftPpm);
  }

  /** When, in true time, it shows `atUs`, at the earliest (C2). */
  trueUs(atUs: number): number {
    if (this.#offsetUs === 0 && this.#driftPpm === 0) return atUs;
    const rest = atUs - this.#offsetUs - this.#sinceUs;
    const rate = MILLION + this.#driftPpm;
    const whole = Math.floor(rest / rate);
    let us = this.#sinceUs + whole * MILLION + Math.floor(((rest - whole * rate) * MILLION) / rate);
    while (this.#shows(us) < atUs) us++;
    return us;
  }

  #set(byUs: number, driftPpm: number): void {
    const { sim } = this.#world;
    this.#offsetUs = this.#raw(sim.nowUs) - sim.nowUs + byUs;
    this.#driftPpm = driftPpm;
    this.#sinceUs = sim.nowUs;
    sim.note(TRACE.clock, this.#machine, byUs, driftPpm);
  }

  #raw(trueUs: number): number {
    if (this.#driftPpm === 0) return trueUs + this.#offsetUs;
    return trueUs + this.#offsetUs + Math.trunc(((trueUs - this.#sinceUs) * this.#driftPpm) / MILLION);
  }

  #shows(trueUs: number): number {
    const us = this.#raw(trueUs);
    return us > 0 ? us : 0;
  }
}
