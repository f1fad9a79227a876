// The draws of a run for real: those of the simulator, without the kinds that nothing real can suffer.

import { FAULTS } from '../../simulator/faults/catalogue.ts';

import { FaultInjector } from '../../simulator/faults/injector.ts';
import type { Profile } from '../../simulator/faults/profile.ts';
import type { Seed } from '../../simulator/kernel/random.ts';
import type { FaultPlan } from '../../simulator/run-result.ts';
import { sagaId } from '../../simulator/world/saga-register.ts';

/** Kinds that real processes, sockets and stores can suffer; the others are off. */
const POSSIBLE: ReadonlySet<string> = new Set([
  'drop-request',
  'delay-request',
  'duplicate-request',
  'late-duplicate',
  'reorder',
  'drop-reply',
  'delay-reply',
  'duplicate-reply',
  'fail-before',
  'fail-after',
  'participant-crash-before',
  'participant-crash-after',
  'append-fails',
  'append-unknown',
  'append-slow',
  'orchestrator-crash',
  'pause',
  'takeover',
  'zombie',
  'operator-cancel',
  'burst',
  'hot-key',
]);

/** What the draws of a run for real go by. */
export interface LiveDraws {
  readonly seed: Seed;
  /** Only these faults strike. */
  readonly plan: FaultPlan | undefined;
  readonly profile: Profile;
  readonly sagas: number;
  /** How a step is called where its point is written down. */
  readonly stepName: (saga: number, step: number) => string;
}

/** Whoever makes one from the same draws is told the same. */
export function injectorOf({ seed, plan, profile, sagas, stepName }: LiveDraws): FaultInjector {
  return new FaultInjector({
    seed,
    profile,
    sagas,
    names: { saga: sagaId, step: stepName, machine: (machine: number) => `${machine}` },
    keepPlan: true,
    impossible: new Set(FAULTS.map(({ kind }) => kind).filter((kind) => !POSSIBLE.has(kind))),
    ...(plan === undefined ? {} : { plan }),
  });
}
