// One process that drives many sagas. Sans-IO: inputs go in with the time they came, outputs come out in the
// order in which the host must perform them. The host adds nothing to that order.
//
// E1  Append before send: a call leaves only when `appended` has come for the event that intends it.
// E5  Replies to a saga that is not in memory die here.
// E7  The deadline ends forward work only.
// E9  After every durable append, and after recovery, what is sent follows from `pending(state)` alone.
// E10 Every append carries the expected version and the epoch. An append whose own outcome is not known is
//     settled by reading back; a fenced writer halts. One append per saga is under way at a time: inputs that
//     come meanwhile wait in the saga's inbox.

import { assert, unreachable } from './assert.ts';
import { makeCall } from './call.ts';
import { type SagaDefinition, stepIndexOf } from './define-saga.ts';
import { parseInput } from './parse-input.ts';
import type { Policy } from './policy.ts';
import type { StoredEvent } from './ports.ts';
import type { Call, Outcome } from './protocol.ts';
import {
  advance,
  decide,
  evolve,
  fold,
  initialState,
  isAtRest,
  isCommitted,
  type PendingCall,
  pending,
  type SagaEvent,
  type SagaInput,
  type SagaState,
  type SagaStatus,
} from './saga.ts';

/** A person's or client's wish. `request` comes back in the answer. */
export type Command =
  | {
      readonly kind: 'create';
      readonly saga: string;
      readonly definition: SagaDefinition;
      readonly input: unknown;
      readonly request?: string;
    }
  | {
      readonly kind: 'cancel' | 'retry' | 'resume';
      readonly saga: string;
      readonly request?: string;
    };

/** What the store says of an append, of a load, or of nothing at all. `expectedVersion` names the append. */
export type StoreAnswer =
  | {
      readonly kind: 'appended' | 'append-failed' | 'append-unknown' | 'append-conflict' | 'append-fenced';
      readonly saga: string;
      readonly expectedVersion: number;
    }
  | { readonly kind: 'loaded'; readonly saga: string; readonly events: readonly StoredEvent[] }
  | { readonly kind: 'load-failed'; readonly saga: string };

export type OrchestratorInput =
  | Command
  | StoreAnswer
  | { readonly kind: 'reply'; readonly call: Call; readonly outcome: Outcome }
  | { readonly kind: 'wake'; readonly saga: string }
  | { readonly kind: 'recovered'; readonly sagas: readonly (readonly StoredEvent[])[] };

/** Append all these events or none, if the saga stands at `expectedVersion` and no later epoch was opened. */
export interface AppendOutput {
  readonly kind: 'append';
  readonly saga: string;
  readonly expectedVersion: number;
  readonly epoch: number;
  readonly events: readonly StoredEvent[];
}

export type OrchestratorOutput =
  | AppendOutput
  | Call
  | { readonly kind: 'load'; readonly saga: string }
  | { readonly kind: 'wake'; readonly saga: string; readonly atUs: number }
  /** The saga ended, or waits for a person; the orchestrator has forgotten it, and any wake may be dropped. */
  | { readonly kind: 'ended'; readonly saga: string; readonly status: SagaStatus; readonly state: SagaState }
  | {
      readonly kind: 'answer';
      readonly saga: string;
      readonly request: string;
      readonly answer: 'accepted' | 'refused';
      readonly reason?: string;
    }
  /** This writer was fenced: it must stop, and may be replaced. */
  | { readonly kind: 'halt'; readonly saga: string };

export interface OrchestratorOptions {
  /** Given by the store when the partition was opened (E10). */
  readonly epoch: number;
  /** Used for definitions that name no policy, or for all when `overridePolicy`. */
  readonly policy: Policy;
  readonly overridePolicy?: boolean;
  /** Definitions by which recovered sagas are folded. */
  readonly definitions: readonly SagaDefinition[];
}

/** How long an append may go unanswered before it is read back, in microseconds. */
export const APPEND_TIMEOUT_US = 5_000_000;
/** How long to wait before an append or a load that failed is tried again, in microseconds. */
export const STORE_RETRY_US = 100_000;

