// Who takes part in a run: people, the lives of orchestrators, participants. A worker that takes over has a lane of its
// own; one that comes back after a crash goes on in its old lane.
//
// L1. A store hands out epochs in the order in which partitions are opened: one for each orchestrator when the run begins,
//     then one at each restart and takeover. So an epoch names a lane.

import type { DebugLane } from '../debug-record.ts';
import { machineName, orchestratorMachine } from '../faults/point.ts';

export const PEOPLE = 'clients';
export const WORLD = 'world';

export class Lanes {
  readonly services: readonly string[];
  /** By orchestrator, the lanes of its workers, the present one last. */
  readonly #workers: string[][];
  /** L1. */
  readonly #ofEpoch: string[] = [];

  constructor(orchestrators: number, services: readonly string[]) {
    this.services = services;
    this.#workers = Array.from({ length: orchestrators }, (_, n) => [machineName(n, services)]);
    for (let n = 0; n < orchestrators; n++) this.opened(n);
  }

  /** The present worker of an orchestrator opens its partition. */
  opened(orchestrator: number): void {
    this.#ofEpoch.push(this.present(orchestrator));
  }

  tookOver(orchestrator: number): string {
    const workers = this.#workers[orchestrator]!;
    workers.push(machineName(orchestratorMachine(orchestrator, workers.length), this.services));
    this.opened(orchestrator);
    return workers.at(-1)!;
  }

  present(orchestrator: number): string {
    return this.#workers[orchestrator]!.at(-1)!;
  }

  /** The worker before the present one. */
  before(orchestrator: number): string {
    return this.#workers[orchestrator]!.at(-2) ?? this.present(orchestrator);
  }

  /** The orchestrator of a saga. */
  orchestratorOf(saga: number): number {
    return saga % this.#workers.length;
  }

  /** The lane of the life with this epoch. */
  ofEpoch(epoch: number): string | undefined {
    return this.#ofEpoch[epoch - 1];
  }

  isOrchestrator(lane: string): boolean {
    return this.#workers.some((workers) => workers.includes(lane));
  }

  participant(number: number): string {
    return this.services[number] ?? WORLD;
  }

  ofMachine(machine: number): string {
    return machineName(machine, this.services);
  }

  /** All of them, from left to right. */
  all(): readonly DebugLane[] {
    const lanes: DebugLane[] = [{ name: PEOPLE, kind: 'people' }];
    for (const workers of this.#workers) {
      workers.forEach((name, i) => {
        const before = i === 0 ? {} : { tookOverFrom: lanes.length - 1 };
        const epochs = this.#ofEpoch.flatMap((lane, epoch) => (lane === name ? [epoch + 1] : []));
        lanes.push({ name, kind: 'orchestrator', ...before, epochs });
      });
    }
    for (const name of this.services) lanes.push({ name, kind: 'participant' });
    lanes.push({ name: WORLD, kind: 'world' });
    return lanes;
  }
}
