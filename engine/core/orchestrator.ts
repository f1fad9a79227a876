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
import { stepIndexOf } from './define-saga.ts';
import { DefinitionBook } from './definition-book.ts';
import type {
  Command,
  OrchestratorInput,
  OrchestratorOptions,
  OrchestratorOutput,
  StoreAnswer,
} from './orchestrator-messages.ts';
import { parseInput } from './parse-input.ts';
import type { Call, Outcome } from './protocol.ts';
import {
  advance,
  created,
  deadlineOf,
  decide,
  initialState,
  isAtRest,
  isWritten,
  type PendingCall,
  pendingCall,
  type SagaEvent,
  type SagaInput,
  type SagaState,
  type StoredEvent,
  withConsequences,
} from './saga.ts';
import {
  APPEND_TIMEOUT_US,
  earlier,
  isSameAppend,
  keepForLater,
  keepRequest,
  lateCall,
  NEVER,
  type SagaSlot,
  SentCall,
  SlotAppend,
  STORE_RETRY_US,
  timeoutOf,
} from './saga-slot.ts';
import { SlotTable } from './slot-table.ts';

export * from './orchestrator-messages.ts';

const OUTPUTS_KEPT = 1_000;
const NO_ANSWER: Outcome = { kind: 'unknown', failure: 'timeout', reason: 'no answer in time' };

/**
 * The saga engine as a state machine.
 *
 * @example
 * const machine = new Orchestrator({ epoch: 1, policy: policies.default, definitions: [transfer] });
 * for (const output of machine.handle({ kind: 'create', saga: 's-1', definition: transfer, input }, nowUs)) perform(output);
 */
export class Orchestrator {
  readonly #epoch: number;
  readonly #book: DefinitionBook;
  readonly #slots = new SlotTable();
  readonly #outputs: OrchestratorOutput[] = []; // of the present input; its places are used again
  #count = 0;
  #appends = 0;
  #loads = 0;
  #halted = false;

  /** @throws UserError when a definition cannot run under the policy it would get (E12). */
  constructor(options: OrchestratorOptions) {
    this.#epoch = options.epoch;
    this.#book = new DefinitionBook(options);
  }

  /** Sagas in memory: neither ended nor waiting for a person. */
  get size(): number {
    return this.#slots.size;
  }

  /** Takes an input and returns what the host must do, in this order. Never call it while performing outputs. */
  handle(input: OrchestratorInput, nowUs: number): readonly OrchestratorOutput[] {
    this.#count = 0;
    if (!this.#halted) this.#take(input, nowUs);
    const outputs = this.#outputs;
    if (this.#count === 1) return [outputs[0]!]; // nearly always one or two: a literal is the fastest list
    if (this.#count === 2) return [outputs[0]!, outputs[1]!];
    const taken = outputs.slice(0, this.#count);
    if (outputs.length > OUTPUTS_KEPT) this.#outputs.length = 0; // a recovery of thousands must not be kept alive
    return taken;
  }

  #emit(output: OrchestratorOutput): void {
    this.#outputs[this.#count++] = output;
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
        const slot = this.#slots.ofCall(input.call);
        if (slot !== undefined) this.#deliver(slot, input, nowUs); // E5
        return;
      }
      case 'wake': {
        const slot = this.#slots.of(input.saga);
        if (slot !== undefined) this.#wake(slot, nowUs);
        return;
      }
      default:
        return this.#storeAnswered(input, nowUs);
    }
  }

  #create(command: Extract<Command, { kind: 'create' }>, nowUs: number): void {
    const { saga, definition, request } = command;
    const known = this.#slots.of(saga);
    if (known?.state !== undefined) return this.#answerWhenDurable(known, request);
    if (known !== undefined) return keepForLater(known, command);
    const parsed = parseInput(definition, command.input);
    if (parsed.kind === 'refused') return this.#answer(saga, request, 'refused', parsed.reason);
    const slot = this.#slots.open(saga, initialState(definition, saga));
    this.#answerWhenDurable(slot, request);
    this.#commit(slot, [created(definition, parsed.input, nowUs)], nowUs);
  }

