// The levels of service in the simulator: ten thousand orders at a time in calm weather, and once more with a crash of the
// orchestrator among them. Virtual time: the figures are the same on every machine.

import orderProcessing from '../scenarios/order-processing.ts';
import {
  type InvariantFactory,
  profiles,
  type RunResult,
  type Scenario,
  simulate,
} from '../simulator/index.ts';
import { type Measured, percentile } from './levels.ts';

const SAGAS = 10_000;
const RUN = { seed: 'levels', sagas: SAGAS, profile: profiles.calm } as const;
const PER_MS = 1_000;
/** An orchestrator dies at the third input of this saga, and is away for so long. */
const VICTIM = 's-5000';
const DOWN_US = 5_000_000;

/** What an observer in the judge's seat sees, in virtual microseconds. */
interface Observed {
  /** When the first event of each saga was durable. */
  readonly begun: Map<string, number>;
  lastEndUs: number;
}

/** @throws Error when an invariant did not hold */
export function levelsSimulated(): Measured {
  const observed = observation();
  const { sagas, latencyUs } = held(simulate(atOnce(orderProcessing, observed), RUN));
  const meanUs = latencyUs.saga.reduce((sum, us) => sum + us, 0) / latencyUs.saga.length;
  return {
    where: 'simulated',
    operationsMs: { 'a saga is begun, durably': percentile([...observed.begun.values()], 99) / PER_MS },
    meanMs: meanUs / PER_MS,
    p99Ms: percentile(latencyUs.saga, 99) / PER_MS,
    undoP99Ms: percentile(latencyUs.compensation, 99) / PER_MS,
    recoveryMs: recoveryUs() / PER_MS,
    endedWell: (sagas.completed + sagas.compensated + sagas.failed) / sagas.started,
    concurrent: SAGAS,
  };
}

/** From shortly before the crash until the last saga has ended. */
function recoveryUs(): number {
  const observed = observation();
  const crash = { kind: 'orchestrator-crash', at: `${VICTIM}#3:input`, params: { downUs: DOWN_US } };
  const { faultsDelivered } = held(simulate(atOnce(orderProcessing, observed), { ...RUN, plan: [crash] }));
  if (faultsDelivered['orchestrator-crash'] !== 1) throw new Error('the orchestrator did not crash');
  return observed.lastEndUs - observed.begun.get(VICTIM)!;
}

function observation(): Observed {
  return { begun: new Map(), lastEndUs: 0 };
}

/** All sagas are asked for at virtual time 0. */
function atOnce(scenario: Scenario, observed: Observed): Scenario {
  const observer: InvariantFactory = (_report, world) => ({
    id: 'observer',
    statement: 'Somebody looks on',
    onAppended({ saga, expectedVersion }) {
      if (expectedVersion === 0) observed.begun.set(saga, world.nowUs());
    },
    onEnded() {
      observed.lastEndUs = world.nowUs();
    },
  });
  return {
    ...scenario,
    workload: (context) => ({ ...scenario.workload(context), startAtUs: 0 }),
    invariants: [...scenario.invariants, observer],
  };
}

function held(result: RunResult): RunResult {
  if (result.verdict === 'held') return result;
  throw new Error(`the simulated levels ended ${result.verdict}: ${result.violations[0]?.message}`);
}
