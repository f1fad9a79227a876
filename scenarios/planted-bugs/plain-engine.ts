// A small saga engine that is right: the pure core with the plainest process around it. Most planted bugs are this
// engine with one method overridden, and their twins are this engine as it stands.
//
// One append per saga is under way at a time; what comes meanwhile waits. A call leaves when the event that intends
// it is durable (E1). What is outstanding follows from the state (E9). Every append carries the expected version
// and the epoch, and one in doubt is settled by reading back (E10).

import {
  type Answer,
  advance,
  type Call,
  type Command,
  created,
  deadlineOf,
  decide,
  decideRepair,
  evolve,
  idempotencyKey,
  initialState,
  isAtRest,
  isWritten,
  type OrchestratorInput,
  type OrchestratorOptions,
  type OrchestratorOutput,
  type PendingCall,
  type Policy,
  pending,
  type Repair,
  type SagaDefinition,
  type SagaEvent,
  type SagaInput,
  type SagaState,
  type StepDefinition,
  type StoreAnswer,
  type StoredEvent,
} from '../../engine/index.ts';
import type { Engine } from '../../simulator/index.ts';
import { callOf, HOLD_US, type Job, NEVER, NO_ANSWER, newJob, payloadOf } from './plain-job.ts';

const APPEND_TIMEOUT_US = 5_000_000;
const STORE_RETRY_US = 100_000;

type Reply = Extract<OrchestratorInput, { kind: 'reply' }>;
type AppendAnswer = Exclude<StoreAnswer['kind'], 'loaded' | 'load-failed'>;
export type Wish = Exclude<Command, { kind: 'create' }>;

/**
 * @example
 * class Hasty extends PlainEngine {
 *   protected override keyOf(state: SagaState, step: StepDefinition, { direction, attempt }: PendingCall): string {
 *     return `${state.saga}/${step.name}/${direction}/${attempt}`; // E4 broken
 *   }
 * }
 */
export class PlainEngine implements Engine {
  protected readonly options: OrchestratorOptions;
  protected readonly jobs = new Map<string, Job>();
  readonly #touched = new Set<Job>();
  #outputs: OrchestratorOutput[] = [];
  #appends: number;
  #loads: number;
  #halted = false;

  /** @param numbersFrom where the numbers of its appends and loads begin: tells two engines of one process apart */
  constructor(options: OrchestratorOptions, numbersFrom = 0) {
    this.options = options;
    this.#appends = numbersFrom;
    this.#loads = numbersFrom;
  }

  handle(input: OrchestratorInput, nowUs: number): readonly OrchestratorOutput[] {
    this.#outputs = [];
    if (!this.#halted) this.take(input, nowUs);
    for (const job of this.#touched) {
      const { saga } = job;
      const dueAtUs = this.jobs.get(saga) === job ? this.nextDueUs(job) : NEVER;
      if (dueAtUs < NEVER) this.emit({ kind: 'wake', saga, atUs: Math.max(nowUs, dueAtUs) });
    }
    this.#touched.clear();
    return this.#outputs;
  }

  // --- What a bug may get wrong ---------------------------------------------------------------------------

  /** What an input means: the facts to append. */
  protected decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    return decide(state, input, this.policyOf(state.definition), nowUs);
  }

  /** What a wish means: the facts to append, or nothing. */
  protected wished(state: SagaState, wish: Wish, nowUs: number): Repair {
    if (wish.kind === 'repair') return decideRepair(state, wish.act, nowUs);
    const events = this.decide(state, { kind: wish.kind }, nowUs);
    if (events.length === 0) return { kind: 'refused', reason: `saga is ${state.status}` };
    return { kind: 'decided', events };
  }

  /** What follows from a state: the next intents, or the end. */
  protected follows(state: SagaState): readonly SagaEvent[] {
    return advance(state);
  }

  /** The calls that are outstanding. */
  protected outstanding(state: SagaState): readonly PendingCall[] {
    return pending(state);
  }

  /** Whether a call that is due may leave. */
  protected mayLeave(_call: Call, _nowUs: number): boolean {
    return true;
  }

