// A run whose durable events are kept, in the order in which they became durable, with what circuits did: for what is made
// of logs (meters, traces, diagnoses). A live engine reports the same.
//
// O1. Who observes changes nothing: it is an invariant that judges nothing, and an engine that hands everything on.

import { Orchestrator, type OrchestratorOptions } from '../../engine/core/orchestrator.ts';
import type { CircuitChange } from '../../engine/core/policy.ts';
import type { LedgerEntry } from '../../engine/core/protocol.ts';
import { type Batch, rowsOf, type StoredEvent } from '../../engine/core/saga-event.ts';
import type { InvariantFactory, WorldView } from '../invariants/invariant.ts';
import type { RunResult } from '../run-result.ts';
import type { Engine, Scenario, Variant } from '../scenario.ts';
import { type Capsule, jobOf } from './capsule.ts';
import { type Job, type PreparedJob, prepare, type RunExtras, runSeed } from './job.ts';

/** Something that a live host would report. `atUs` is virtual time, in microseconds. */
export type Happening =
  | { readonly kind: 'written'; readonly atUs: number; readonly batch: Batch }
  /** `life` counts the lives of all orchestrators of the run, from 1. */
  | { readonly kind: 'circuit'; readonly atUs: number; readonly life: number; readonly change: CircuitChange }
  /** A life is over, and with it what it knew of circuits. */
  | { readonly kind: 'over'; readonly atUs: number; readonly life: number };

/** An effect that a service committed, and when, in microseconds of virtual time. */
export interface BookedEffect {
  readonly atUs: number;
  readonly service: string;
  readonly entry: LedgerEntry;
}

export interface ObservedRun {
  readonly result: RunResult;
  readonly happenings: readonly Happening[];
  /** The ledgers of all services, in the order in which they were written. */
  readonly booked: readonly BookedEffect[];
  /** The service of each step, by definition. */
  readonly services: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** One seed of a job. @throws UserError as `replaySeed` */
export async function observeSeed(job: Job, seed: string): Promise<ObservedRun> {
  return observed(await prepare(job), seed, {});
}

/** The run of a capsule. @throws UserError as `replayCapsule` */
export async function observeCapsule(capsule: Capsule): Promise<ObservedRun> {
  const prepared = await prepare(jobOf(capsule));
  const { seed, plan, only } = capsule;
  return observed(prepared, seed, { plan, ...(only === undefined ? {} : { only }) });
}

/** The log of each saga of the run, oldest event first, in the order in which they began. */
export function logsOf(happenings: readonly Happening[]): ReadonlyMap<string, readonly StoredEvent[]> {
  const logs = new Map<string, StoredEvent[]>();
  for (const happening of happenings) {
    if (happening.kind !== 'written') continue;
    const { batch } = happening;
    logs.set(batch.saga, [...(logs.get(batch.saga) ?? []), ...rowsOf(batch)]);
  }
  return logs;
}

/** One seed of a job that is loaded. */
export function observed(prepared: PreparedJob, seed: string, extras: RunExtras): ObservedRun {
  const observer = new Observer();
  const scenario = observer.beside(prepared.scenario);
  const result = runSeed({ ...prepared, scenario }, seed, extras);
  const services = new Map(
    scenario.sagas.map(({ name, steps }) => [name, new Map(steps.map((step) => [step.name, step.service]))]),
  );
  return { result, happenings: observer.happenings, booked: observer.booked, services };
}

/** O1. */
class Observer {
  readonly happenings: Happening[] = [];
  readonly booked: BookedEffect[] = [];
  #world: WorldView | undefined;
  #lives = 0;

  beside(scenario: Scenario): Scenario {
    const { invariants, variant } = scenario;
    return {
      ...scenario,
      invariants: [...invariants, this.#watcher],
      variant: { ...variant, engine: this.#heard(variant?.engine) },
    };
  }

  readonly #watcher: InvariantFactory = (_report, world) => {
    this.#world = world;
    return {
      id: 'observer',
      statement: 'Nothing: it only observes',
      onAppended: (batch) => this.happenings.push({ kind: 'written', atUs: world.nowUs(), batch }),
      onEffect: (entry, _step, _file, service) => this.booked.push({ atUs: world.nowUs(), service, entry }),
    };
  };

  #heard(make: Variant['engine'] = (options) => new Orchestrator(options)): NonNullable<Variant['engine']> {
    return (options: OrchestratorOptions): Engine => {
      const engine = make(options);
      const life = ++this.#lives;
      return {
        handle: (input, nowUs) => {
          const outputs = engine.handle(input, nowUs);
          for (const output of outputs)
            if (output.kind === 'circuit') this.#add({ kind: 'circuit', atUs: 0, life, change: output });
          return outputs;
        },
        dispose: () => {
          this.#add({ kind: 'over', atUs: 0, life });
          engine.dispose?.();
        },
      };
    };
  }

  #add(happening: Happening): void {
    this.happenings.push({ ...happening, atUs: this.#world?.nowUs() ?? 0 });
  }
}
