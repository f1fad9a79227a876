// A service that takes part in choreographies: a participant, its inbox and its outbox. An event goes in, the effect is
// committed, the events that follow come out.
//
// R1 One event, one effect, one answer: what was handled is answered from the inbox (Helland, Life beyond Distributed
//    Transactions, 2007).
// R2 Effect, inbox and outbox are one transaction. What is published is in the answer, and in every later one.
// R3 An event that cannot be handled now changes nothing that is told to anybody; it comes again.
// R4 A step that was called off before it was done is never done.
// R5 Nobody but the service can settle what its own step came to: who gives up in doubt undoes it first.

import { payloadFault } from '../core/call.ts';
import { isRecord } from '../core/countermeasure.ts';
import type { StepDefinition } from '../core/define-saga.ts';
import { payloadHash } from '../core/payload-hash.ts';
import {
  type Call,
  idempotencyKey,
  isFinal,
  type Ledger,
  type Outcome,
  type Participant,
  type ParticipantEnv,
  type Rejected,
} from '../core/protocol.ts';
import { deliveryOf, type Handled, heardBy } from './event-bus.ts';
import { Inbox, type Remembered } from './inbox.ts';
import { isFinal as staysDone } from './open-ends.ts';
import {
  type Choreography,
  type EventData,
  isMet,
  type PublishedEvent,
  type Reaction,
  typesIn,
} from './reaction.ts';

/** As many as the standard policy gives a transient failure. */
const ATTEMPTS_MAX = 5;

type Failure = Exclude<Outcome, { kind: 'applied' }>;

const IN_DOUBT: Failure = {
  kind: 'unknown',
  failure: 'transient',
  reason: 'it may be done, and cannot be undone',
};

/** What a delivery is about. */
interface Subscription {
  readonly choreography: Choreography;
  readonly type: string;
}

/** One event that is being handled. */
interface Turn {
  readonly call: Call;
  readonly env: ParticipantEnv;
  readonly choreography: Choreography;
  readonly remembered: Remembered;
  readonly input: unknown;
  readonly published: PublishedEvent[];
}

/**
 * Puts a participant behind an inbox and an outbox. What is not the delivery of an event goes to the participant itself.
 *
 * @example
 * const service = new ReactiveService('payment', payment(), [orderChoreography]);
 */
export class ReactiveService implements Participant {
  readonly actions: readonly string[];
  readonly ledger: Ledger;
  readonly inner: Participant;
  readonly #inbox: Inbox;
  readonly #subscriptions = new Map<string, Subscription>();
  /** What is done before what is undone: a step in doubt is settled before it is called off (R5). */
  readonly #reactions = new Map<Choreography, readonly Reaction[]>();

