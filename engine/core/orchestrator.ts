// One process that drives many sagas. Sans-IO: inputs go in with the time they came, outputs come out in the
// order in which the host must perform them. The host adds nothing to that order.
//
// E1  Append before send: a call leaves only when `appended` has come for the event that intends it.
// E5  Replies to a saga that is not in memory die here.
// E7  The deadline ends forward work only.
// E9  After every durable append, and after recovery, what is sent follows from `pending(state)` alone.
// E10 A fenced writer halts. One append per saga is under way at a time: inputs that come meanwhile wait in the
//     saga's inbox.

import { assert } from './assert.ts';
import { type SagaDefinition, stepIndexOf } from './define-saga.ts';
import { DefinitionBook } from './definition-book.ts';
import { Dispatcher, release } from './dispatcher.ts';
import { LogDialogue } from './log-dialogue.ts';
import type {
  Command,
  OrchestratorInput,
  OrchestratorOptions,
  OrchestratorOutput,
  StoreAnswer,
} from './orchestrator-messages.ts';
import { Outputs } from './outputs.ts';
import { isSameSaga, parseInput } from './parse-input.ts';
import type { Governor } from './policy.ts';
import type { Call, Outcome } from './protocol.ts';
import {
  advance,
  created,
  deadlineOf,
  decide,
  decideWish,
  initialState,
  isAtRest,
  type PendingCall,
  type SagaEvent,
  type SagaInput,
  type SagaState,
  type StoredEvent,
  withConsequences,
} from './saga.ts';
import {
  keepForLater,
  keepRequest,
  lateCall,
  NEVER,
  type SagaSlot,
  SentCall,
  takeBackWish,
} from './saga-slot.ts';
import { SlotTable } from './slot-table.ts';
import { WaitingRooms } from './waiting-room.ts';

export * from './orchestrator-messages.ts';

type Reply = Extract<SagaInput, { kind: 'reply' }>;

const TAKEN = 'another saga has this id';
const NO_ANSWER: Outcome = { kind: 'unknown', failure: 'timeout', reason: 'no answer in time' };

/**
 * The saga engine as a state machine.
 *
 * @example
 * const machine = new Orchestrator({ epoch: 1, policy: policies.default, definitions: [transfer] });
 * for (const output of machine.handle({ kind: 'create', saga: 's-1', definition: transfer, input }, nowUs)) perform(output);
 */
export class Orchestrator {
  readonly #book: DefinitionBook;
  readonly #slots = new SlotTable();
  readonly #outputs = new Outputs();
  readonly #dispatcher: Dispatcher;
  readonly #rooms = new WaitingRooms();
  readonly #log: LogDialogue;
  #halted = false;

  /** @throws UserError when a definition cannot run under the policy it would get (E12). */
  constructor(options: OrchestratorOptions) {
    this.#book = new DefinitionBook(options, (change) => this.#outputs.emit({ kind: 'circuit', ...change }));
    this.#log = new LogDialogue(options, this.#slots, this.#outputs);
    this.#dispatcher = new Dispatcher(this.#outputs, this.#book);
  }

  /** Sagas in memory: neither ended nor waiting for a person. */
  get size(): number {
    return this.#slots.size;
  }

  /** Whether it is in memory and no append under way carries out a wish: `ended` will be said of it, unless it is removed. */
  isOpen(saga: string): boolean {
    const slot = this.#slots.of(saga);
    return slot?.state !== undefined && slot.wish === undefined;
  }

