// Retries at once, with no backoff, no jitter and no budget, against a service that turns callers away above its
// capacity, and is kept busy by turning them away. It is deployed, which takes a second; everybody comes back at the
// same time, and their coming back is the outage from then on: it outlives its cause for ever.

import {
  type Call,
  definePolicy,
  defineSaga,
  type Outcome,
  type ParticipantEnv,
} from '../../engine/index.ts';
import { Registry } from '../../participants-mock/index.ts';
import { defineScenario, profiles, type Scenario, type ScenarioSpec } from '../../simulator/index.ts';
import { Clerk } from './clerk.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

/** What every call costs, one that is turned away included, and how much work may wait. */
const WORK_US = 40_000;
const WAITING_MAX_US = 400_000;
/** Calls come within this second. In the middle of it the service is deployed; then the world heals, and so should it. */
const FIRST_US = profiles.storm.chaosUs - 1_000_000;
const AWAY_FROM_US = FIRST_US + 500_000;
const AWAY_UNTIL_US = FIRST_US + 1_500_000;
const FULL: Outcome = { kind: 'rejected', failure: 'resource_exhausted', reason: 'too busy' };

const AT_ONCE = { attemptsMax: 1_000, initialMs: 10, maxMs: 10, factorPermille: 1_000 };
const atOnce = definePolicy({
  name: 'at-once',
  callTimeoutMs: 100,
  retry: {
    transient: AT_ONCE,
    rate_limited: AT_ONCE,
    circuit_open: AT_ONCE,
    timeout: AT_ONCE,
    resource_exhausted: AT_ONCE,
    dependency_failure: AT_ONCE,
  },
  compensation: AT_ONCE,
  jitter: [1_000, 1_000],
});

const parcel = defineSaga({
  name: 'parcel',
  version: 1,
  steps: {
    label: { service: 'carrier', action: 'create', kind: 'retriable' },
    pickup: { service: 'carrier', action: 'create', kind: 'retriable' },
  },
});

class BusyClerk extends Clerk {
  #freeAtUs = 0;

  override handle(call: Call, env: ParticipantEnv): Outcome {
    this.#freeAtUs = Math.max(this.#freeAtUs, env.nowUs) + WORK_US;
    const away = env.nowUs >= AWAY_FROM_US && env.nowUs < AWAY_UNTIL_US;
    return away || this.#freeAtUs - env.nowUs > WAITING_MAX_US ? FULL : super.handle(call, env);
  }
}

function parcels(name: string, title: string, policy: Pick<ScenarioSpec, 'policy'>): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [parcel],
    sagasPerRun: SAGAS,
    ...policy,
    participants: () => ({ carrier: new BusyClerk(new Registry({ noun: 'parcel' })) }),
    workload: ({ int }) => ({ saga: parcel, input: {}, startAtUs: FIRST_US + int('start', 1_000_000) }),
  });
}

export const bug = plantedBug({
  how: 'Callers that come back every 10 ms keep the service busy with turning them away, for ever',
  lookFor:
    "Multiply the retries of all layers, and divide a service's capacity by it. Take the service away for twenty seconds under load, and see whether it comes back.",
  reading: 'Bronson et al., _Metastable Failures in Distributed Systems_, HotOS 2021',
  caughtBy: ['bounded-load'],
  trigger: [],
  seenIn:
    'metastable failures: Bronson et al., HotOS 2021; retry loops with a fixed pause, as in a saga engine in Go and a saga manager in Python',
  wrong: parcels('retry-storm', 'Retries come at once and for ever', { policy: atOnce }),
  right: parcels('retry-storm-corrected', 'Retries back off, with jitter', {}),
});

export default bug.wrong;
