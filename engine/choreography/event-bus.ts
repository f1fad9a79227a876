// The bus: a choreography as a definition that the engine runs. The log of a saga is the topic of one transaction, and a
// call is the delivery of an event to a service. What the engine does for calls is what a bus must do for deliveries: nothing
// is delivered before it is durable (E1), all is delivered until it is acknowledged (E9: retriable steps), by whichever
// process lives, and a worker that was replaced is fenced (E10). So brokers are the stores: memory, SQLite, PostgreSQL.
//
// B1 The bus decides nothing about a transaction: who hears an event follows from its type, and what comes of it is what the
//    service answers, which is what its outbox holds: the acknowledgement relays it.
// B2 A service is told of the events of a transaction in turn, in the order of their logical clocks, unless `order` is `none`.
// B3 What services tell of their steps is written down beside it, so that a log reads as that of a saga; it has no influence.
// B4 A transaction ends when its condition is met and nothing is under way: every published event is handled.

import { assert } from '../core/assert.ts';
import { isRecord } from '../core/countermeasure.ts';
import {
  defineSaga,
  type EventFlow,
  type FlowState,
  type SagaDefinition,
  type StepDefinition,
} from '../core/define-saga.ts';
import type { SagaEvent, StopReason } from '../core/saga-event.ts';
import { UserError } from '../core/user-error.ts';
import {
  type Choreography,
  isMet,
  type PublishedEvent,
  publishedBy,
  reactionsOf,
  typesIn,
} from './reaction.ts';

/** How long a message that its service refuses for good lies aside, before it is tried again: ten minutes. */
export const DEAD_LETTER_US = 600_000_000;

/** What a service answers a delivery with: what it publishes. */
export interface Handled {
  readonly events: readonly PublishedEvent[];
}

/** What a step of the transaction came to, said by an event. */
interface Meaning {
  readonly step: string;
  readonly is: 'applied' | 'refused' | 'undone';
}

/** The action that a service is asked for when an event is delivered. */
export function deliveryOf({ name }: Pick<Choreography, 'name'>, type: string): string {
  return `${name}.${type}`;
}

/** The types that a service hears, in the order in which its reactions name them. */
export function heardBy({ services }: Choreography, service: string): readonly string[] {
  return [...new Set((services[service] ?? []).flatMap(({ when }) => typesIn(when)))];
}

/** The event that a transaction begins with. */
export function startOf({ starts, events }: Choreography, input: unknown, type = starts): PublishedEvent {
  return { type, schema: events?.[type]?.schema ?? 1, time: 0, data: { input, results: {} } };
}

/**
 * The definition that the engine runs for a choreography: its steps, which say how the transaction stands, and a delivery for
 * each service and event that it hears.
 *
 * @throws UserError `bad-choreography` when a step is called as a delivery is; `cycle` when events cause one another in a circle
 * @example
 * const definition = eventBus(orderChoreography); // steps: charge, reserve, …, payment-on-order-created, …
 */
export function eventBus(choreography: Choreography): SagaDefinition {
  const { name, saga } = choreography;
  refuseSameNames(choreography);
  const deliveries = defineSaga<unknown, string>({
    name,
    version: saga.version,
    steps: Object.fromEntries(
      Object.keys(choreography.services).flatMap((service) =>
        heardBy(choreography, service).map((type) => [
          stepOf(service, type),
          {
            service,
            action: deliveryOf(choreography, type),
            kind: 'retriable',
            effects: 'none',
            after: causesOf(choreography, type),
            payload: ({ input, results }) => eventIn(choreography, type, input, results),
          },
        ]),
      ),
    ),
  });
  const steps = [...saga.steps, ...deliveries.steps.map((step) => moved(step, saga.steps.length))];
  return {
    ...deliveries,
    input: saga.input,
    deadlineUs: choreography.cancelledBy === undefined ? undefined : saga.deadlineUs,
    policy: saga.policy,
    steps,
    flow: new BusFlow(choreography, steps),
  };
}

function stepOf(service: string, type: string): string {
  return `${service}-on-${type}`;
}

