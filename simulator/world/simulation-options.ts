// What one run is asked for, and the parts of the simulator that may be stood in for.

import type { Policy } from '../../engine/core/policy.ts';
import type { PointVisitor } from '../faults/injector.ts';
import type { Profile } from '../faults/profile.ts';
import type { TraceLog } from '../kernel/trace.ts';
import type { FaultPlan, Violation } from '../run-result.ts';
import type { Variant } from '../scenario.ts';
import type { Partition } from './sim-saga.ts';
import type { SimStore } from './store.ts';
import type { World } from './world.ts';

/** What one run is fixed by: the same options give the same run, event by event. */
export interface SimulationOptions {
  readonly seed: string;
  /** Sagas in this run, from 1. */
  readonly sagas: number;
  readonly profile: Profile;
  /** Replaces the policy of the scenario and of its definitions. */
  readonly policy?: Policy;
  /** Only these faults strike: the replay of a recorded run. */
  readonly plan?: FaultPlan;
  /**
   * Whether the result has the plan of all faults that struck, default true. A run that is fixed by its seed can
   * always be run again with it; without it the memory of a large storm stays flat.
   */
  readonly keepPlan?: boolean;
  /** Receives every event of the run. */
  readonly trace?: TraceLog;
  /** Called now and then with the number of sagas that have ended. */
  onProgress?(ended: number): void;
  /** Parts that stand in for the simulator's own, beside those of the scenario: a seam for tests. */
  readonly variant?: WorldVariant;
  /** The numbers of the sagas that begin, rising; the others never come. Left out: all of them. */
  readonly only?: readonly number[];
  /** Told of every point where a fault could strike, in order. */
  readonly visit?: PointVisitor;
  /** Told of every violation that is kept, when it is said. */
  onViolation?(violation: Violation): void;
}

export interface WorldVariant extends Variant {
  store?(world: World, partitions: readonly Partition[]): SimStore;
}
