// The definitions that an orchestrator runs, and the policy that each of them gets.
//
// E2 What a log shows under way may have been sent by an earlier life, whose answer is lost: it is in doubt.

import { assert } from './assert.ts';
import type { SagaDefinition } from './define-saga.ts';
import { definitionWithin } from './inline-saga.ts';
import type { CircuitChange, Governor, Policy, RetryRules } from './policy.ts';
import type { StoredEvent } from './saga-event.ts';
import { evolve, initialState, isUnderWay, type SagaState } from './saga-state.ts';

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

  /** The state of a saga from its log, by the definition that it was created with; undefined where that is not known. */
  fold(events: readonly StoredEvent[]): SagaState | undefined {
    const first = events[0];
    assert(first?.event.kind === 'saga-created', 'a log begins with saga-created');
    const { definition: name, definitionVersion } = first.event;
    const { definitions, policy } = this.#options;
    const definition =
      definitionWithin(first.event, policy) ??
      definitions.find((known) => known.name === name && known.version === definitionVersion);
    if (definition === undefined) return undefined;
    const state = initialState(definition, first.saga);
    for (const { event } of events) evolve(state, event);
    doubt(state);
    return state;
  }
}

/** E2. */
function doubt({ steps }: SagaState): void {
  for (const [i, step] of steps.entries()) {
    if (isUnderWay(step) && !step.inDoubt) steps[i] = { ...step, inDoubt: true };
  }
}