/** Each step has a name of its own, and each delivery. */
function refuseSameNames(choreography: Choreography): void {
  const { name, saga, services } = choreography;
  const deliveries = Object.keys(services).flatMap((service) =>
    heardBy(choreography, service).map((type) => stepOf(service, type)),
  );
  const all = [...saga.steps.map((step) => step.name), ...deliveries];
  const twice = all.find((one, i) => all.indexOf(one) !== i);
  if (twice === undefined) return;
  throw new UserError(
    'bad-choreography',
    `choreography "${name}": "${twice}" is the name of two steps, or of two deliveries`,
    'A delivery is called <service>-on-<event>: rename the step, the service or the event.',
  );
}

/** The deliveries of which an event may be the consequence. */
function causesOf(choreography: Choreography, type: string): readonly string[] {
  return reactionsOf(choreography).flatMap(([service, reaction]) =>
    publishedBy(reaction).includes(type) ? typesIn(reaction.when).map((cause) => stepOf(service, cause)) : [],
  );
}

function eventIn(
  choreography: Choreography,
  type: string,
  input: unknown,
  results: Readonly<Record<string, unknown>>,
): PublishedEvent {
  const published = Object.values(results).flatMap((result) => (result as Handled).events);
  const found = published.find((event) => event.type === type);
  const { starts, cancelledBy } = choreography;
  assert(
    found !== undefined || type === starts || type === cancelledBy,
    'an event is delivered that nobody published',
    type,
  );
  return found ?? startOf(choreography, input, type);
}

function moved(step: StepDefinition, by: number): StepDefinition {
  const shift = (indices: readonly number[]): readonly number[] => indices.map((index) => index + by);
  const { index, after, ancestors, descendants } = step;
  return {
    ...step,
    index: index + by,
    after: shift(after),
    ancestors: shift(ancestors),
    descendants: shift(descendants),
  };
}

/** A delivery, as a step. */
interface Delivery {
  readonly index: number;
  readonly step: StepDefinition;
  readonly service: string;
  readonly type: string;
}

const NOTHING: readonly SagaEvent[] = [];

class BusFlow implements EventFlow {
  readonly deadLetterUs = DEAD_LETTER_US;
  readonly #choreography: Choreography;
  readonly #steps: readonly StepDefinition[];
  readonly #deliveries: readonly Delivery[];
  readonly #meanings: ReadonlyMap<string, Meaning>;