  #command(command: Exclude<Command, { kind: 'create' }>, nowUs: number): void {
    let slot = this.#slots.of(command.saga);
    if (slot === undefined) {
      slot = this.#slots.open(command.saga, undefined);
      this.#load(slot, nowUs);
    }
    this.#deliver(slot, command, nowUs);
  }

  #answerWhenDurable(slot: SagaSlot, request: string | undefined): void {
    if (request === undefined) return;
    if (slot.append === undefined && slot.state !== undefined && slot.state.version > 0) {
      this.#answer(slot.saga, request, 'accepted');
    } else keepRequest(slot, request);
  }

  #answer(saga: string, request: string | undefined, answer: 'accepted' | 'refused', reason?: string): void {
    if (request === undefined) return;
    this.#emit({ kind: 'answer', saga, request, answer, reason });
  }

  /** Takes an input now, or keeps it until the append under way is settled. */
  #deliver(slot: SagaSlot, input: OrchestratorInput, nowUs: number): void {
    if (slot.append !== undefined || slot.state === undefined) keepForLater(slot, input);
    else this.#apply(slot, slot.state, input, nowUs);
  }

  #apply(slot: SagaSlot, state: SagaState, input: OrchestratorInput, nowUs: number): void {
    switch (input.kind) {
      case 'reply':
        return this.#reply(slot, state, input.call, input.outcome, nowUs);
      case 'create':
        return this.#answer(slot.saga, input.request, 'accepted');
      case 'cancel':
      case 'retry':
      case 'resume': {
        const facts = decide(state, { kind: input.kind }, this.#book.policyOf(state.definition), nowUs);
        if (facts.length === 0) {
          return this.#answer(slot.saga, input.request, 'refused', `saga is ${state.status}`);
        }
        slot.wish = input;
        return this.#commit(slot, facts, nowUs);
      }
      default:
        assert(false, 'an input that is never kept in an inbox', input.kind);
    }
  }

  #reply(slot: SagaSlot, state: SagaState, call: Call, outcome: Outcome, nowUs: number): void {
    const step = stepIndexOf(state.definition, call.step);
    if (step < 0) return;
    const { direction, round, attempt } = call;
    this.#decide(slot, state, { kind: 'reply', step, direction, round, attempt, outcome }, nowUs);
  }

  /** Settles a pending call by an outcome that this process knows by itself. */
  #conclude(slot: SagaSlot, state: SagaState, call: PendingCall, outcome: Outcome, nowUs: number): void {
    const { step, direction, attempt } = call;
    const reply = { kind: 'reply', step, direction, round: state.round, attempt, outcome } as const;
    this.#decide(slot, state, reply, nowUs);
  }

  #decide(slot: SagaSlot, state: SagaState, input: SagaInput, nowUs: number): void {
    const facts = decide(state, input, this.#book.policyOf(state.definition), nowUs);
    if (facts.length === 0) return;
    if (input.kind === 'reply') SentCall.settle(slot, state.definition.steps[input.step]!.name);
    this.#commit(slot, facts, nowUs);
  }

  /** Folds the facts and what follows from them, and asks for one append of all. */
  #commit(slot: SagaSlot, facts: readonly SagaEvent[], nowUs: number): void {
    const { saga, state } = slot;
    assert(state !== undefined && slot.append === undefined, 'a commit out of turn', saga);
    const expectedVersion = state.version;
    const events = withConsequences(state, facts);
    slot.append = new SlotAppend(slot, ++this.#appends, expectedVersion, this.#epoch, nowUs, events);
    this.#sendAppend(slot, nowUs);
  }

  #sendAppend(slot: SagaSlot, nowUs: number): void {
    assert(slot.append !== undefined, 'nothing to append', slot.saga);
    this.#emit(slot.append);
    this.#storeDue(slot, 'load', nowUs + APPEND_TIMEOUT_US); // E10: unanswered is unknown
  }

  #load(slot: SagaSlot, nowUs: number): void {
    slot.load = ++this.#loads;
    this.#emit({ kind: 'load', saga: slot.saga, number: slot.load });
    this.#storeDue(slot, 'load', nowUs + APPEND_TIMEOUT_US);
  }

  #storeDue(slot: SagaSlot, next: 'append' | 'load', atUs: number): void {
    slot.storeNext = next;
    slot.storeDueAtUs = atUs;
    this.#wakeBy(slot, atUs);
  }

  #storeAnswered(answer: StoreAnswer, nowUs: number): void {
    if (answer.kind === 'loaded' || answer.kind === 'load-failed') {
      const slot = this.#slots.of(answer.saga);
      if (slot === undefined || slot.load !== answer.number) return;
      slot.load = 0;
      if (answer.kind === 'loaded') return this.#loaded(slot, answer.events, nowUs);
      if (slot.storeDueAtUs >= 0) this.#storeDue(slot, 'load', nowUs + STORE_RETRY_US);
      return;
    }
    const slot = this.#slots.ofAppend(answer.append);
    if (slot === undefined || !isSameAppend(slot.append, answer.append)) return;
    switch (answer.kind) {
      case 'appended':
        return this.#settled(slot, nowUs);
      case 'append-failed':
        return this.#storeDue(slot, 'append', nowUs + STORE_RETRY_US);
      case 'append-unknown':
      case 'append-conflict':
        return this.#load(slot, nowUs);
      case 'append-fenced':
        return this.#halt(slot.saga);
      default:
        unreachable(answer);
    }
  }

  #halt(saga: string): void {
    this.#halted = true;
    this.#emit({ kind: 'halt', saga });
  }

  /** E10: what stands in the log decides what became of the append. */
  #loaded(slot: SagaSlot, events: readonly StoredEvent[], nowUs: number): void {
    const { append } = slot;
    if ((events.at(-1)?.epoch ?? 0) > this.#epoch) return this.#halt(slot.saga);
    if (append === undefined) {
      if (slot.state === undefined) this.#firstLoad(slot, events, nowUs);
      return;
    }
    const written = events.slice(append.expectedVersion);
    if (written[0] === undefined) return this.#storeDue(slot, 'append', nowUs);
    if (isWritten(written, append)) return this.#settled(slot, nowUs);
    // The saga was there before this process knew of it: take the log's word, forget what was decided here. What a
    // person wished for is decided again, before anything that came later.
    slot.append = undefined;
    slot.state = undefined;
    if (slot.wish !== undefined) slot.inbox = [slot.wish, ...(slot.inbox ?? [])];
    slot.wish = undefined;
    this.#firstLoad(slot, events, nowUs);
  }

  #firstLoad(slot: SagaSlot, events: readonly StoredEvent[], nowUs: number): void {
    if (events.length === 0) return this.#notThere(slot, nowUs);
    slot.state = this.#book.fold(events);
    this.#settled(slot, nowUs);
  }

  /** Nobody has begun the saga yet; what has waited may begin it. */
  #notThere(slot: SagaSlot, nowUs: number): void {
    this.#slots.close(slot);
    for (const input of slot.inbox ?? []) {
      if (input.kind === 'create' || this.#slots.of(slot.saga) !== undefined) this.#take(input, nowUs);
      else if ('request' in input) this.#answer(slot.saga, input.request, 'refused', 'no such saga');
    }
  }

  /** The state is what the log says: answer, send what is pending, take what has waited. */
  #settled(slot: SagaSlot, nowUs: number): void {
    const state = slot.state;
    slot.append = undefined;
    assert(state !== undefined, 'settled without a state', slot.saga);
    slot.storeDueAtUs = NEVER;
    this.#answer(slot.saga, slot.wish?.request, 'accepted');
    slot.wish = undefined;
    if (slot.requests !== undefined) {
      for (const request of slot.requests) this.#answer(slot.saga, request, 'accepted');
      slot.requests = undefined;
    }
    this.#drainInbox(slot, state, nowUs);
    if (slot.append !== undefined) return;
    if (isAtRest(state.status)) {
      this.#slots.close(slot);
      this.#emit({ kind: 'ended', saga: slot.saga, status: state.status, state });
      return;
    }
    this.#dispatch(slot, state, nowUs);
  }

  #drainInbox(slot: SagaSlot, state: SagaState, nowUs: number): void {
    while (slot.append === undefined && slot.inbox !== undefined) {
      const input = slot.inbox.shift();
      if (input === undefined) slot.inbox = undefined;
      else this.#apply(slot, state, input, nowUs);
    }
  }

  #recover(events: readonly StoredEvent[], nowUs: number): void {
    const state = this.#book.fold(events);
    if (this.#slots.of(state.saga) !== undefined || isAtRest(state.status)) return;
    const slot = this.#slots.open(state.saga, state);
    const intents = advance(state); // empty, unless another version of this code wrote the log
    if (intents.length > 0) this.#commit(slot, intents, nowUs);
    else this.#dispatch(slot, state, nowUs);
  }

  /** E9: sends every pending call that is due and not on the wire, and sees to it that the rest is not missed. */
  #dispatch(slot: SagaSlot, state: SagaState, nowUs: number): void {
    let wakeAtUs = deadlineOf(state);
    for (let step = 0; step < state.steps.length; step++) {
      const call = pendingCall(state, step);
      if (call === undefined) continue;
      const isSent = timeoutOf(slot, state, call) !== NEVER;
      if (!isSent && call.dueAtUs > nowUs) wakeAtUs = earlier(wakeAtUs, call.dueAtUs);
      else if (!isSent && !this.#send(slot, state, call, nowUs)) return;
      else wakeAtUs = earlier(wakeAtUs, timeoutOf(slot, state, call));
    }
    if (wakeAtUs >= 0) this.#wakeBy(slot, wakeAtUs);
  }

  /** False when the payload could not be made: then the call is settled without being sent. */
  #send(slot: SagaSlot, state: SagaState, pending: PendingCall, nowUs: number): boolean {
    const step = state.definition.steps[pending.step]!;
    const timeoutUs = step.timeoutUs ?? this.#book.policyOf(state.definition).callTimeoutUs;
    const call = makeCall(slot, state, pending, nowUs + timeoutUs);
    if (call.kind === 'rejected') {
      this.#conclude(slot, state, pending, call, nowUs);
      return false;
    }
    call.leave();
    this.#emit(call);
    return true;
  }

  #wakeBy(slot: SagaSlot, atUs: number): void {
    if (slot.wakeAtUs >= 0 && slot.wakeAtUs <= atUs) return;
    slot.wakeAtUs = atUs;
    this.#emit({ kind: 'wake', saga: slot.saga, atUs });
  }

  /** Something may be due: look. A wake that comes early finds nothing and is asked for again. */
  #wake(slot: SagaSlot, nowUs: number): void {
    slot.wakeAtUs = NEVER;
    if (slot.storeDueAtUs >= 0) return this.#wakeForStore(slot, nowUs);
    const state = slot.state;
    assert(state !== undefined && slot.append === undefined, 'woken without a state', slot.saga);
    const deadlineAtUs = deadlineOf(state);
    if (deadlineAtUs >= 0 && deadlineAtUs <= nowUs) {
      return this.#decide(slot, state, { kind: 'deadline-passed' }, nowUs);
    }
    const late = lateCall(slot, state, nowUs);
    // The append of one holds the others back; they are looked at again when it is durable.
    if (late !== undefined) return this.#conclude(slot, state, late, NO_ANSWER, nowUs);
    this.#dispatch(slot, state, nowUs);
  }

  #wakeForStore(slot: SagaSlot, nowUs: number): void {
    if (slot.storeDueAtUs > nowUs) return this.#wakeBy(slot, slot.storeDueAtUs);
    return slot.storeNext === 'append' ? this.#sendAppend(slot, nowUs) : this.#load(slot, nowUs);
  }
}
