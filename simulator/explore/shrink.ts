// From a failing run to the smallest one that fails in the same way: fewer sagas, then fewer faults, then other faults
// where one does what several did, then milder ones: the least of a number that still does, to 5 %.
//
// X1. The same way: the same signature, which is the invariant and the shape of the saga that broke it.
// X2. Each attempt is a whole run from its own plan. Faults and latencies are keyed (S5), so that leaving one out
//     does not move the others.
// X3. The result is 1-minimal when the search was not cut short: without any one of its faults, or of its sagas, the
//     run does not fail so. The last round of the search has shown it.

import { FAULTS } from '../faults/catalogue.ts';
import type { Params } from '../faults/fault.ts';
import type { PointVisitor } from '../faults/injector.ts';
import type { FaultPlan, PlannedFault, RunResult, Violation } from '../run-result.ts';
import { extensions } from './exhaustive.ts';
import { minimize } from './minimize.ts';

/** Which sagas come, by number, and which faults strike: with a seed and a scenario, all of a run. */
export interface Reproduction {
  readonly only: readonly number[];
  readonly plan: FaultPlan;
}

export interface ShrinkOptions {
  /** Runs a candidate; its result has the plan of what struck, and all of its violations. */
  run(candidate: Reproduction, visit?: PointVisitor): RunResult;
  readonly start: Reproduction;
  /** See {@link Violation.signature}. */
  readonly signature: string;
  /** Asked before every attempt: false ends the search with the best so far. Left out: until it is done. */
  goOn?(next: Reproduction): boolean;
  /** Told of every attempt that fails as it should: what is left. */
  onProgress?(best: Shrunk): void;
}

/** What is left of a failing run. */
export interface Shrunk extends Reproduction {
  /** The run of this reproduction. */
  readonly result: RunResult;
  readonly violation: Violation;
  /** Runs that were made on the way. */
  readonly attempts: number;
  /** X3. False when the search was cut short: it can go on from here. */
  readonly isMinimal: boolean;
}

/**
 * Shrinks a failing run.
 *
 * @returns undefined when the start does not fail with this signature
 * @example
 * const run = ({ only, plan }: Reproduction) => simulate(scenario, { seed, sagas: 100, profile, only, plan });
 * const shrunk = shrink({ run, start: { only: [...all], plan: failed.plan }, signature: failed.violations[0].signature });
 */
export function shrink(options: ShrinkOptions): Shrunk | undefined {
  return new Shrinker(options).shrink();
}

/** A plan of so many faults is understood as it is. */
const READABLE = 3;
/** So many runs are made to find one fault that does what several did; after them, what is left stays as it is. */
const REPLACEMENTS_MAX = 5_000;
/** A number is as small as it can be when so much less of it, as a share, is too little. */
const TOLERANCE = 0.05;

class Shrinker {
  readonly #options: ShrinkOptions;
  #best: Shrunk | undefined;
  #attempts = 0;
  #cutShort = false;
  #replacements = 0;
  /** Candidates that did not fail: a round that finds nothing new costs nothing. */
  readonly #passed = new Set<string>();

  constructor(options: ShrinkOptions) {
    this.#options = options;
  }

  shrink(): Shrunk | undefined {
    const { start } = this.#options;
    let best = this.#try(start);
    if (best === undefined) return undefined;
    best = this.#alone(best);
    for (let before: Shrunk | undefined; best !== before; ) {
      before = best;
      best = this.#fewerSagas(best);
      best = this.#fewerFaults(best);
      best = this.#replaced(best);
      best = this.#milder(best);
    }
    return { ...best, attempts: this.#attempts, isMinimal: !this.#cutShort };
  }

  /** The whole step at once that mostly succeeds: the saga that broke, and what struck it. */
  #alone(best: Shrunk): Shrunk {
    const { saga } = best.violation;
    if (saga === undefined || best.only.length === 1) return best;
    const number = Number(saga.slice(saga.lastIndexOf('-') + 1));
    return this.#try({ only: best.only.filter((index) => index === number), plan: best.plan }) ?? best;
  }

