// Clients' requests for sagas that a process has no place for yet: first come, first served, as many as may wait.

import type { Command } from './orchestrator-messages.ts';
import type { AdmissionLimits } from './policy.ts';

type Create = Extract<Command, { kind: 'create' }>;

export class WaitingRoom {
  #waiting: { readonly command: Create; readonly sagasMax: number }[] = [];

  /** Lets a request wait, or says why it cannot. */
  enter(command: Create, { sagasMax, queueMax }: AdmissionLimits): string | undefined {
    if (this.#waiting.length >= queueMax) {
      return `${sagasMax} sagas are under way and ${queueMax} wait: ask again later`;
    }
    this.#waiting.push({ command, sagasMax });
    return undefined;
  }

  /** Who has waited longest, if there is place with so many `sagas` under way. */
  next(sagas: number): Create | undefined {
    const first = this.#waiting[0];
    if (first === undefined || sagas >= first.sagasMax) return undefined;
    this.#waiting.shift();
    return first.command;
  }
}
