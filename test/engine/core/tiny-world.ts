// The smallest world in which an orchestrator can live: one saga, one store, services that answer anything. A list of
// moves says what happens next; after each, what came out of the machine is held against the log.
//
// E1  A call leaves only if the log, as far as the machine was told of it, says that it is pending.
// E9  After a crash exactly the pending calls that are due leave.
// E10 Appends follow one another without a gap, under the epoch of their writer; a machine that halted says nothing.

import { assert } from '../../../engine/core/assert.ts';
import type { SagaDefinition } from '../../../engine/core/define-saga.ts';
import {
  type Answer,
  type AppendOutput,
  Orchestrator,
  type OrchestratorInput,
  type OrchestratorOutput,
  type StoreAnswer,
} from '../../../engine/core/orchestrator.ts';
import type { Policy } from '../../../engine/core/policy.ts';
import { type Call, idempotencyKey, type Outcome } from '../../../engine/core/protocol.ts';
import type { RepairKind } from '../../../engine/core/repair-act.ts';
import {
  fold,
  isAtRest,
  pending,
  rowsOf,
  type SagaState,
  type StoredEvent,
} from '../../../engine/core/saga.ts';
import { SECOND, THREE_TIMES } from './given.ts';

/** `which` chooses among what is open. A move for which nothing is open does nothing. */
export type Move =
  /** What becomes of an append: written or not, and what is said of it. */
  | { readonly kind: 'append'; readonly which: number; readonly written: boolean; readonly said: Said }
  /** An answer to an append that took its time. */
  | { readonly kind: 'late'; readonly which: number }
  | { readonly kind: 'load'; readonly which: number; readonly said: 'loaded' | 'load-failed' | 'nothing' }
  /** A call is answered, perhaps for the second time. */
  | { readonly kind: 'reply'; readonly which: number; readonly outcome: Outcome }
  /** Time passes, to the next wake that was asked for or only so far, and the machine is woken. */
  | { readonly kind: 'wake'; readonly afterUs: number | 'next' }
  | { readonly kind: 'wish'; readonly wish: 'create' | 'cancel' | 'retry' | 'resume' }
  /** A person's act; `step` among those of the saga, for a skip. The id may have been used before. */
  | {
      readonly kind: 'repair';
      readonly act: RepairKind;
      readonly id: string;
      readonly step: number | undefined;
    }
  /** The process dies; appends on their way land before the next one opens, or never. */
  | { readonly kind: 'crash'; readonly land: boolean }
  /** Another process opens the partition, and this one does not know. */
  | { readonly kind: 'fence' };

/** `later`: the truth, but whenever it pleases. */
export type Said = 'truth' | 'append-unknown' | 'later' | 'nothing';

const NO_LOAD = -1;

export class TinyWorld {
  readonly definition: SagaDefinition;
  readonly log: StoredEvent[] = [];
  nowUs = 0;
  /** What came out so far, by kind: a test that nothing happened in is not a test. */
  readonly counts: Partial<Record<OrchestratorOutput['kind'] | 'crash', number>> = {};
  /** To people's acts. */
  readonly answers: Partial<Record<Answer, number>> = {};
  #epoch = 1;
  /** The epoch that the store accepts. */
  #open = 1;
  readonly #policy: Policy;
  #machine: Orchestrator;
  #halted = false;
  /** How much of the log the machine was told is durable. */
  #told = 0;
  #appends: AppendOutput[] = [];
  /** The number of the append that was asked for last. */
  #asked = 0;
  #late: { readonly append: AppendOutput; readonly answer: StoreAnswer }[] = [];
  /** The numbers of loads that nobody has answered, and old answers that are still on their way. */
  #loads: number[] = [];
  #latestLoad = 0;
  #stale: Extract<StoreAnswer, { kind: 'loaded' }>[] = [];
  #calls: Call[] = [];
  #wakeAtUs = -1;

  constructor(definition: SagaDefinition, policy: Policy = THREE_TIMES) {
    this.definition = definition;
    this.#policy = policy;
    this.#machine = this.#newMachine();
  }

  get state(): SagaState {
    return fold(
      this.definition,
      's-1',
      this.log.map(({ event }) => event),
    );
  }

  /** Nothing is under way: the log says so, and the machine knows it. */
  get isAtRest(): boolean {
    return this.log.length > 0 && isAtRest(this.state.status) && this.#machine.size === 0;
  }