  constructor(
    service: string,
    participant: Participant,
    choreographies: readonly Choreography[],
    inbox: Inbox = new Inbox(),
  ) {
    this.inner = participant;
    this.#inbox = inbox;
    this.ledger = participant.ledger;
    for (const choreography of choreographies) {
      const reactions = choreography.services[service] ?? [];
      this.#reactions.set(choreography, [
        ...reactions.filter(({ does }) => does !== undefined),
        ...reactions.filter(({ does }) => does === undefined),
      ]);
      for (const type of heardBy(choreography, service))
        this.#subscriptions.set(deliveryOf(choreography, type), { choreography, type });
    }
    this.actions = [...participant.actions, ...this.#subscriptions.keys()];
  }

  handle(call: Call, env: ParticipantEnv): Outcome {
    const subscription = this.#subscriptions.get(call.action);
    if (subscription === undefined) return this.inner.handle(call, env);
    const remembered = this.#inbox.open(call, env.nowUs);
    const known = remembered.answers.get(subscription.type);
    if (known !== undefined) return handled(known); // R1
    const event = presentOf(subscription, call.payload);
    if ('kind' in event) return event;
    return this.#take(call, env, subscription, remembered, event);
  }

  restart(): void {
    this.inner.restart?.();
  }

  forget(saga: string): void {
    this.#inbox.forget(saga);
    this.inner.forget?.(saga);
  }

  #take(
    call: Call,
    env: ParticipantEnv,
    { choreography, type }: Subscription,
    remembered: Remembered,
    { time, data }: PublishedEvent,
  ): Outcome {
    remembered.seen.add(type);
    remembered.time = Math.max(remembered.time, time);
    remembered.results = { ...remembered.results, ...data.results };
    const published = remembered.unanswered.get(type) ?? [];
    remembered.unanswered.set(type, published);
    const oneCommit: ParticipantEnv = { ...env, nowUs: env.nowUs, chance: env.chance.bind(env), commit() {} }; // R2
    const turn: Turn = { call, env: oneCommit, choreography, remembered, input: data.input, published };
    for (const reaction of this.#reactions.get(choreography)!) {
      if (!typesIn(reaction.when).includes(type)) continue; // what it publishes must follow from what it was told
      if (remembered.fired.has(reaction) || !isMet(reaction.when, (one) => remembered.seen.has(one)))
        continue;
      const refusal = this.#react(turn, reaction);
      if (refusal !== undefined) return refusal; // R3
      remembered.fired.add(reaction);
    }
    remembered.unanswered.delete(type);
    remembered.answers.set(type, published);
    return handled(published);
  }

  /** What kept it from being done, if anything did. */
  #react(turn: Turn, reaction: Reaction): Failure | undefined {
    const name = (reaction.does ?? reaction.undoes)!;
    const step = turn.choreography.saga.steps.find((one) => one.name === name)!;
    return reaction.does === undefined ? this.#undo(turn, reaction, step) : this.#do(turn, reaction, step);
  }

  #do(
    turn: Turn,
    { applied, rejected, attemptsMax = ATTEMPTS_MAX }: Reaction,
    step: StepDefinition,
  ): Failure | undefined {
    const { remembered, input } = turn;
    if (remembered.steps.has(step.name)) return undefined; // R4
    const context = { saga: turn.call.saga, input, results: resultsBefore(turn, step) };
    const outcome = this.#ask(turn, step, 'forward', step.action, () => step.payload(context));
    if (outcome.kind === 'applied') {
      remembered.steps.set(step.name, 'applied');
      if (outcome.result !== undefined)
        remembered.results = { ...remembered.results, [step.name]: outcome.result };
      publish(turn, applied);
      return undefined;
    }
    if (outcome.kind === 'unknown') remembered.inDoubt.add(step.name);
    if (rejected === undefined) return outcome;
    const failures = (remembered.failures.get(step.name) ?? 0) + 1;
    remembered.failures.set(step.name, failures);
    const isClosed = outcome.kind === 'rejected' && isFinal(outcome.failure);
    if (!isClosed && failures < attemptsMax) return outcome; // R3
    const doubt = remembered.inDoubt.has(step.name) ? this.#settleDoubt(turn, step, outcome) : undefined;
    if (doubt !== undefined) return doubt;
    remembered.steps.set(step.name, 'refused');
    publish(turn, rejected, outcome.reason);
    return undefined;
  }

  /** R5. What keeps the doubt from being settled, if anything does. */
  #settleDoubt(turn: Turn, step: StepDefinition, outcome: Failure): Failure | undefined {
    if (step.compensation === undefined) return step.hasEffects ? outcome : undefined;
    const undone = this.#compensate(turn, step, step.compensation);
    return undone.kind === 'applied' ? undefined : undone;
  }

  #compensate(turn: Turn, step: StepDefinition, compensation: string): Outcome {
    const { call, input, remembered } = turn;
    const result = remembered.results[step.name];
    const context = { saga: call.saga, input, results: resultsBefore(turn, step), result };
    return this.#ask(turn, step, 'compensation', compensation, () => step.compensationPayload(context));
  }

  #undo(turn: Turn, { applied }: Reaction, step: StepDefinition): Failure | undefined {
    const { remembered } = turn;
    const standing = remembered.steps.get(step.name);
    if (standing === 'refused' || (standing === 'applied' && staysDone(step))) return undefined;
    const isInDoubt = standing === undefined && remembered.inDoubt.has(step.name);
    if (isInDoubt && staysDone(step)) return IN_DOUBT; // R5
    const { compensation } = step;
    const mayStand = standing === 'applied' || isInDoubt; // R5
    if (mayStand && compensation !== undefined) {
      const outcome = this.#compensate(turn, step, compensation);
      if (outcome.kind !== 'applied') return outcome;
    }
    remembered.steps.set(step.name, standing === 'applied' ? 'undone' : 'never'); // R4
    publish(turn, applied);
    return undefined;
  }

  /** The participant's own action, under the key of the step: whichever event it follows from, it is one operation. */
  #ask(
    { call, env }: Turn,
    { name }: StepDefinition,
    direction: Call['direction'],
    action: string,
    payloadOf: () => unknown,
  ): Outcome {
    const { saga, round, attempt, service } = call;
    let payload: unknown;
    let hash: number;
    try {
      payload = payloadOf();
      hash = payloadHash(payload);
    } catch (error) {
      return poison(payloadFault(name) + (error instanceof Error ? error.message : String(error)));
    }
    const key = idempotencyKey(saga, name, direction, round);
    const own: Call = {
      kind: 'call',
      saga,
      step: name,
      direction,
      round,
      attempt,
      key,
      service,
      action,
      payload,
      payloadHash: hash,
    };
    return this.inner.handle(own, env);
  }
}

function resultsBefore(
  { choreography, remembered }: Turn,
  { ancestors }: StepDefinition,
): Readonly<Record<string, unknown>> {
  const { steps } = choreography.saga;
  const known = ancestors.map((index) => steps[index]!.name).filter((name) => name in remembered.results);
  return Object.fromEntries(known.map((name) => [name, remembered.results[name]]));
}

function publish({ choreography, remembered, published, input }: Turn, type: string, reason?: string): void {
  const { results } = remembered;
  const data: EventData = { input, results, ...(reason === undefined ? {} : { reason }) };
  remembered.time++;
  published.push({ type, schema: choreography.events?.[type]?.schema ?? 1, time: remembered.time, data });
}

/** The event in its present shape; or why it is none. */
function presentOf({ choreography, type }: Subscription, payload: unknown): PublishedEvent | Rejected {
  const event = payload as PublishedEvent;
  const { schema = 1, upcast } = choreography.events?.[type] ?? {};
  const isEvent = event?.type === type && Number.isSafeInteger(event.time) && isRecord(event.data);
  if (!isEvent) return poison(`this is no "${type}"`);
  if (event.schema === schema) return event;
  const what = `"${type}" has schema ${event.schema}`;
  if (event.schema > schema) return poison(`${what}, and this service knows ${schema}`);
  if (upcast === undefined) return poison(`${what}, and there is no upcaster to ${schema}`);
  try {
    const data = upcast(event.data, event.schema);
    if (isRecord(data)) return { ...event, schema, data: data as unknown as EventData };
    return poison(`${what}, and its upcaster made no event of it`);
  } catch (error) {
    return poison(
      `${what}, and its upcaster failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Refused for good: a dead letter, until a service comes that knows what to do with it. */
function poison(reason: string): Rejected {
  return { kind: 'rejected', failure: 'invalid_request', reason };
}

function handled(events: readonly PublishedEvent[]): Outcome {
  return { kind: 'applied', result: { events } satisfies Handled };
}