  /** A call has left. */
  protected sent(_job: Job, _call: Call, _nowUs: number): void {}

  protected keyOf(state: SagaState, step: StepDefinition, { direction }: PendingCall): string {
    return idempotencyKey(state.saga, step.name, direction, state.round);
  }

  protected payloadOf(state: SagaState, step: StepDefinition, due: PendingCall): unknown {
    return payloadOf(state, step, due);
  }

  /** By which definition a log is read. */
  protected definitionOf(name: string, version: number): SagaDefinition {
    return this.options.definitions.find((known) => known.name === name && known.version === version)!;
  }

  /** What a log folds to. */
  protected stateOf(log: readonly StoredEvent[]): SagaState {
    const first = log[0]!;
    if (first.event.kind !== 'saga-created') throw new Error('a log begins with saga-created');
    const { definition, definitionVersion } = first.event;
    const state = initialState(this.definitionOf(definition, definitionVersion), first.saga);
    for (const { event } of log) evolve(state, event);
    return state;
  }

  /** The process came back: a saga that has not ended is taken up again. */
  protected recover(log: readonly StoredEvent[], nowUs: number): void {
    const state = this.stateOf(log);
    if (isAtRest(state.status)) return;
    const job = this.open(state.saga, state);
    const intents = this.follows(state);
    if (intents.length > 0) this.commit(job, intents, nowUs);
    else this.dispatch(job, state, nowUs);
  }

  protected create(command: Extract<Command, { kind: 'create' }>, nowUs: number): void {
    const { saga, definition, input, request } = command;
    const known = this.jobs.get(saga);
    if (known !== undefined) return this.deliver(known, command, nowUs);
    const job = this.open(saga, initialState(definition, saga));
    if (request !== undefined) job.requests.push(request);
    this.commit(job, [created(definition, input, nowUs)], nowUs);
  }

  /** Asks the store for the append under way. */
  protected write(job: Job, nowUs: number): void {
    this.emit(job.append!);
    this.storeDue(job, 'load', nowUs + APPEND_TIMEOUT_US);
  }

  /** The store has answered for the append under way. */
  protected answered(job: Job, kind: AppendAnswer, nowUs: number): void {
    switch (kind) {
      case 'appended':
        return this.settled(job, nowUs);
      case 'append-failed':
        return this.storeDue(job, 'append', nowUs + STORE_RETRY_US);
      case 'append-fenced':
        return this.halt(job.saga);
      default:
        return this.load(job, nowUs); // unknown, or there before: the log tells
    }
  }

  /** Something may be due: look. */
  protected wake(job: Job, nowUs: number): void {
    const { state, append } = job;
    if (job.storeDueAtUs <= nowUs) {
      return job.storeNext === 'append' ? this.write(job, nowUs) : this.load(job, nowUs);
    }
    if (state === undefined || append !== undefined) return;
    const deadlineAtUs = deadlineOf(state);
    if (deadlineAtUs >= 0 && deadlineAtUs <= nowUs) {
      return this.input(job, state, { kind: 'deadline-passed' }, nowUs);
    }
    const late = this.outstanding(state).find((call) => this.waitsUntilUs(job, state, call) <= nowUs);
    if (late === undefined) return this.dispatch(job, state, nowUs);
    const { step, direction, attempt } = late;
    const { round } = state;
    this.input(job, state, { kind: 'reply', step, direction, round, attempt, outcome: NO_ANSWER }, nowUs);
  }

  // --- The rest -------------------------------------------------------------------------------------------

