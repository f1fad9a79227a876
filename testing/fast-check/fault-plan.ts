// Fault plans for properties: any few faults at points that the run does come to, and smaller plans of a plan that breaks.
//
// P1. A fault is drawn from the points that the run with the faults before it comes to: all of them strike.
// P2. A plan that breaks an invariant is shrunk by the simulator's own shrinker in one step; what fast-check does after
//     it, or in its place when the property speaks of something else, are the same moves: fewer faults, then milder ones.

import { Arbitrary, type Random, Stream, Value } from 'fast-check';
import { milderParams, shrink } from '../../simulator/explore/shrink.ts';
import { FAULTS } from '../../simulator/faults/catalogue.ts';
import type { PointKind } from '../../simulator/faults/fault.ts';
import type { PointVisitor } from '../../simulator/faults/injector.ts';
import { planFault } from '../../simulator/faults/plan-fault.ts';
import type { FaultPlan, PlannedFault, RunResult } from '../../simulator/run-result.ts';
import type { Scenario } from '../../simulator/scenario.ts';
import { type SimulateOptions, simulate } from '../simulate.ts';
import { checkScenario } from '../storm-options.ts';

/** The run that a plan is for; a property gives `simulate` the same. */
export interface FaultPlanOptions extends Pick<SimulateOptions, 'seed' | 'sagas' | 'policy'> {
  /** Default 5. */
  readonly faultsMax?: number;
}

const FAULTS_MAX_DEFAULT = 5;
/** Runs, to shrink one plan. */
const ATTEMPTS_MAX = 2_000;

/**
 * Any plan of a few faults for one run of a scenario. Give `simulate` the same seed, sagas and policy: points belong to
 * a run.
 *
 * @throws UserError `not-a-scenario`
 * @example
 * fc.assert(
 *   fc.property(faultPlan(checkout, { sagas: 2 }), (plan) => {
 *     expect(simulate(checkout, { sagas: 2, plan }).violations).toEqual([]);
 *   }),
 * );
 */
export function faultPlan(scenario: Scenario, options: FaultPlanOptions = {}): Arbitrary<FaultPlan> {
  checkScenario('faultPlan', scenario);
  return new FaultPlans(scenario, options);
}

class FaultPlans extends Arbitrary<FaultPlan> {
  readonly #faultsMax: number;
  readonly #run: (plan: FaultPlan, visit?: PointVisitor) => RunResult;

  constructor(scenario: Scenario, { faultsMax = FAULTS_MAX_DEFAULT, ...options }: FaultPlanOptions) {
    super();
    this.#faultsMax = faultsMax;
    this.#run = (plan, visit) =>
      simulate(scenario, { ...options, plan, ...(visit === undefined ? {} : { visit }) });
  }

  override generate(random: Random): Value<FaultPlan> {
    let plan: FaultPlan = [];
    for (let left = random.nextInt(0, this.#faultsMax); left > 0; left--)
      plan = this.#withOneMore(plan, random);
    return new Value(this.#run(plan).plan, undefined); // P1
  }

  override canShrinkWithoutContext(value: unknown): value is FaultPlan {
    return planFault(value) === undefined;
  }

  override shrink(plan: FaultPlan): Stream<Value<FaultPlan>> {
    return new Stream(this.#smaller(plan)).map((smaller) => new Value(smaller, undefined));
  }

  #withOneMore(plan: FaultPlan, random: Random): FaultPlan {
    const points = new Map<PointKind, Set<string>>();
    this.#run(plan, (kind, at) => points.set(kind, (points.get(kind) ?? new Set()).add(at)));
    const possible = FAULTS.filter(({ point }) => points.has(point));
    const fault = possible[random.nextInt(0, possible.length - 1)];
    if (fault === undefined) return plan;
    const places = [...points.get(fault.point)!];
    const at = places[random.nextInt(0, places.length - 1)]!;
    if (plan.some((other) => other.kind === fault.kind && other.at === at)) return plan;
    const params = fault.draw((_name, min, max) => random.nextInt(min, max));
    return [...plan, { kind: fault.kind, at, params }];
  }

  *#smaller(plan: FaultPlan): Generator<FaultPlan> {
    const small = this.#shrunk(plan);
    if (small !== undefined && JSON.stringify(small) !== JSON.stringify(plan)) yield small;
    yield* fewer(plan);
    yield* milder(plan);
  }

  /** P2. All sagas of the run come, as in the property: only faults are left out. */
  #shrunk(plan: FaultPlan): FaultPlan | undefined {
    const [violation] = this.#run(plan).violations;
    if (violation === undefined) return undefined;
    let attempts = 0;
    return shrink({
      start: { only: [0], plan },
      signature: violation.signature,
      run: (candidate, visit) => this.#run(candidate.plan, visit),
      goOn: () => ++attempts <= ATTEMPTS_MAX,
    })?.plan;
  }
}

/** Without half of the faults, a quarter, …, one. */
function* fewer(plan: FaultPlan): Generator<FaultPlan> {
  if (plan.length > 0) yield [];
  for (let size = plan.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < plan.length; at += size) yield plan.toSpliced(at, size);
  }
}

function* milder(plan: FaultPlan): Generator<FaultPlan> {
  for (const [i, fault] of plan.entries()) {
    for (const params of milderParams(fault)) yield plan.with(i, { ...fault, params } satisfies PlannedFault);
  }
}
