// The versions of a scenario's definitions, for the orchestrators that get the newer ones while sagas run (deploy).

import type { SagaDefinition } from '../../engine/core/define-saga.ts';

export class Versions {
  /** All but the newest of each name that has several. */
  readonly older: readonly SagaDefinition[];
  readonly all: readonly SagaDefinition[];

  constructor(definitions: readonly SagaDefinition[]) {
    this.all = definitions;
    this.older = definitions.filter((one) => this.newest(one) !== one || this.before(one) === one);
  }

  /** Whether there is anything to deploy. */
  get areSeveral(): boolean {
    return this.older.length < this.all.length;
  }

  /** The highest version of a saga's name. */
  newest(definition: SagaDefinition): SagaDefinition {
    return this.#highest(definition, Number.POSITIVE_INFINITY);
  }

  /** The highest version that is not the newest; the saga itself when its name has only one. */
  before(definition: SagaDefinition): SagaDefinition {
    return this.#highest(definition, this.newest(definition).version);
  }

  #highest(definition: SagaDefinition, below: number): SagaDefinition {
    let highest: SagaDefinition | undefined;
    for (const one of this.all) {
      if (one.name !== definition.name || one.version >= below) continue;
      if (highest === undefined || one.version > highest.version) highest = one;
    }
    return highest ?? definition;
  }
}