  /** Takes an input and returns what the host must do, in this order. Never call it while performing outputs. */
  handle(input: OrchestratorInput, nowUs: number): readonly OrchestratorOutput[] {
    if (!this.#halted) this.#take(input, nowUs);
    return this.#outputs.take();
  }

  /** Lets go of all sagas: the process is over. What still comes is ignored. */
  dispose(): void {
    this.#halted = true;
    this.#slots.clear();
    this.#outputs.clear();
  }

  #take(input: OrchestratorInput, nowUs: number): void {
    switch (input.kind) {
      case 'create':
        return this.#create(input, nowUs);
      case 'cancel':
      case 'retry':
      case 'resume':
      case 'repair':
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

  #create(command: Extract<Command, { kind: 'create' }>, nowUs: number, isAdmitted = false): void {
    const { saga, definition, request } = command;
    const known = this.#slots.of(saga);
    if (known?.state !== undefined) return this.#createAgain(known, known.state, command);
    if (known !== undefined) return keepForLater(known, command);
    const parsed = parseInput(definition, command.input);
    if (parsed.kind === 'refused') return this.#outputs.answer(saga, request, 'refused', parsed.reason);
    const room = this.#rooms.of(this.#book.governorOf(definition));
    if (room !== undefined && !isAdmitted && !room.isOpen) {
      const full = room.enter(command);
      return full === undefined ? undefined : this.#outputs.answer(saga, request, 'overloaded', full);
    }
    const slot = this.#slots.open(saga, initialState(definition, saga));
    this.#count(slot, definition);
    this.#answerWhenDurable(slot, request);
    this.#commit(slot, [created(definition, parsed.input, nowUs)], nowUs);
  }

  /** A client may ask once more for what it asked for; the name of another saga is taken. */
  #createAgain(slot: SagaSlot, state: SagaState, command: Extract<Command, { kind: 'create' }>): void {
    const { definition, request } = command;
    const parsed = parseInput(definition, command.input);
    const isSame = parsed.kind === 'parsed' && isSameSaga({ definition, input: parsed.input }, state);
    if (isSame) this.#answerWhenDurable(slot, request);
    else this.#outputs.answer(slot.saga, request, 'refused', TAKEN);
  }

