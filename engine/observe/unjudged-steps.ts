// Steps that a reconciliation cannot judge, and why: a step of which no book has ever an entry has no effects, or its book is not
// here. See R4 of reconcile.ts.

import type { SagaDefinition } from '../core/define-saga.ts';
import type { Book } from './books.ts';

/** A step that was not judged. */
export interface UnjudgedStep {
  readonly definition: string;
  readonly step: string;
  /** Whose book is missing; left out when the definition is not known, so that the step may as well have no effects. */
  readonly service?: string;
  /** Sagas whose log says that it was done. */
  readonly sagas: number;
}

/** What is known of the places that effects of steps are booked at. */
export class StepBooks {
  readonly #services: ReadonlySet<string>;
  readonly #definitionOf: (name: string, version: number) => SagaDefinition | undefined;
  /** Steps that stand in some book, as `definition/step`. */
  readonly #booked = new Set<string>();
  readonly #unjudged = new Map<string, UnjudgedStep>();

  constructor(
    books: readonly Book[],
    definitionOf: (name: string, version: number) => SagaDefinition | undefined = () => undefined,
  ) {
    this.#services = new Set(books.map(({ service }) => service));
    this.#definitionOf = definitionOf;
  }

  /** An entry of this step stands in a book. */
  booked(definition: string, step: string): void {
    this.#booked.add(`${definition}/${step}`);
  }

  /** Whether this step of a saga, when it was done, must stand in a book that is here. If that cannot be known, it is noted. */
  mustHave(definition: string, version: number, step: string): boolean {
    const known = this.#definitionOf(definition, version)?.steps.find(({ name }) => name === step);
    if (known?.hasEffects === false) return false;
    const name = `${definition}/${step}`;
    if (known === undefined ? this.#booked.has(name) : this.#services.has(known.service)) return true;
    const sagas = (this.#unjudged.get(name)?.sagas ?? 0) + 1;
    const service = known === undefined ? {} : { service: known.service };
    this.#unjudged.set(name, { definition, step, ...service, sagas });
    return false;
  }

  /** In the order of their names. */
  get unjudged(): readonly UnjudgedStep[] {
    const named = [...this.#unjudged].sort(([a], [b]) => (a < b ? -1 : 1));
    return named.map(([, step]) => step);
  }
}
