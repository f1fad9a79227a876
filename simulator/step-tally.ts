// What each step of each saga cost: how often it was asked, forward and to be undone, and how long it took until it stood in
// the log. Adds up over runs.

import type { SagaDefinition } from '../engine/core/define-saga.ts';
import type { StepResult } from './run-result.ts';
import { BINS, type BinCount, binOf } from './timeline.ts';

/** Operations that took one attempt, two, three, four, and more. */
const ATTEMPTS = 5;

interface Counts {
  readonly forward: number[];
  readonly undo: number[];
  /** By bin. */
  readonly durations: number[];
}

interface Defined {
  readonly definition: SagaDefinition;
}

interface Sends<Saga> {
  /** How often an operation of the saga was sent: step × 2, and one more for its undo. */
  of(saga: Saga, operation: number): number;
}

export class StepTally {
  readonly #counts = new Map<SagaDefinition, readonly Counts[]>();
  /** The definition that was asked for last, and its counts: mostly it is the next one, too. */
  #definition: SagaDefinition | undefined;
  #present: readonly Counts[] = [];

  #of(definition: SagaDefinition): readonly Counts[] {
    if (definition !== this.#definition) {
      this.#definition = definition;
      this.#present = this.#find(definition);
    }
    return this.#present;
  }

  #find(definition: SagaDefinition): readonly Counts[] {
    let counts = this.#counts.get(definition);
    if (counts === undefined) {
      counts = definition.steps.map(() => ({
        forward: new Array<number>(ATTEMPTS).fill(0),
        undo: new Array<number>(ATTEMPTS).fill(0),
        durations: new Array<number>(BINS).fill(0),
      }));
      this.#counts.set(definition, counts);
    }
    return counts;
  }

  /** A saga ended. */
  ended<Saga extends Defined>(saga: Saga, sends: Sends<Saga>): void {
    const counts = this.#of(saga.definition);
    for (let step = 0; step < counts.length; step++) {
      count(counts[step]!.forward, sends.of(saga, 2 * step));
      count(counts[step]!.undo, sends.of(saga, 2 * step + 1));
    }
  }

  /** A step stands in the log, this long after it was first asked. */
  took(definition: SagaDefinition, step: number, durationUs: number): void {
    this.#of(definition)[step]!.durations[binOf(durationUs)]!++;
  }

  results(): readonly StepResult[] {
    return [...this.#counts].flatMap(([{ name, version, steps }, counts]) =>
      counts.map(({ forward, undo, durations }, i) => ({
        saga: version === 1 ? name : `${name}@${version}`,
        step: steps[i]!.name,
        service: steps[i]!.service,
        forward: [...forward],
        undo: [...undo],
        durations: filled(durations),
      })),
    );
  }
}

/** The bins in which there is something. In a loop: a short run has few, of many. */
function filled(bins: readonly number[]): readonly BinCount[] {
  const found: BinCount[] = [];
  for (let bin = 0; bin < bins.length; bin++) if (bins[bin]! > 0) found.push([bin, bins[bin]!]);
  return found;
}

function count(attempts: number[], sends: number): void {
  if (sends > 0) attempts[Math.min(sends, ATTEMPTS) - 1]!++;
}

/** The same steps of two lots of runs, as one. */
export function joinSteps(a: readonly StepResult[], b: readonly StepResult[]): readonly StepResult[] {
  const all = new Map<string, StepResult>();
  for (const step of [...a, ...b]) {
    const key = `${step.saga}/${step.step}`;
    const known = all.get(key);
    all.set(key, known === undefined ? step : join(known, step));
  }
  return [...all.values()];
}

function join(a: StepResult, b: StepResult): StepResult {
  const durations = new Map(a.durations);
  for (const [bin, sagas] of b.durations) durations.set(bin, (durations.get(bin) ?? 0) + sagas);
  return {
    ...a,
    forward: a.forward.map((sagas, i) => sagas + b.forward[i]!),
    undo: a.undo.map((sagas, i) => sagas + b.undo[i]!),
    durations: [...durations].sort(([x], [y]) => x - y),
  };
}