/** What one process keeps of one saga that is in its memory. Nothing here survives a crash, or needs to. */
interface Entry {
  readonly saga: string;
  state: SagaState | undefined;
  /** The append under way; the state is already ahead by its events. */
  append: AppendOutput | undefined;
  /** When the store must be asked again: an append unanswered, or one to be repeated. */
  storeDueAtUs: number;
  storeNext: 'append' | 'load';
  /** Per step: the attempt on the wire, negative for a compensation, 0 for none. */
  readonly onWire: number[];
  readonly timeoutAtUs: number[];
  /** The earliest wake that was asked for and has not come. */
  wakeAtUs: number;
  inbox: OrchestratorInput[] | undefined;
  /** Requests to be answered when the append is durable. */
  requests: string[] | undefined;
}

/**
 * The saga engine as a state machine.
 *
 * @example
 * const machine = new Orchestrator({ epoch: 1, policy: policies.default, definitions: [transfer] });
 * for (const output of machine.handle({ kind: 'create', saga: 's-1', definition: transfer, input }, nowUs)) perform(output);
 */
export class Orchestrator {
  readonly #options: OrchestratorOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #definitions: ReadonlyMap<string, SagaDefinition>;
  #outputs: OrchestratorOutput[] = [];
  #halted = false;

  /** @throws UserError when a definition cannot run under the policy it would get (E12). */
  constructor(options: OrchestratorOptions) {
    this.#options = options;
    this.#definitions = new Map(options.definitions.map((d) => [definitionKey(d.name, d.version), d]));
    for (const definition of options.definitions) this.#policyOf(definition).check(definition);
  }

  /** Sagas in memory: neither ended nor waiting for a person. */
  get size(): number {
    return this.#entries.size;
  }

  /** Takes one input and returns what the host must do, in this order. Never call it while performing outputs. */
  handle(input: OrchestratorInput, nowUs: number): readonly OrchestratorOutput[] {
    this.#outputs = [];
    if (!this.#halted) this.#take(input, nowUs);
    return this.#outputs;
  }

  #take(input: OrchestratorInput, nowUs: number): void {
    switch (input.kind) {
      case 'create':
        return this.#create(input, nowUs);
      case 'cancel':
      case 'retry':
      case 'resume':
        return this.#command(input, nowUs);
      case 'recovered':
        for (const events of input.sagas) this.#recover(events, nowUs);
        return;
      case 'reply': {
        const entry = this.#entries.get(input.call.saga);
        if (entry !== undefined) this.#deliver(entry, input, nowUs); // E5
        return;
      }
      case 'wake': {
        const entry = this.#entries.get(input.saga);
        if (entry !== undefined) this.#wake(entry, nowUs);
        return;
      }
      default:
        return this.#storeAnswered(input, nowUs);
    }
  }

  // --- commands -------------------------------------------------------------------------------------------