  protected take(input: OrchestratorInput, nowUs: number): void {
    switch (input.kind) {
      case 'create':
        return this.create(input, nowUs);
      case 'cancel':
      case 'retry':
      case 'resume':
      case 'repair': {
        const job = this.jobs.get(input.saga) ?? this.open(input.saga, undefined);
        if (job.state === undefined && job.load === 0) this.load(job, nowUs);
        return this.deliver(job, input, nowUs);
      }
      case 'recovered':
        for (const log of input.sagas) this.recover(log, nowUs);
        return;
      case 'reply':
        return this.withJob(input.call.saga, (job) => this.deliver(job, input, nowUs)); // E5
      case 'wake':
        return this.withJob(input.saga, (job) => this.wake(job, nowUs));
      case 'loaded':
      case 'load-failed':
        return this.withJob(input.saga, (job) => {
          if (job.load !== input.number) return;
          job.load = 0;
          if (input.kind === 'loaded') this.loaded(job, input.events, nowUs);
          else this.storeDue(job, 'load', nowUs + STORE_RETRY_US);
        });
      default:
        return this.withJob(input.append.saga, (job) => {
          if (job.append?.number === input.append.number) this.answered(job, input.kind, nowUs);
        });
    }
  }

  protected withJob(saga: string, act: (job: Job) => void): void {
    const job = this.jobs.get(saga);
    if (job === undefined) return;
    this.#touched.add(job);
    act(job);
  }

  protected open(saga: string, state: SagaState | undefined): Job {
    const job = newJob(saga, state);
    this.jobs.set(saga, job);
    this.#touched.add(job);
    return job;
  }

  /** Takes an input now, or keeps it until the append under way is settled. */
  protected deliver(job: Job, input: OrchestratorInput, nowUs: number): void {
    const { state, append } = job;
    if (state === undefined || append !== undefined) job.inbox.push(input);
    else if (input.kind === 'reply') this.reply(job, state, input, nowUs);
    else if (input.kind === 'create') this.answer(job.saga, input.request, 'accepted');
    else this.grant(job, state, input as Wish, nowUs);
  }

  protected reply(job: Job, state: SagaState, { call, outcome }: Reply, nowUs: number): void {
    const step = state.definition.steps.findIndex(({ name }) => name === call.step);
    const { direction, round, attempt } = call;
    this.input(job, state, { kind: 'reply', step, direction, round, attempt, outcome }, nowUs);
  }

  protected grant(job: Job, state: SagaState, wish: Wish, nowUs: number): void {
    const wished = this.wished(state, wish, nowUs);
    if (wished.kind === 'done-before') return this.answer(job.saga, wish.request, wished.kind);
    if (wished.kind === 'refused') return this.answer(job.saga, wish.request, wished.kind, wished.reason);
    job.wish = wish;
    this.commit(job, wished.events, nowUs);
  }

  protected input(job: Job, state: SagaState, input: SagaInput, nowUs: number): void {
    const facts = this.decide(state, input, nowUs);
    if (facts.length > 0) this.commit(job, facts, nowUs);
  }

  /** Folds the facts and all that follows from them, and asks for one append of it all. */
  protected commit(job: Job, facts: readonly SagaEvent[], nowUs: number): void {
    const state = job.state!;
    const expectedVersion = state.version;
    const events: SagaEvent[] = [];
    for (let more = facts; more.length > 0; more = this.follows(state)) {
      for (const event of more) evolve(state, event);
      events.push(...more);
    }
    const { epoch } = this.options;
    const number = ++this.#appends;
    job.append = { kind: 'append', saga: job.saga, number, expectedVersion, epoch, atUs: nowUs, events };
    this.write(job, nowUs);
  }

  protected load(job: Job, nowUs: number): void {
    job.load = ++this.#loads;
    this.emit({ kind: 'load', saga: job.saga, number: job.load });
    this.storeDue(job, 'load', nowUs + APPEND_TIMEOUT_US);
  }

  protected storeDue(job: Job, next: 'append' | 'load', atUs: number): void {
    job.storeNext = next;
    job.storeDueAtUs = atUs;
  }

  protected loaded(job: Job, log: readonly StoredEvent[], nowUs: number): void {
    const { append } = job;
    if ((log.at(-1)?.epoch ?? 0) > this.options.epoch) return this.halt(job.saga);
    if (append !== undefined) {
      const written = log.slice(append.expectedVersion);
      if (written.length === 0) return this.storeDue(job, 'append', nowUs);
      if (isWritten(written, append)) return this.settled(job, nowUs);
      job.append = undefined; // another life of this process was here: the log is right
      if (job.wish !== undefined) job.inbox.unshift(job.wish);
      job.wish = undefined;
    }
    if (log.length === 0) return this.notThere(job, nowUs);
    job.state = this.stateOf(log);
    this.settled(job, nowUs);
  }

