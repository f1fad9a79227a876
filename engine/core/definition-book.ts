// The definitions that an orchestrator runs, and the policy that each of them gets.

import { assert } from './assert.ts';
import type { SagaDefinition } from './define-saga.ts';
import { definitionWithin } from './inline-saga.ts';
import type { CircuitChange, Governor, Policy, RetryRules } from './policy.ts';
import type { StoredEvent } from './saga-event.ts';
import { evolve, initialState, type SagaState } from './saga-state.ts';

export interface DefinitionBookOptions {
  /** Used for definitions that name no policy, or for all when `overridePolicy`. */
  readonly policy: Policy;
  readonly overridePolicy?: boolean;
  /** Definitions by which recovered sagas are folded. */
  readonly definitions: readonly SagaDefinition[];
}

export class DefinitionBook {
  readonly #options: DefinitionBookOptions;
  readonly #report: (change: CircuitChange) => void;
  /** By the name of their policy: versions of a saga share what a service can bear. */
  readonly #governors = new Map<string, Governor>();

  /** @throws UserError when a definition cannot run under the policy it would get (E12). */
  constructor(options: DefinitionBookOptions, report: (change: CircuitChange) => void) {
    this.#options = options;
    this.#report = report;
    for (const definition of options.definitions) this.policyOf(definition).check(definition);
  }

  policyOf(definition: SagaDefinition): Policy {
    const { policy, overridePolicy } = this.#options;
    return overridePolicy === true ? policy : (definition.policy ?? policy);
  }

  /** What this process remembers for the policy of a definition; undefined when that asks for nothing. */
  governorOf(definition: SagaDefinition): Governor | undefined {
    const policy = this.policyOf(definition);
    if (policy.govern === undefined) return undefined;
    const known = this.#governors.get(policy.name);
    if (known !== undefined) return known;
    const fresh = policy.govern(this.#report);
    this.#governors.set(policy.name, fresh);
    return fresh;
  }

  /** By which rules a failed attempt of a saga is tried again. */
  rulesOf(definition: SagaDefinition): RetryRules {
    return this.governorOf(definition) ?? this.policyOf(definition);
  }

  /** The state of a saga from its log, by the definition that it was created with. */
  fold(events: readonly StoredEvent[]): SagaState {
    const first = events[0];
    assert(first?.event.kind === 'saga-created', 'a log begins with saga-created');
    const { definition: name, definitionVersion } = first.event;
    const { definitions, policy } = this.#options;
    const definition =
      definitionWithin(first.event, policy) ??
      definitions.find((known) => known.name === name && known.version === definitionVersion);
    assert(definition !== undefined, `no definition ${name} version ${definitionVersion}`);
    const state = initialState(definition, first.saga);
    for (const { event } of events) evolve(state, event);
    return state;
  }
}
