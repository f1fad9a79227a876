// The sagas that a process has in hand under one policy, and clients' requests for more: first come, first served, as
// many as may wait. Who asks again while it waits has one place.

import type { Command } from './orchestrator-messages.ts';
import type { AdmissionLimits, Governor } from './policy.ts';

type Create = Extract<Command, { kind: 'create' }>;

/** A request for a saga, and those that were repeated meanwhile. */
export interface WaitingCreate {
  readonly command: Create;
  readonly repeated: readonly string[];
}

export class WaitingRoom {
  readonly #limits: AdmissionLimits;
  readonly #waiting = new Map<string, WaitingCreate>();
  /** Sagas in memory. */
  inHand = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Whether a newcomer need not wait. */
  get isOpen(): boolean {
    return this.inHand < this.#limits.sagasMax && this.#waiting.size === 0;
  }

  /** Lets a request wait, or says why it cannot. */
  enter(command: Create): string | undefined {
    const { saga, request } = command;
    const waiting = this.#waiting.get(saga);
    if (waiting !== undefined) {
      const repeated = request === undefined ? waiting.repeated : [...waiting.repeated, request];
      this.#waiting.set(saga, { command: waiting.command, repeated });
      return undefined;
    }
    const { sagasMax, queueMax } = this.#limits;
    if (this.#waiting.size >= queueMax) {
      return `${sagasMax} sagas are under way and ${queueMax} wait: ask again later`;
    }
    this.#waiting.set(saga, { command, repeated: [] });
    return undefined;
  }

  /** Who has waited longest, if there is room. */
  next(): WaitingCreate | undefined {
    if (this.inHand >= this.#limits.sagasMax) return undefined;
    for (const [saga, waiting] of this.#waiting) {
      this.#waiting.delete(saga);
      return waiting;
    }
    return undefined;
  }
}

/** The waiting rooms of a process. */
export class WaitingRooms {
  readonly #rooms = new Map<Governor, WaitingRoom>();

  /** Where the sagas of a governor are admitted; undefined where all are. */
  of(governor: Governor | undefined): WaitingRoom | undefined {
    if (governor?.admission === undefined) return undefined;
    const room = this.#rooms.get(governor) ?? new WaitingRoom(governor.admission);
    this.#rooms.set(governor, room);
    return room;
  }
}