  /** Nobody has begun the saga yet; what has waited may begin it. */
  protected notThere(job: Job, nowUs: number): void {
    this.jobs.delete(job.saga);
    for (const input of job.inbox) {
      if (input.kind === 'create') this.create(input, nowUs);
      else if ('request' in input) this.answer(job.saga, input.request, 'refused', 'no such saga');
    }
  }

  /** The state is what the log says: answer, take what has waited, send what is outstanding. */
  protected settled(job: Job, nowUs: number): void {
    job.append = undefined;
    job.load = 0;
    job.storeDueAtUs = NEVER;
    this.answer(job.saga, job.wish?.request, 'accepted');
    job.wish = undefined;
    for (const request of job.requests.splice(0)) this.answer(job.saga, request, 'accepted');
    const waiting = job.inbox.splice(0);
    for (const input of waiting) this.deliver(job, input, nowUs);
    const state = job.state!;
    if (job.append !== undefined) return;
    if (!isAtRest(state.status)) return this.dispatch(job, state, nowUs);
    this.jobs.delete(job.saga);
    this.emit({ kind: 'ended', saga: job.saga, status: state.status, state });
  }

  /** Sends every outstanding call that is due and has not left. */
  protected dispatch(job: Job, state: SagaState, nowUs: number): void {
    for (const due of this.outstanding(state)) {
      if (due.dueAtUs > nowUs || this.waitsUntilUs(job, state, due) < NEVER) continue;
      const step = state.definition.steps[due.step]!;
      const call = callOf(state, due, this.keyOf(state, step, due), this.payloadOf(state, step, due));
      if (!this.mayLeave(call, nowUs)) {
        job.heldUntilUs = nowUs + HOLD_US;
        continue;
      }
      const timeoutUs = step.timeoutUs ?? this.policyOf(state.definition).callTimeoutUs;
      job.sent.set(call.step, { call, untilUs: nowUs + timeoutUs });
      this.emit(call);
      this.sent(job, call, nowUs);
    }
  }

  /** Until when the answer to this very attempt is waited for; NEVER when it has not left. */
  protected waitsUntilUs(job: Job, state: SagaState, due: PendingCall): number {
    const sent = job.sent.get(state.definition.steps[due.step]!.name);
    if (sent === undefined) return NEVER;
    const { direction, round, attempt } = sent.call;
    const same = direction === due.direction && round === state.round && attempt === due.attempt;
    return same ? sent.untilUs : NEVER;
  }

  /** When there may be something to do for a job. */
  protected nextDueUs(job: Job): number {
    const { state } = job;
    if (state === undefined || job.append !== undefined || job.storeDueAtUs < NEVER) return job.storeDueAtUs;
    const deadlineAtUs = deadlineOf(state);
    let dueAtUs = deadlineAtUs < 0 ? NEVER : deadlineAtUs;
    for (const call of this.outstanding(state)) {
      const untilUs = this.waitsUntilUs(job, state, call);
      dueAtUs = Math.min(dueAtUs, untilUs < NEVER ? untilUs : Math.max(call.dueAtUs, job.heldUntilUs));
    }
    return dueAtUs;
  }

  protected policyOf(definition: SagaDefinition): Policy {
    const { policy, overridePolicy } = this.options;
    return overridePolicy === true ? policy : (definition.policy ?? policy);
  }

  protected halt(saga: string): void {
    this.#halted = true;
    this.emit({ kind: 'halt', saga });
  }

  protected answer(saga: string, request: string | undefined, answer: Answer, reason?: string): void {
    if (request !== undefined) this.emit({ kind: 'answer', saga, request, answer, reason });
  }

  protected emit(output: OrchestratorOutput): void {
    this.#outputs.push(output);
  }
}
