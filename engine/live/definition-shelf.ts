// The definitions that a host runs, by name and version, and what must be known of them before anything runs (E12).

import type { SagaDefinition } from '../core/define-saga.ts';
import { definitionWithin, inlineSaga } from '../core/inline-saga.ts';
import type { Policy } from '../core/policy.ts';
import type { StoredEvent } from '../core/ports.ts';
import { fold, type SagaState } from '../core/saga-state.ts';
import { UserError } from '../core/user-error.ts';

export class DefinitionShelf {
  readonly #definitions: ReadonlyMap<string, SagaDefinition>;
  readonly #services: readonly string[] | undefined;
  readonly #policy: Policy;

  /**
   * @param services those that can be reached; undefined when nobody knows
   * @param policy for sagas that bring their definition along
   * @throws UserError `unknown-service`
   */
  constructor(
    definitions: readonly SagaDefinition[],
    services: readonly string[] | undefined,
    policy: Policy,
  ) {
    this.#definitions = new Map(definitions.map((known) => [nameOf(known.name, known.version), known]));
    this.#services = services;
    this.#policy = policy;
    for (const definition of definitions) this.#checkServices(definition);
  }

  /**
   * The definition that a saga in JSON is.
   *
   * @throws UserError `unknown-service`; as `sagaFromJson`
   */
  inline(body: unknown): SagaDefinition {
    const definition = inlineSaga(body, this.#policy);
    this.#checkServices(definition);
    return definition;
  }

  #checkServices({ name, steps }: SagaDefinition): void {
    const services = this.#services;
    const step = steps.find(({ service }) => services !== undefined && !services.includes(service));
    if (step === undefined) return;
    throw new UserError(
      'unknown-service',
      `saga "${name}": step "${step.name}" calls "${step.service}", which is not configured`,
      `Add it to the transport's services, which are: ${services!.join(', ') || 'none'}.`,
    );
  }

  /** @throws UserError `unknown-definition` */
  require(name: string, version: number): SagaDefinition {
    const known = this.#definitions.get(nameOf(name, version));
    if (known !== undefined) return known;
    throw new UserError(
      'unknown-definition',
      `this host does not run saga "${name}" version ${version}`,
      'Give it among the definitions: every version of which sagas are open, or wait for a person; to a server, with --definitions FILE.',
    );
  }

  /** @throws UserError `unknown-definition` for the first log that could not be folded. */
  check(logs: readonly (readonly StoredEvent[])[]): void {
    for (const log of logs) this.#of(log);
  }

  /** The state that a log folds to; undefined for an empty one. @throws UserError `unknown-definition` */
  fold(log: readonly StoredEvent[]): SagaState | undefined {
    const first = log[0];
    if (first === undefined) return undefined;
    return fold(
      this.#of(log),
      first.saga,
      log.map(({ event }) => event),
    );
  }

  #of([first]: readonly StoredEvent[]): SagaDefinition {
    if (first?.event.kind === 'saga-created') {
      const { definition, definitionVersion } = first.event;
      return definitionWithin(first.event, this.#policy) ?? this.require(definition, definitionVersion);
    }
    const what = `the log of saga ${first?.saga} does not begin with its creation`;
    throw new UserError('unknown-definition', what, 'Restore the store from a backup.');
  }
}

function nameOf(name: string, version: number): string {
  return `${name}@${version}`;
}
