// Many sagas diagnosed together: each is told how the others fare with the services that it needs.

import type { Direction } from '../core/protocol.ts';
import type { StoredEvent } from '../core/saga-event.ts';
import { type Attempt, attemptsOf, type ServiceOf } from './attempts.ts';
import { type Book, entriesBySaga } from './books.ts';
import { AROUND_US, counted, type Diagnosis, diagnose, type StepEffects } from './diagnosis.ts';
import { type DiagnosisClass, REMEDIES } from './remedies.ts';

/** The logs that many diagnoses are made from. */
export interface ManyFacts {
  /** Those to diagnose, each oldest event first. */
  readonly logs: readonly (readonly StoredEvent[])[];
  /** Others, which only tell how services fare. */
  readonly others?: readonly (readonly StoredEvent[])[];
  /** Default {@link servicesIn}. */
  readonly servicesOf?: (log: readonly StoredEvent[]) => ServiceOf;
  /** What the services have of a saga in their books, if they can be asked. */
  readonly effectsOf?: (saga: string) => readonly StepEffects[] | undefined;
  readonly nowUs: number;
}

/** One for each log, in their order. A log that is empty tells of no saga, and is left out. */
export function diagnoseAll({
  logs,
  others = [],
  servicesOf = servicesIn,
  effectsOf,
  nowUs,
}: ManyFacts): readonly Diagnosis[] {
  const all = [...logs, ...others].flatMap((log) => attemptsOf(log, servicesOf(log)));
  const byService = new Map(
    [...Map.groupBy(all, ({ service }) => service)].map(([service, of]) => [service, new Timetable(of)]),
  );
  return logs.flatMap((log) => {
    const [first] = log;
    if (first === undefined) return [];
    const { saga } = first;
    const serviceOf = servicesOf(log);
    const needed = new Set(attemptsOf(log, serviceOf).map(({ service }) => service));
    const [fromUs, untilUs] = [first.atUs - AROUND_US, log.at(-1)!.atUs + AROUND_US];
    const around = [...needed].flatMap((service) => byService.get(service)?.during(fromUs, untilUs) ?? []);
    const effects = effectsOf?.(saga);
    const facts = { log, serviceOf, others: around.filter((attempt) => attempt.saga !== saga), nowUs };
    return [diagnose(effects === undefined ? facts : { ...facts, effects })];
  });
}

/** The attempts at one service, by when they began: so that ten thousand sagas are not each compared with all. */
class Timetable {
  readonly #attempts: readonly Attempt[];
  readonly #longestUs: number;

  constructor(attempts: readonly Attempt[]) {
    this.#attempts = attempts.toSorted((a, b) => a.fromUs - b.fromUs);
    this.#longestUs = attempts.reduce((most, { fromUs, untilUs }) => Math.max(most, untilUs - fromUs), 0);
  }

  /** All that were under way between these times, and some more. */
  during(fromUs: number, untilUs: number): readonly Attempt[] {
    return this.#attempts.slice(this.#firstFrom(fromUs - this.#longestUs), this.#firstFrom(untilUs));
  }

  /** The index of the first that began then, or later. */
  #firstFrom(atUs: number): number {
    let [low, high] = [0, this.#attempts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#attempts[middle]!.fromUs < atUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The services of a saga that brought its definition along; of others each step stands for a service. */
export function servicesIn([first]: readonly StoredEvent[]): ServiceOf {
  const source = first?.event.kind === 'saga-created' ? first.event.source : undefined;
  const steps = (source as { readonly steps?: unknown } | undefined)?.steps;
  const known = new Map<string, string>();
  for (const { id, service } of (Array.isArray(steps) ? steps : []) as readonly Record<string, unknown>[])
    if (typeof id === 'string' && typeof service === 'string') known.set(id, service);
  return (step) => known.get(step) ?? step;
}

/**
 * What books have of a saga, step by step, in its last round. A step of which they have no entry of any saga is left out: it has
 * no effects, or its book is not here.
 *
 * @example
 * const charged = { saga: 'order-7', step: 'charge', direction: 'forward', round: 0, action: 'charge' } as const;
 * effectsIn([{ service: 'card', entries: [charged] }])('order-7'); // [{ step: 'charge', forward: 1, undone: 0 }]
 */
export function effectsIn(books: readonly Book[]): (saga: string) => readonly StepEffects[] {
  const bySaga = entriesBySaga(books);
  const booked = new Set(books.flatMap(({ entries }) => entries.map(({ step }) => step)));
  return (saga) => {
    const own = [...(bySaga.get(saga)?.values() ?? [])].flat().map(({ entry }) => entry);
    const round = Math.max(0, ...own.map((entry) => entry.round));
    const times = (step: string, direction: Direction): number =>
      own.filter((one) => one.round === round && one.step === step && one.direction === direction).length;
    return [...booked].map((step) => ({
      step,
      forward: times(step, 'forward'),
      undone: times(step, 'compensation'),
    }));
  };
}

/** What many diagnoses come to. */
export interface DiagnosisSummary {
  readonly sagas: number;
  /** The class of most of them: what to look at first. Refusals by the business, and what is well, only if nothing else is. */
  readonly primary: DiagnosisClass;
  readonly classes: Readonly<Record<string, number>>;
  readonly errorPatterns: Readonly<Record<string, number>>;
  /** Failed attempts by service. */
  readonly serviceFailures: Readonly<Record<string, number>>;
  readonly timeouts: number;
  readonly meanDurationUs: number;
}

/** What many diagnoses come to: classes, failures by service, and what to look at first. */
export function summaryOf(diagnoses: readonly Diagnosis[]): DiagnosisSummary {
  const classes = counted(diagnoses.map((one) => one.class));
  const ranked = Object.entries(classes).sort(([a, m], [b, n]) => weightOf(b) - weightOf(a) || n - m);
  const serviceFailures: Record<string, number> = {};
  for (const { serviceErrors } of diagnoses)
    for (const [service, count] of Object.entries(serviceErrors))
      serviceFailures[service] = (serviceFailures[service] ?? 0) + count;
  const errorPatterns = counted(diagnoses.flatMap(({ primaryError }) => primaryError ?? []));
  const durationUs = diagnoses.reduce((sum, one) => sum + one.durationUs, 0);
  return {
    sagas: diagnoses.length,
    primary: (ranked[0]?.[0] ?? 'none') as DiagnosisClass,
    classes,
    errorPatterns,
    serviceFailures,
    timeouts: errorPatterns.timeout ?? 0,
    meanDurationUs: diagnoses.length === 0 ? 0 : Math.round(durationUs / diagnoses.length),
  };
}

/** Faults first, then refusals, then what is well. */
function weightOf(name: string): number {
  return name === 'none' ? 0 : REMEDIES[name as DiagnosisClass].pattern === 'refusal' ? 1 : 2;
}
