// What befalls an orchestrator process at its own points: it kills itself, asks to be stopped, to be replaced, or has
// somebody cancel the saga at hand.

import type { ProcessFate } from '../../simulator/faults/fault.ts';
import type { LiveFaults, LivePoint } from './live-faults.ts';

/** What the director does to a process that asks for it. Times in milliseconds. */
export type Wish =
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'takeover'; readonly ms: number };

export interface ProcessFaultsParts {
  readonly faults: LiveFaults;
  readonly wish: (wish: Wish) => void;
  readonly cancel: (saga: number) => void;
}

export class ProcessFaults {
  readonly #parts: ProcessFaultsParts;
  readonly #isFaulty: boolean;

  constructor(parts: ProcessFaultsParts) {
    this.#parts = parts;
    this.#isFaulty = parts.faults.canStrike('process');
  }

  /** Comes to one of its points. May not return. */
  meet(
    place: 'before-send' | 'after-send' | 'before-append' | 'after-append',
    point: LivePoint,
    direction: 'forward' | 'compensation',
  ): void {
    if (!this.#isFaulty) return;
    const { faults, wish, cancel } = this.#parts;
    const fate: ProcessFate = {
      crash: false,
      downUs: 0,
      pauseUs: 0,
      takeover: false,
      zombieUs: 0,
      jumpUs: 0,
      cancels: 0,
      cancelAfterUs: 0,
    };
    const struck = faults.strike('process', { ...point, place }, fate);
    if (struck.length === 0) return;
    const delivered = fate.crash ? struck.filter(({ kind }) => kind === 'orchestrator-crash') : struck;
    faults.delivered(delivered, direction === 'forward' ? 'running' : 'compensating');
    if (fate.crash) process.kill(process.pid, 'SIGKILL');
    if (fate.takeover) wish({ kind: 'takeover', ms: faults.ms(Math.max(fate.zombieUs, fate.pauseUs)) });
    else if (fate.pauseUs > 0) wish({ kind: 'pause', ms: faults.ms(fate.pauseUs) });
    for (let left = fate.cancels; left > 0; left--) {
      setTimeout(() => cancel(point.x), faults.ms(fate.cancelAfterUs));
    }
  }
}