  #fewerSagas(best: Shrunk): Shrunk {
    if (best.only.length === 1) return best; // a run without a saga breaks nothing
    minimize(best.only, (only) => this.#try({ only, plan: this.#present(best).plan })?.only);
    return this.#present(best);
  }

  #fewerFaults(best: Shrunk): Shrunk {
    minimize(best.plan, (plan) => this.#try({ only: best.only, plan })?.plan);
    return this.#present(best);
  }

  /** Five lost replies may do what one crash does: one fault instead of all, or of many but one of them. */
  #replaced(best: Shrunk): Shrunk {
    const { only, plan } = best;
    if (plan.length <= 1) return best;
    for (const kept of plan.length > READABLE ? [[], ...plan.map((fault) => [fault])] : [[]]) {
      if (!this.#mayGoOn({ only, plan: kept })) return best;
      const run = (shorter: FaultPlan, visit?: PointVisitor): RunResult =>
        this.#options.run({ only, plan: shorter }, visit);
      for (const other of extensions(run, kept).plans) {
        const found = this.#try({ only, plan: other });
        if (found !== undefined) return found;
        if (this.#cutShort || ++this.#replacements > REPLACEMENTS_MAX) return best;
      }
    }
    return best;
  }

  #milder(best: Shrunk): Shrunk {
    let present = best;
    for (let i = 0; i < present.plan.length; i++) {
      for (let milder = this.#milderAt(present, i); milder !== undefined; ) {
        present = milder;
        milder = this.#milderAt(present, i);
      }
      for (const name of Object.keys(present.plan[i]?.params ?? {})) present = this.#least(present, i, name);
    }
    return present;
  }

  /** With the mildest parameters of one fault that still do. */
  #milderAt({ only, plan }: Shrunk, i: number): Shrunk | undefined {
    const fault = plan[i];
    if (fault === undefined) return undefined; // with the milder one, fewer faults strike
    for (const params of milderParams(fault)) {
      const found = this.#try({ only, plan: plan.with(i, { ...fault, params }) });
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** With the least of one parameter that still does, searched between what is too little and what there is. */
  #least(best: Shrunk, i: number, name: string): Shrunk {
    const fault = best.plan[i];
    const value = fault?.params[name];
    if (fault === undefined || value === undefined) return best; // with the milder one, fewer faults strike
    const less = new Set(milderParams(fault).map((params) => params[name]!));
    less.delete(value);
    if (less.size < 2) return best; // no number that can be halved
    let [present, low, high] = [best, Math.max(...less), value];
    while (high - low > Math.max(1, high * TOLERANCE) && !this.#cutShort) {
      const middle = low + Math.floor((high - low) / 2);
      const params = { ...fault.params, [name]: middle };
      const found = this.#try({ only: present.only, plan: present.plan.with(i, { ...fault, params }) });
      if (found === undefined) low = middle;
      else [present, high] = [found, middle];
      if (present.plan.length < best.plan.length) break;
    }
    return present;
  }

  /** Once the budget is spent the search is over, whatever it was about to do. */
  #mayGoOn(next: Reproduction): boolean {
    this.#cutShort ||= this.#options.goOn?.(next) === false;
    return !this.#cutShort;
  }

  #present(known: Shrunk): Shrunk {
    return this.#best ?? known;
  }

  /** Runs a candidate; it becomes the best when it fails in the same way (X1). */
  #try(candidate: Reproduction): Shrunk | undefined {
    if (this.#cutShort) return undefined;
    const name = JSON.stringify(candidate);
    if (this.#passed.has(name) || !this.#mayGoOn(candidate)) return undefined;
    this.#attempts++;
    const result = this.#options.run(candidate);
    const violation = result.violations.find(({ signature }) => signature === this.#options.signature);
    if (violation === undefined) {
      this.#passed.add(name);
      return undefined;
    }
    const { only } = candidate;
    // What was planned and never came to strike is not part of it.
    this.#best = { only, plan: result.plan, result, violation, attempts: this.#attempts, isMinimal: false };
    this.#options.onProgress?.(this.#best);
    return this.#best;
  }
}

/** Milder parameters for a fault, mildest first. */
export function milderParams({ kind, params }: PlannedFault): readonly Params[] {
  return FAULTS.find((fault) => fault.kind === kind)?.shrink(params) ?? [];
}