  constructor(choreography: Choreography, steps: readonly StepDefinition[]) {
    this.#choreography = choreography;
    this.#steps = steps;
    this.#deliveries = Object.keys(choreography.services).flatMap((service) =>
      heardBy(choreography, service).map((type) => {
        const step = steps.find(({ name }) => name === stepOf(service, type))!;
        return { index: step.index, step, service, type };
      }),
    );
    this.#meanings = meaningsOf(choreography);
  }

  isAnswer(result: unknown): boolean {
    return isRecord(result) && Array.isArray(result.events) && result.events.every(isPublished);
  }

  isCommitted({ reason }: FlowState): boolean {
    return this.#choreography.cancelledBy === undefined || reason !== undefined;
  }

  advance(state: FlowState): readonly SagaEvent[] {
    if (state.status !== 'created' && state.status !== 'running') return NOTHING;
    const published = this.#published(state);
    const told = this.#told(state, published);
    if (told.length > 0) return told;
    const routed = this.#routed(state, published);
    if (routed.length > 0) return routed;
    const isQuiet = this.#deliveries.every(({ index }) => !isUnderWay(state, index));
    return isQuiet ? this.#end(state, published) : NOTHING;
  }

  /** Logical times of what is published, by type. */
  #published(state: FlowState): ReadonlyMap<string, PublishedEvent | undefined> {
    const { starts, cancelledBy } = this.#choreography;
    const published = new Map<string, PublishedEvent | undefined>([[starts, undefined]]);
    const { reason } = state;
    if (cancelledBy !== undefined && (reason?.kind === 'cancelled' || reason?.kind === 'deadline'))
      published.set(cancelledBy, undefined);
    for (const { index } of this.#deliveries) {
      const { status, result } = state.steps[index]!;
      if (status !== 'applied') continue;
      for (const event of (result as Handled).events) published.set(event.type, event);
    }
    return published;
  }

  /** B3. */
  #told(state: FlowState, published: ReadonlyMap<string, PublishedEvent | undefined>): readonly SagaEvent[] {
    return [...published].flatMap(([type, event]): readonly SagaEvent[] => {
      const meaning = this.#meanings.get(type);
      if (event === undefined || meaning === undefined || meaning.is === 'undone') return NOTHING;
      const { step } = meaning;
      const index = this.#steps.findIndex(({ name }) => name === step);
      if (state.steps[index]!.status !== 'pending') return NOTHING;
      const requested = { kind: 'step-requested', step } as const;
      const { results, reason = 'refused' } = event.data;
      if (meaning.is === 'refused')
        return [requested, { kind: 'step-rejected', step, failure: 'business', reason }];
      const result = results[step];
      return [requested, { kind: 'step-applied', step, ...(result === undefined ? {} : { result }) }];
    });
  }

  /** B1, B2: the deliveries that may begin. */
  #routed(
    state: FlowState,
    published: ReadonlyMap<string, PublishedEvent | undefined>,
  ): readonly SagaEvent[] {
    const isDue = ({ index, type }: Delivery): boolean =>
      state.steps[index]!.status === 'pending' && published.has(type);
    const due = this.#deliveries.filter(isDue);
    const begin = this.#choreography.order === 'none' ? due : this.#firstOfEach(state, due, published);
    return begin.flatMap(({ step }) => step.events.requested);
  }

  #firstOfEach(
    state: FlowState,
    due: readonly Delivery[],
    published: ReadonlyMap<string, PublishedEvent | undefined>,
  ): readonly Delivery[] {
    const timeOf = ({ type }: Delivery): number => published.get(type)?.time ?? 0;
    return Object.keys(this.#choreography.services).flatMap((service) => {
      const isBusy = this.#deliveries.some((one) => one.service === service && isUnderWay(state, one.index));
      if (isBusy) return [];
      const own = due.filter((one) => one.service === service);
      const first = own.reduce<Delivery | undefined>(
        (best, one) => (best === undefined || timeOf(one) < timeOf(best) ? one : best),
        undefined,
      );
      return first === undefined ? [] : [first];
    });
  }

  /** B4. */
  #end(state: FlowState, published: ReadonlyMap<string, PublishedEvent | undefined>): readonly SagaEvent[] {
    const { completes, cancels } = this.#choreography;
    const isSeen = (type: string): boolean => published.has(type);
    if (isMet(cancels, isSeen)) return this.#undone(state);
    return isMet(completes, isSeen) ? [{ kind: 'saga-completed' }] : NOTHING;
  }

  #undone({ steps, reason }: FlowState): readonly SagaEvent[] {
    assert(reason !== undefined, 'a transaction is undone for a reason');
    const undone = this.#steps.filter(
      ({ compensation, index }) => compensation !== undefined && steps[index]!.status === 'applied',
    );
    if (undone.length === 0) return [{ kind: 'saga-failed', reason: reason satisfies StopReason }];
    return [
      { kind: 'compensation-started', reason },
      ...undone
        .toReversed()
        .flatMap(({ events }) => [...events.compensationRequested, ...events.compensated]),
      { kind: 'saga-compensated' },
    ];
  }
}

function isPublished(event: unknown): boolean {
  return (
    isRecord(event) &&
    typeof event.type === 'string' &&
    Number.isSafeInteger(event.schema) &&
    Number.isSafeInteger(event.time) &&
    isRecord(event.data) &&
    isRecord(event.data.results)
  );
}

function isUnderWay({ steps }: FlowState, index: number): boolean {
  const { status } = steps[index]!;
  return status === 'running' || status === 'retrying';
}

function meaningsOf(choreography: Choreography): ReadonlyMap<string, Meaning> {
  const meanings = new Map<string, Meaning>();
  for (const [, { does, undoes, applied, rejected }] of reactionsOf(choreography)) {
    if (undoes !== undefined) meanings.set(applied, { step: undoes, is: 'undone' });
    if (does !== undefined) meanings.set(applied, { step: does, is: 'applied' });
    if (does !== undefined && rejected !== undefined) meanings.set(rejected, { step: does, is: 'refused' });
  }
  return meanings;
}