  #create(command: Extract<Command, { kind: 'create' }>, nowUs: number): void {
    const { saga, definition, request } = command;
    const known = this.#entries.get(saga);
    if (known !== undefined) return this.#answerWhenDurable(known, request);
    const parsed = parseInput(definition, command.input);
    if (parsed.kind === 'refused') return this.#answer(saga, request, 'refused', parsed.reason);
    const entry = this.#newEntry(saga, initialState(definition, saga));
    this.#answerWhenDurable(entry, request);
    const { deadlineUs } = definition;
    this.#commit(
      entry,
      [
        {
          kind: 'saga-created',
          definition: definition.name,
          definitionVersion: definition.version,
          input: parsed.input,
          ...(deadlineUs === undefined ? {} : { deadlineAtUs: nowUs + deadlineUs }),
        },
      ],
      nowUs,
    );
  }

  #command(command: Exclude<Command, { kind: 'create' }>, nowUs: number): void {
    let entry = this.#entries.get(command.saga);
    if (entry === undefined) {
      entry = this.#newEntry(command.saga, undefined);
      this.#load(entry, nowUs);
    }
    this.#deliver(entry, command, nowUs);
  }

  #newEntry(saga: string, state: SagaState | undefined): Entry {
    const entry: Entry = {
      saga,
      state,
      append: undefined,
      storeDueAtUs: -1,
      storeNext: 'load',
      onWire: [],
      timeoutAtUs: [],
      wakeAtUs: -1,
      inbox: undefined,
      requests: undefined,
    };
    this.#entries.set(saga, entry);
    return entry;
  }

  #answerWhenDurable(entry: Entry, request: string | undefined): void {
    if (request === undefined) return;
    if (entry.append === undefined && entry.state !== undefined && entry.state.version > 0) {
      this.#answer(entry.saga, request, 'accepted');
    } else {
      entry.requests ??= [];
      entry.requests.push(request);
    }
  }

  #answer(saga: string, request: string | undefined, answer: 'accepted' | 'refused', reason?: string): void {
    if (request === undefined) return;
    this.#outputs.push({
      kind: 'answer',
      saga,
      request,
      answer,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  // --- inputs of one saga ---------------------------------------------------------------------------------

  /** Takes an input now, or keeps it until the append under way is settled. */
  #deliver(entry: Entry, input: OrchestratorInput, nowUs: number): void {
    if (entry.append !== undefined || entry.state === undefined) {
      entry.inbox ??= [];
      entry.inbox.push(input);
      return;
    }
    this.#apply(entry, entry.state, input, nowUs);
  }

  #apply(entry: Entry, state: SagaState, input: OrchestratorInput, nowUs: number): void {
    switch (input.kind) {
      case 'reply':
        return this.#reply(entry, state, input.call, input.outcome, nowUs);
      case 'cancel':
      case 'retry':
      case 'resume': {
        const facts = decide(state, { kind: input.kind }, this.#policyOf(state.definition), nowUs);
        if (facts.length === 0) {
          return this.#answer(entry.saga, input.request, 'refused', `saga is ${state.status}`);
        }
        this.#commit(entry, facts, nowUs);
        return this.#answerWhenDurable(entry, input.request);
      }
      default:
        throw new Error(`${input.kind} is never kept in an inbox`);
    }
  }

  #reply(entry: Entry, state: SagaState, call: Call, outcome: Outcome, nowUs: number): void {
    const step = stepIndexOf(state.definition, call.step);
    if (step < 0) return;
    const { direction, round, attempt } = call;
    this.#decide(entry, state, { kind: 'reply', step, direction, round, attempt, outcome }, nowUs);
  }

  #decide(entry: Entry, state: SagaState, input: SagaInput, nowUs: number): void {
    const facts = decide(state, input, this.#policyOf(state.definition), nowUs);
    if (facts.length === 0) return;
    if (input.kind === 'reply') entry.onWire[input.step] = 0;
    this.#commit(entry, facts, nowUs);
  }

  /** Folds the facts and what follows from them, and asks for one append of all. */
  #commit(entry: Entry, events: SagaEvent[], nowUs: number): void {
    const state = entry.state;
    assert(state !== undefined && entry.append === undefined, `saga ${entry.saga}: commit out of turn`);
    const expectedVersion = state.version;
    let folded = 0;
    for (;;) {
      for (; folded < events.length; folded++) evolve(state, events[folded]!);
      advance(state, events);
      if (events.length === folded) break;
    }
    const { epoch } = this.#options;
    const rows: StoredEvent[] = [];
    for (let i = 0; i < events.length; i++) {
      rows.push({
        saga: entry.saga,
        version: expectedVersion + i + 1,
        epoch,
        atUs: nowUs,
        event: events[i]!,
      });
    }
    entry.append = { kind: 'append', saga: entry.saga, expectedVersion, epoch, events: rows };
    this.#sendAppend(entry, nowUs);
  }

  // --- the store ------------------------------------------------------------------------------------------

  #sendAppend(entry: Entry, nowUs: number): void {
    assert(entry.append !== undefined, `saga ${entry.saga}: nothing to append`);
    this.#outputs.push(entry.append);
    this.#storeDue(entry, 'load', nowUs + APPEND_TIMEOUT_US); // E10: unanswered is unknown
  }

  #load(entry: Entry, nowUs: number): void {
    this.#outputs.push({ kind: 'load', saga: entry.saga });
    this.#storeDue(entry, 'load', nowUs + APPEND_TIMEOUT_US);
  }

  #storeDue(entry: Entry, next: 'append' | 'load', atUs: number): void {
    entry.storeNext = next;
    entry.storeDueAtUs = atUs;
    this.#wakeBy(entry, atUs);
  }

  #storeAnswered(answer: StoreAnswer, nowUs: number): void {
    const entry = this.#entries.get(answer.saga);
    if (entry === undefined) return;
    if (answer.kind === 'loaded') return this.#loaded(entry, answer.events, nowUs);
    if (answer.kind === 'load-failed') {
      if (entry.storeDueAtUs >= 0) this.#storeDue(entry, 'load', nowUs + STORE_RETRY_US);
      return;
    }
    if (entry.append?.expectedVersion !== answer.expectedVersion) return; // settled before
    switch (answer.kind) {
      case 'appended':
        return this.#durable(entry, nowUs);
      case 'append-failed':
        return this.#storeDue(entry, 'append', nowUs + STORE_RETRY_US);
      case 'append-unknown':
      case 'append-conflict':
        return this.#load(entry, nowUs);
      case 'append-fenced':
        return this.#halt(entry.saga);
      default:
        unreachable(answer);
    }
  }

  #halt(saga: string): void {
    this.#halted = true;
    this.#outputs.push({ kind: 'halt', saga });
  }

  /** E10: what stands in the log decides what became of the append. */
  #loaded(entry: Entry, events: readonly StoredEvent[], nowUs: number): void {
    const { append } = entry;
    if (append === undefined) {
      if (entry.state === undefined) this.#firstLoad(entry, events, nowUs);
      return;
    }
    const row = events[append.expectedVersion];
    if (row === undefined) return this.#storeDue(entry, 'append', nowUs);
    if (row.epoch > append.epoch) return this.#halt(entry.saga);
    const end = append.expectedVersion + append.events.length;
    if (row.epoch === append.epoch && events.length === end) return this.#durable(entry, nowUs);
    // The saga was there before this process knew of it: take the log's word, forget what was decided here.
    entry.append = undefined;
    entry.state = undefined;
    this.#firstLoad(entry, events, nowUs);
  }

  #firstLoad(entry: Entry, events: readonly StoredEvent[], nowUs: number): void {
    if (events.length === 0) {
      for (const input of entry.inbox ?? []) {
        if ('request' in input) this.#answer(entry.saga, input.request, 'refused', 'no such saga');
      }
      this.#entries.delete(entry.saga);
      return;
    }
    entry.state = this.#fold(events);
    this.#settled(entry, nowUs);
  }

  #durable(entry: Entry, nowUs: number): void {
    entry.append = undefined;
    this.#settled(entry, nowUs);
  }

  /** The state is what the log says: answer, send what is pending, take what has waited. */
  #settled(entry: Entry, nowUs: number): void {
    const state = entry.state;
    assert(state !== undefined, `saga ${entry.saga}: settled without a state`);
    entry.storeDueAtUs = -1;
    if (entry.requests !== undefined) {
      for (const request of entry.requests) this.#answer(entry.saga, request, 'accepted');
      entry.requests = undefined;
    }
    this.#drainInbox(entry, state, nowUs);
    if (entry.append !== undefined) return;
    if (isAtRest(state.status)) {
      this.#entries.delete(entry.saga);
      this.#outputs.push({ kind: 'ended', saga: entry.saga, status: state.status, state });
      return;
    }
    this.#dispatch(entry, state, nowUs);
  }

  #drainInbox(entry: Entry, state: SagaState, nowUs: number): void {
    while (entry.append === undefined && entry.inbox !== undefined) {
      const input = entry.inbox.shift();
      if (input === undefined) entry.inbox = undefined;
      else this.#apply(entry, state, input, nowUs);
    }
  }

  // --- recovery -------------------------------------------------------------------------------------------

  #recover(events: readonly StoredEvent[], nowUs: number): void {
    const state = this.#fold(events);
    if (this.#entries.has(state.saga) || isAtRest(state.status)) return;
    const entry = this.#newEntry(state.saga, state);
    const intents: SagaEvent[] = [];
    advance(state, intents); // empty, unless another version of this code wrote the log
    if (intents.length > 0) this.#commit(entry, intents, nowUs);
    else this.#dispatch(entry, state, nowUs);
  }

  #fold(events: readonly StoredEvent[]): SagaState {
    const first = events[0]?.event;
    assert(first?.kind === 'saga-created', 'a log begins with saga-created');
    const definition = this.#definitions.get(definitionKey(first.definition, first.definitionVersion));
    assert(definition !== undefined, `no definition ${first.definition} version ${first.definitionVersion}`);
    return fold(
      definition,
      events[0]!.saga,
      events.map((row) => row.event),
    );
  }

  // --- sending and waiting --------------------------------------------------------------------------------

  /** E9: sends every pending call that is due and not on the wire, and sees to it that the rest is not missed. */
  #dispatch(entry: Entry, state: SagaState, nowUs: number): void {
    let wakeAtUs = this.#deadlineOf(state);
    for (const call of pending(state)) {
      const mark = call.direction === 'forward' ? call.attempt : -call.attempt;
      if (entry.onWire[call.step] !== mark) {
        if (call.dueAtUs > nowUs) {
          wakeAtUs = earlier(wakeAtUs, call.dueAtUs);
          continue;
        }
        if (!this.#send(entry, state, call, mark, nowUs)) return;
      }
      wakeAtUs = earlier(wakeAtUs, entry.timeoutAtUs[call.step]!);
    }
    if (wakeAtUs >= 0) this.#wakeBy(entry, wakeAtUs);
  }

  /** False when the payload could not be made: then the call is settled without being sent. */
  #send(entry: Entry, state: SagaState, pending: PendingCall, mark: number, nowUs: number): boolean {
    let call: Call;
    try {
      call = makeCall(state, pending);
    } catch (error) {
      const reason = `payload of step "${state.definition.steps[pending.step]!.name}": ${messageOf(error)}`;
      const outcome: Outcome = { kind: 'rejected', failure: 'invalid_request', reason };
      this.#decide(entry, state, { ...pending, kind: 'reply', round: state.round, outcome }, nowUs);
      return false;
    }
    const timeoutUs = state.definition.steps[pending.step]!.timeoutUs;
    entry.onWire[pending.step] = mark;
    entry.timeoutAtUs[pending.step] = nowUs + (timeoutUs ?? this.#policyOf(state.definition).callTimeoutUs);
    this.#outputs.push(call);
    return true;
  }

  #deadlineOf(state: SagaState): number {
    const open = state.deadlineAtUs !== undefined && state.reason === undefined && state.status === 'running';
    return open && !isCommitted(state) ? state.deadlineAtUs! : -1;
  }

  #wakeBy(entry: Entry, atUs: number): void {
    if (entry.wakeAtUs >= 0 && entry.wakeAtUs <= atUs) return;
    entry.wakeAtUs = atUs;
    this.#outputs.push({ kind: 'wake', saga: entry.saga, atUs });
  }

  /** Something may be due: look. A wake that comes early finds nothing and is asked for again. */
  #wake(entry: Entry, nowUs: number): void {
    entry.wakeAtUs = -1;
    if (entry.storeDueAtUs >= 0) return this.#wakeForStore(entry, nowUs);
    const state = entry.state;
    assert(state !== undefined && entry.append === undefined, `saga ${entry.saga}: woken without a state`);
    const deadlineAtUs = this.#deadlineOf(state);
    if (deadlineAtUs >= 0 && deadlineAtUs <= nowUs) {
      return this.#decide(entry, state, { kind: 'deadline-passed' }, nowUs);
    }
    for (const { step, direction, attempt } of pending(state)) {
      const waiting = entry.onWire[step] === (direction === 'forward' ? attempt : -attempt);
      if (!waiting || entry.timeoutAtUs[step]! > nowUs) continue;
      const outcome: Outcome = { kind: 'unknown', failure: 'timeout', reason: 'no answer in time' };
      this.#decide(
        entry,
        state,
        { kind: 'reply', step, direction, round: state.round, attempt, outcome },
        nowUs,
      );
      return; // the append under way holds the others back; they are looked at again when it is durable
    }
    this.#dispatch(entry, state, nowUs);
  }

  #wakeForStore(entry: Entry, nowUs: number): void {
    if (entry.storeDueAtUs > nowUs) return this.#wakeBy(entry, entry.storeDueAtUs);
    if (entry.storeNext === 'append') return this.#sendAppend(entry, nowUs);
    return this.#load(entry, nowUs);
  }

  #policyOf(definition: SagaDefinition): Policy {
    const { policy, overridePolicy } = this.#options;
    return overridePolicy === true ? policy : (definition.policy ?? policy);
  }
}

function definitionKey(name: string, version: number): string {
  return `${name}@${version}`;
}

/** The earlier of two times, where -1 is never. */
function earlier(a: number, b: number): number {
  return a < 0 || b < a ? b : a;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
