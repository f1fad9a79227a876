// The shop of the other planted bugs with people who repair its sagas, for bugs of repair: one release of goods in four
// is refused for good, so that only a person can end its saga.

import {
  definePolicy,
  type OrchestratorOptions,
  type Outcome,
  type Participant,
  type SagaDefinition,
} from '../../engine/index.ts';
import { inventory, orders, payment, shipping } from '../../participants-mock/index.ts';
import { defineScenario, type Engine, type Scenario } from '../../simulator/index.ts';
import { SAGAS } from './planted-bug.ts';
import { plain, purchase } from './shop.ts';

const REFUSED: Outcome = { kind: 'rejected', failure: 'dependency_failure', reason: 'the shelf is locked' };

/** Undos are given up soon, so that people are asked for. */
const impatient = definePolicy({
  name: 'impatient',
  callTimeoutMs: 2_000,
  compensation: { attemptsMax: 3, initialMs: 200, maxMs: 2_000, factorPermille: 2_000 },
});

interface RepairShop {
  readonly name: string;
  readonly title: string;
  /** Default: {@link purchase}. */
  readonly saga?: SagaDefinition;
  /** Default: the plain engine. */
  engine?(options: OrchestratorOptions): Engine;
}

/** A bug and its twin: the same people and sagas with the wrong engine, and with the plain one. */
export function repairPair(bug: RepairShop): { readonly wrong: Scenario; readonly right: Scenario } {
  const { name, saga = purchase } = bug;
  const right = { name: `${name}-corrected`, title: `${name}, done right`, saga };
  return { wrong: repairShop(bug), right: repairShop(right) };
}

function repairShop({ name, title, saga = purchase, engine = plain }: RepairShop): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [saga],
    policy: impatient,
    repairs: { permille: 500 },
    participants: ({ sagas }) => ({
      inventory: locked(inventory({ items: { lamp: sagas } })),
      payment: payment({ customers: 1 }),
      shipping: shipping({ createFails: { permille: 200 } }),
      orders: orders(),
    }),
    workload: () => ({ saga, input: {} }),
    sagasPerRun: SAGAS,
    variant: { engine },
  });
}

function locked(service: Participant): Participant {
  const { actions, ledger } = service;
  return {
    actions,
    ledger,
    handle(call, env) {
      const isRefused = call.action === 'release' && env.chance('locked', call.saga, 250);
      return isRefused ? REFUSED : service.handle(call, env);
    },
  };
}
