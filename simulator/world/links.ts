// The links between orchestrators and participants, and when they are cut (partition).

import type { LinkFate } from '../faults/fault.ts';
import { orchestratorMachine, PLACE, participantMachine } from '../faults/point.ts';
import type { SimSaga } from './sim-saga.ts';
import { deliverWindow, Windows } from './windows.ts';
import type { World } from './world.ts';

const WHOLE: LinkFate = { afterUs: 0, lengthUs: 0, direction: 0 };
const losesRequests = ({ direction }: LinkFate): boolean => direction !== 2;
const losesReplies = ({ direction }: LinkFate): boolean => direction !== 1;

export class Links {
  readonly #world: World;
  readonly #faulty: boolean;
  readonly #windows = new Map<number, Windows<'link'>>();

  constructor(world: World) {
    this.#world = world;
    this.#faulty = world.injector.canStrike('link');
  }

  /** Whether a message of this saga, between its orchestrator and this participant, is lost to a cut. */
  cuts(saga: SimSaga, node: number, isReply: boolean): boolean {
    if (!this.#faulty) return false;
    const window = this.#of(saga.partition.number, node).now(isReply ? losesReplies : losesRequests);
    if (window === undefined) return false;
    deliverWindow(this.#world, window, saga);
    return true;
  }

  #of(orchestrator: number, node: number): Windows<'link'> {
    const key = orchestrator * 1_024 + node;
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    const [from, to] = [orchestratorMachine(orchestrator, 0), participantMachine(node)];
    const fresh = new Windows(this.#world, 'link', PLACE.link, from, to, WHOLE);
    this.#windows.set(key, fresh);
    return fresh;
  }
}