  #command(command: Exclude<Command, { kind: 'create' }>, nowUs: number): void {
    let slot = this.#slots.of(command.saga);
    if (slot === undefined) {
      slot = this.#slots.open(command.saga, undefined);
      this.#log.load(slot, nowUs);
    }
    this.#deliver(slot, command, nowUs);
  }

  #answerWhenDurable(slot: SagaSlot, request: string | undefined): void {
    if (request === undefined) return;
    if (slot.append === undefined && slot.state !== undefined && slot.state.version > 0) {
      this.#outputs.answer(slot.saga, request, 'accepted');
    } else keepRequest(slot, request);
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
        return this.#createAgain(slot, state, input);
      case 'cancel':
      case 'retry':
      case 'resume':
      case 'repair': {
        const wish = decideWish(state, input, this.#book.rulesOf(state.definition), nowUs);
        if (wish.kind === 'refused')
          return this.#outputs.answer(slot.saga, input.request, 'refused', wish.reason);
        if (wish.kind === 'done-before') return this.#outputs.answer(slot.saga, input.request, 'done-before');
        slot.wish = input;
        return this.#commit(slot, wish.events, nowUs);
      }
      default:
        assert(false, 'an input that is never kept in an inbox', input.kind);
    }
  }

  #reply(slot: SagaSlot, state: SagaState, call: Call, outcome: Outcome, nowUs: number): void {
    const step = stepIndexOf(state.definition, call.step);
    if (step < 0) return;
    const { direction, round, attempt } = call;
    this.#outcome(slot, state, { kind: 'reply', step, direction, round, attempt, outcome }, nowUs);
  }

  /** Settles a pending call by an outcome that this process knows by itself. */
  #conclude(slot: SagaSlot, state: SagaState, call: PendingCall, outcome: Outcome, nowUs: number): void {
    const { step, direction, attempt } = call;
    const reply = { kind: 'reply', step, direction, round: state.round, attempt, outcome } as const;
    this.#outcome(slot, state, reply, nowUs);
  }

  #outcome(slot: SagaSlot, state: SagaState, reply: Reply, nowUs: number): void {
    const governor = this.#book.governorOf(state.definition);
    if (governor === undefined) return void this.#decide(slot, state, reply, nowUs);
    const sent = SentCall.take(slot, state, reply);
    if (sent !== undefined) release(governor, sent, reply.outcome, nowUs);
    const needless = this.#decide(slot, state, reply, nowUs);
    if (needless !== undefined) release(governor, needless, undefined, nowUs);
    const service = (sent ?? needless)?.service;
    if (service !== undefined) this.#dispatchWaiting(governor, service, nowUs);
  }

  /** Returns a later attempt of the call that is answered, if one was on the wire: it is not waited for any more. */
  #decide(slot: SagaSlot, state: SagaState, input: SagaInput, nowUs: number): SentCall | undefined {
    const facts = decide(state, input, this.#book.rulesOf(state.definition), nowUs);
    if (facts.length === 0) return undefined;
    const isReply = input.kind === 'reply';
    const sent = isReply ? SentCall.settle(slot, state.definition.steps[input.step]!.name) : undefined;
    this.#commit(slot, facts, nowUs);
    return sent;
  }

  /** A permit is free: those who wait for one may send. */
  #dispatchWaiting(governor: Governor, service: string, nowUs: number): void {
    for (let saga = governor.next(service); saga !== undefined; saga = governor.next(service)) {
      const slot = this.#slots.of(saga);
      // With an append under way it is looked at again when that is settled.
      if (slot?.state === undefined || slot.append !== undefined) continue;
      this.#dispatch(slot, slot.state, nowUs);
    }
  }

  /** Lets go of a saga, and of what it still had on the wire. */
  #close(slot: SagaSlot, nowUs: number): void {
    this.#slots.close(slot);
    const governor = slot.state === undefined ? undefined : this.#book.governorOf(slot.state.definition);
    for (let sent = slot.wire; governor !== undefined && sent !== undefined; sent = slot.wire) {
      SentCall.settle(slot, sent.step);
      release(governor, sent, undefined, nowUs);
      this.#dispatchWaiting(governor, sent.service, nowUs);
    }
    governor?.forget(slot.saga);
    const { room } = slot;
    if (room === undefined) return;
    room.inHand--;
    for (let next = room.next(); next !== undefined; next = room.next()) {
      this.#create(next.command, nowUs, true);
      const begun = this.#slots.of(next.command.saga);
      for (const request of next.repeated) if (begun !== undefined) this.#answerWhenDurable(begun, request);
    }
  }

  #count(slot: SagaSlot, definition: SagaDefinition): void {
    if (slot.room !== undefined) return;
    slot.room = this.#rooms.of(this.#book.governorOf(definition));
    if (slot.room !== undefined) slot.room.inHand++;
  }

  /** Folds the facts and what follows from them, and asks for one append of all. */
  #commit(slot: SagaSlot, facts: readonly SagaEvent[], nowUs: number): void {
    const { state } = slot;
    assert(state !== undefined, 'a commit without a state', slot.saga);
    const expectedVersion = state.version;
    this.#log.append(slot, expectedVersion, withConsequences(state, facts), nowUs);
  }

  #storeAnswered(answer: StoreAnswer, nowUs: number): void {
    const news = this.#log.answered(answer, nowUs);
    if (news === undefined) return;
    switch (news.kind) {
      case 'durable':
        return this.#settled(news.slot, nowUs);
      case 'log':
        return this.#takeLog(news.slot, news.events, nowUs);
      case 'gone':
        takeBackWish(news.slot);
        return this.#notThere(news.slot, news.why, nowUs);
      default:
        this.#halted = true;
        this.#outputs.emit({ kind: 'halt', saga: news.saga });
    }
  }

  /**
   * What the log says counts: the saga was not in memory, or was there before this process knew of it, and then what
   * was decided here is forgotten. What a person wished for is decided again, before anything that came later.
   */
  #takeLog(slot: SagaSlot, events: readonly StoredEvent[], nowUs: number): void {
    takeBackWish(slot);
    const asked = slot.append?.expectedVersion === 0 ? slot.state : undefined;
    slot.append = undefined;
    slot.state = undefined;
    if (events.length === 0) return this.#notThere(slot, 'no such saga', nowUs);
    slot.state = this.#book.fold(events);
    if (slot.state === undefined) return this.#notThere(slot, 'its definition is not here', nowUs);
    if (asked !== undefined && !isSameSaga(asked, slot.state))
      this.#outputs.answerAll(slot, 'refused', TAKEN);
    this.#count(slot, slot.state.definition);
    this.#resume(slot, slot.state, nowUs);
  }

  /** Goes on where a log ends. It ends without its intents when another version of this code wrote it. */
  #resume(slot: SagaSlot, state: SagaState, nowUs: number): void {
    const intents = advance(state);
    if (intents.length > 0) this.#commit(slot, intents, nowUs);
    else this.#settled(slot, nowUs);
  }

  /** Nobody has begun the saga, or it was removed; what has waited may begin it. */
  #notThere(slot: SagaSlot, why: string, nowUs: number): void {
    this.#close(slot, nowUs);
    this.#outputs.answerAll(slot, 'refused', why);
    for (const input of slot.inbox ?? []) {
      if (input.kind === 'create' || this.#slots.of(slot.saga) !== undefined) this.#take(input, nowUs);
      else if ('request' in input) this.#outputs.answer(slot.saga, input.request, 'refused', why);
    }
  }

  /** The state is what the log says: answer, send what is pending, take what has waited. */
  #settled(slot: SagaSlot, nowUs: number): void {
    const state = slot.state;
    assert(state !== undefined, 'settled without a state', slot.saga);
    slot.storeDueAtUs = NEVER;
    this.#outputs.answer(slot.saga, slot.wish?.request, 'accepted');
    slot.wish = undefined;
    if (slot.requests !== undefined) this.#outputs.answerAll(slot, 'accepted');
    this.#drainInbox(slot, state, nowUs);
    if (slot.append !== undefined) return;
    if (isAtRest(state.status)) {
      this.#outputs.emit({ kind: 'ended', saga: slot.saga, status: state.status, state });
      return this.#close(slot, nowUs);
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
    assert(state !== undefined, 'a saga is recovered without its definition', events[0]!.saga);
    if (this.#slots.of(state.saga) !== undefined || isAtRest(state.status)) return;
    const slot = this.#slots.open(state.saga, state);
    this.#count(slot, state.definition);
    this.#resume(slot, state, nowUs);
  }

  /** E9. */
  #dispatch(slot: SagaSlot, state: SagaState, nowUs: number): void {
    const unsent = this.#dispatcher.dispatch(slot, state, nowUs);
    if (unsent !== undefined) this.#conclude(slot, state, unsent.call, unsent.outcome, nowUs);
    const { freed } = this.#dispatcher;
    for (let service = freed.pop(); service !== undefined; service = freed.pop()) {
      this.#dispatchWaiting(this.#book.governorOf(state.definition)!, service, nowUs);
    }
  }

  /** Something may be due: look. A wake that comes early finds nothing and is asked for again. */
  #wake(slot: SagaSlot, nowUs: number): void {
    slot.wakeAtUs = NEVER;
    if (slot.storeDueAtUs >= 0) return this.#log.wake(slot, nowUs);
    const state = slot.state;
    assert(state !== undefined && slot.append === undefined, 'woken without a state', slot.saga);
    const deadlineAtUs = deadlineOf(state);
    if (deadlineAtUs >= 0 && deadlineAtUs <= nowUs) {
      return void this.#decide(slot, state, { kind: 'deadline-passed' }, nowUs);
    }
    const late = lateCall(slot, state, nowUs);
    // The append of one holds the others back; they are looked at again when it is durable.
    if (late !== undefined) return this.#conclude(slot, state, late, NO_ANSWER, nowUs);
    this.#dispatch(slot, state, nowUs);
  }
}
