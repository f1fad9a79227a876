// The same scenario under another protocol: sagas and participants are made over, and everything else stays what it is:
// workload, faults, incidents, invariants.

import {
  type Choreography,
  choreographyOf,
  eventBus,
  ReactiveService,
} from '../engine/choreography/index.ts';
import type { SagaDefinition } from '../engine/core/define-saga.ts';
import type { Participant } from '../engine/core/protocol.ts';
import { UserError } from '../engine/core/user-error.ts';
import { ResourceManager, twoPhaseCommit } from '../engine/two-phase-commit/index.ts';
import { messagesHandled } from './invariants/messages-handled.ts';
import { isDemanded } from './invariants/sometimes.ts';
import { LockQueue } from './lock-queue.ts';
import type { Protocol } from './protocol-names.ts';
import { defineScenario, type Scenario } from './scenario.ts';
import { isTimed } from './timed-participant.ts';

/** Where the scenario runs: in a run callers can wait for locks in line, in processes they are told to come again. */
export type Place = 'simulated' | 'live';

/** A scenario made over. */
interface MadeOver {
  readonly sagas: ReadonlyMap<SagaDefinition, SagaDefinition>;
  participant(service: string, participant: Participant): Participant;
  readonly invariants: Scenario['invariants'];
}

/**
 * A scenario, as it runs under a protocol.
 *
 * @throws UserError `no-protocol` when the scenario cannot run under it; `deadline-too-short`, `bad-name`: see
 * `twoPhaseCommit`
 */
export function inProtocol(scenario: Scenario, protocol: Protocol, place: Place = 'simulated'): Scenario {
  const demanded = withoutStrangers(scenario, protocol);
  if (protocol === 'saga') return demanded;
  refuseOwnEngine(scenario, protocol);
  return protocol === '2pc'
    ? madeOver(demanded, protocol, inTwoPhases(scenario, place))
    : madeOver(demanded, protocol, choreographed(scenario));
}

/** With what is demanded under this protocol, which from here on is demanded in any case. */
function withoutStrangers(scenario: Scenario, protocol: Protocol): Scenario {
  if (scenario.sometimes.every(({ under }) => under === undefined)) return scenario;
  const demanded = scenario.sometimes.filter((one) => isDemanded(one, protocol));
  return { ...scenario, sometimes: demanded.map(({ under: _, ...one }) => one) };
}

function inTwoPhases({ sagas }: Scenario, place: Place): MadeOver {
  return {
    sagas: new Map(sagas.map((saga) => [saga, twoPhaseCommit(saga)])),
    participant: (_, one) => (place === 'live' ? new ResourceManager(one) : new LockQueue(one)),
    invariants: [],
  };
}

function choreographed({ sagas, choreographies = [] }: Scenario): MadeOver {
  const ofSaga = new Map<SagaDefinition, Choreography>(
    sagas.map((saga) => [saga, choreographies.find((one) => one.saga === saga) ?? choreographyOf(saga)]),
  );
  return {
    sagas: new Map([...ofSaga].map(([saga, choreography]) => [saga, eventBus(choreography)])),
    participant: (service, one) => new ReactiveService(service, one, [...ofSaga.values()]),
    invariants: [messagesHandled],
  };
}

function madeOver(
  scenario: Scenario,
  protocol: Protocol,
  { sagas, participant, invariants }: MadeOver,
): Scenario {
  const { policy, participants, workload, choreographies: _, ...rest } = scenario;
  return defineScenario({
    ...rest,
    ...(policy === undefined ? {} : { policy }),
    sagas: [...sagas.values()],
    participants: (run) =>
      Object.fromEntries(
        Object.entries(participants(run)).map(([name, one]) => {
          refuseTimed(scenario, protocol, name, one);
          return [name, participant(name, one)];
        }),
      ),
    workload: (context) => {
      const start = workload(context);
      return { ...start, saga: sagas.get(start.saga) ?? start.saga };
    },
    invariants: [...scenario.invariants, ...invariants],
  });
}

function refuseTimed(
  { name }: Scenario,
  protocol: Protocol,
  service: string,
  participant: Participant,
): void {
  if (!isTimed(participant)) return;
  throw new UserError(
    'no-protocol',
    `scenario "${name}" cannot run under ${protocol}: service "${service}" runs on its own`,
    'Only participants that answer at once can be made over; see docs/protocols.md.',
  );
}

/** What stands in for the saga engine knows nothing of other protocols. */
function refuseOwnEngine({ name, variant }: Scenario, protocol: Protocol): void {
  if (variant.engine === undefined) return;
  throw new UserError(
    'no-protocol',
    `scenario "${name}" cannot run under ${protocol}: it has an engine of its own`,
    'Leave --protocol out.',
  );
}
