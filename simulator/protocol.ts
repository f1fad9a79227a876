// The same scenario under another protocol: sagas and participants are made over, and everything else stays what it is:
// workload, faults, incidents, invariants.

import type { SagaDefinition } from '../engine/core/define-saga.ts';
import type { Participant } from '../engine/core/protocol.ts';
import { UserError } from '../engine/core/user-error.ts';
import { twoPhaseCommit } from '../engine/two-phase-commit/index.ts';
import { locksReleased } from './invariants/locks-released.ts';
import { LockQueue } from './lock-queue.ts';
import { defineScenario, type Scenario } from './scenario.ts';
import { isTimed } from './timed-participant.ts';

/** How the steps of a transaction are brought together. */
export const PROTOCOLS = ['saga', '2pc'] as const;

/** `saga`: done step by step, and undone. `2pc`: prepared under locks, then committed or rolled back. */
export type Protocol = (typeof PROTOCOLS)[number];

/**
 * A scenario, as it runs under a protocol.
 *
 * @throws UserError `no-protocol` when the scenario cannot run under it; `deadline-too-short`, `bad-name`: see
 * `twoPhaseCommit`
 */
export function inProtocol(scenario: Scenario, protocol: Protocol): Scenario {
  return protocol === 'saga' ? scenario : inTwoPhases(scenario);
}

function inTwoPhases(scenario: Scenario): Scenario {
  const { policy, participants, workload, ...rest } = scenario;
  refuseOwnEngine(scenario);
  const committed = new Map<SagaDefinition, SagaDefinition>(
    scenario.sagas.map((saga) => [saga, twoPhaseCommit(saga)]),
  );
  return defineScenario({
    ...rest,
    ...(policy === undefined ? {} : { policy }),
    sagas: [...committed.values()],
    participants: (run) =>
      Object.fromEntries(
        Object.entries(participants(run)).map(([name, one]) => [name, managed(scenario, name, one)]),
      ),
    workload: (context) => {
      const start = workload(context);
      return { ...start, saga: committed.get(start.saga) ?? start.saga };
    },
    invariants: [...scenario.invariants, locksReleased],
  });
}

function managed({ name }: Scenario, service: string, participant: Participant): Participant {
  if (!isTimed(participant)) return new LockQueue(participant);
  throw new UserError(
    'no-protocol',
    `scenario "${name}" cannot run under 2pc: service "${service}" runs on its own`,
    'Only participants that answer at once can be prepared; see docs/protocols.md.',
  );
}

/** What stands in for the saga engine knows nothing of other protocols. */
function refuseOwnEngine({ name, variant }: Scenario): void {
  if (variant.engine === undefined) return;
  throw new UserError(
    'no-protocol',
    `scenario "${name}" cannot run under 2pc: it has an engine of its own`,
    'Leave --protocol out.',
  );
}