  move(move: Move): void {
    switch (move.kind) {
      case 'append':
        return this.#append(move);
      case 'late': {
        const [late] = this.#late.splice(move.which % Math.max(1, this.#late.length), 1);
        if (late !== undefined) return this.#answer(late.append, late.answer);
        const stale = this.#stale.shift();
        if (stale !== undefined) this.#tell(stale);
        return;
      }
      case 'load':
        return this.#load(move.said);
      case 'reply': {
        const call = this.#calls[move.which % Math.max(1, this.#calls.length)];
        if (call !== undefined) this.#take({ kind: 'reply', call, outcome: move.outcome });
        return;
      }
      case 'wake':
        return this.#wake(move.afterUs);
      case 'wish':
        return this.#wish(move.wish);
      case 'repair':
        return this.#repair(move);
      case 'crash':
        return this.#crash(move.land);
      case 'fence':
        this.#open = this.#epoch + 1;
        return;
    }
  }

  /** From here on all goes well, until the saga has ended. */
  heal(): void {
    if (this.#open > this.#epoch) this.#crash(false);
    for (let turn = 0; !this.isAtRest || this.state.status === 'compensation_failed'; turn++) {
      assert(turn < 400, 'the saga does not end');
      if (this.log.length === 0) this.#wish('create');
      if (this.#appends.length > 0) this.#append({ kind: 'append', which: 0, written: true, said: 'truth' });
      else if (this.#loads.length > 0) this.#load('loaded');
      else if (this.isAtRest) this.#wish('resume');
      else {
        for (const call of this.#calls) this.#take({ kind: 'reply', call, outcome: { kind: 'applied' } });
        if (this.#appends.length === 0) this.#wake('next');
      }
    }
  }

  #newMachine(): Orchestrator {
    return new Orchestrator({ epoch: this.#epoch, policy: this.#policy, definitions: [this.definition] });
  }

  #take(input: OrchestratorInput): readonly OrchestratorOutput[] {
    const outputs = this.#machine.handle(input, this.nowUs);
    assert(outputs.length === 0 || !this.#halted, 'E10: a halted machine says nothing');
    for (const output of outputs) this.#perform(output);
    if (this.#machine.size === 0) {
      this.#told = 0; // forgotten, and with it what was asked for
      this.#latestLoad = NO_LOAD;
    }
    return outputs;
  }

  #perform(output: OrchestratorOutput): void {
    this.counts[output.kind] = (this.counts[output.kind] ?? 0) + 1;
    switch (output.kind) {
      case 'append':
        this.#checkAppend(output);
        this.#appends.push(output);
        this.#asked = output.number;
        return;
      case 'call':
        this.#checkCall(output);
        this.#calls.push(output);
        return;
      case 'load':
        this.#loads.push(output.number);
        this.#latestLoad = output.number;
        return;
      case 'wake':
        this.#wakeAtUs = output.atUs;
        return;
      case 'ended':
        assert(output.status === this.state.status, 'what ended is what the log says');
        return;
      case 'halt':
        assert(this.#open > this.#epoch, 'E10: only a fenced writer halts');
        this.#halted = true;
        return;
      case 'answer':
        return this.#checkAnswer(output);
    }
  }

  /** What was granted stands in the log. */
  #checkAnswer({ request, answer }: Extract<OrchestratorOutput, { kind: 'answer' }>): void {
    const [act, id] = request.split('/');
    if (act !== 'repair') return;
    this.answers[answer] = (this.answers[answer] ?? 0) + 1;
    const isDone = this.state.acts.some((one) => one.id === id);
    assert(
      isDone || (answer !== 'accepted' && answer !== 'done-before'),
      `${answer}, and not in the log`,
      id,
    );
  }

  #checkCall(call: Call): void {
    const told = this.log.slice(0, this.#told).map(({ event }) => event);
    assert(
      this.#isPending(call, fold(this.definition, 's-1', told)),
      `E1: ${call.direction} ${call.step} #${call.attempt} left, and its intent is not known to be durable`,
    );
    assert(this.#isPending(call, this.state), 'E5: what leaves is still wanted by the log');
    const { saga, step, direction, round, key } = call;
    assert(key === idempotencyKey(saga, step, direction, round) && round === this.state.round, 'E4: the key');
  }

  #isPending({ step, direction, attempt }: Call, state: SagaState): boolean {
    return pending(state).some(
      (known) =>
        this.definition.steps[known.step]!.name === step &&
        known.direction === direction &&
        known.attempt === attempt &&
        known.dueAtUs <= this.nowUs,
    );
  }

  #checkAppend({ expectedVersion, epoch, events }: AppendOutput): void {
    assert(epoch === this.#epoch, 'E10: the epoch is the writer’s');
    assert(expectedVersion === this.#told, 'E10: an append follows what is known to be durable');
    assert(events.length > 0, 'an append has events');
  }

  #append({ which, written, said }: Extract<Move, { kind: 'append' }>): void {
    if (this.#appends.length === 0) return;
    const [append] = this.#appends.splice(which % this.#appends.length, 1);
    const truth = written ? this.#write(append!) : 'append-failed';
    const kind = said === 'append-unknown' ? said : truth;
    const answer = { kind, append: append! } as const;
    if (said === 'later') this.#late.push({ append: append!, answer });
    else if (said !== 'nothing') this.#answer(append!, answer);
  }

  #answer({ number, expectedVersion, events }: AppendOutput, answer: StoreAnswer): void {
    const awaited = number === this.#asked; // what comes later than that is about what was forgotten
    if (answer.kind === 'appended' && awaited)
      this.#told = Math.max(this.#told, expectedVersion + events.length);
    this.#take(answer);
  }

  /** The store: all or nothing, at the expected version, and never for a writer that was fenced. */
  #write(append: AppendOutput) {
    if (append.epoch < this.#open) return 'append-fenced';
    if (append.expectedVersion !== this.log.length) return 'append-conflict';
    this.log.push(...rowsOf(append));
    return 'appended';
  }

  /** A log, as it stood when it was read; only the answer to the latest load counts. */
  #tell(loaded: Extract<StoreAnswer, { kind: 'loaded' }>): void {
    if (loaded.number === this.#latestLoad) this.#told = Math.max(this.#told, loaded.events.length);
    this.#take(loaded);
  }

  #load(said: 'loaded' | 'load-failed' | 'nothing'): void {
    const number = this.#loads.shift();
    if (number === undefined) return;
    const loaded = { kind: 'loaded', saga: 's-1', number, events: [...this.log] } as const;
    if (said === 'nothing') this.#stale.push(loaded);
    else if (said === 'load-failed') this.#take({ kind: said, saga: 's-1', number });
    else {
      this.#tell(loaded);
    }
  }

  #wake(afterUs: number | 'next'): void {
    if (afterUs === 'next' && this.#wakeAtUs < 0) return;
    this.nowUs = afterUs === 'next' ? Math.max(this.nowUs, this.#wakeAtUs) : this.nowUs + afterUs;
    if (this.#wakeAtUs <= this.nowUs) this.#wakeAtUs = -1;
    this.#take({ kind: 'wake', saga: 's-1' });
  }

  #wish(wish: 'create' | 'cancel' | 'retry' | 'resume'): void {
    if (wish !== 'create') this.#take({ kind: wish, saga: 's-1', request: 'r' });
    else this.#take({ kind: 'create', saga: 's-1', definition: this.definition, input: {}, request: 'r' });
  }

  #repair({ act, id, step }: Extract<Move, { kind: 'repair' }>): void {
    const named =
      act !== 'skip' || step === undefined
        ? {}
        : { step: this.definition.steps[step % this.definition.steps.length]!.name };
    const whole = { act, id, by: 'anna', why: 'because', ...named };
    this.#take({ kind: 'repair', saga: 's-1', act: whole, request: `repair/${id}` });
  }

  #crash(land: boolean): void {
    if (land) for (const append of this.#appends) this.#write(append);
    this.counts.crash = (this.counts.crash ?? 0) + 1;
    this.#appends = [];
    this.#late = [];
    this.#loads = [];
    this.#stale = [];
    this.#wakeAtUs = -1;
    this.#epoch = this.#open = this.#epoch + 1;
    this.#machine = this.#newMachine();
    this.#halted = false;
    this.#told = this.log.length;
    this.nowUs += SECOND;
    if (this.log.length === 0 || isAtRest(this.state.status)) {
      this.#told = 0;
      return;
    }
    const due = pending(this.state).filter(({ dueAtUs }) => dueAtUs <= this.nowUs);
    const outputs = this.#take({ kind: 'recovered', sagas: [[...this.log]] });
    const sent = outputs.filter(({ kind }) => kind === 'call').length;
    assert(sent === due.length, `E9: ${due.length} calls are pending, and ${sent} left`);
  }
}
