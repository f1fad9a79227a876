// An orchestrator with many sagas under a policy that remembers: what leaves, what waits, what is refused, and that
// places are given back whatever becomes of a call.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SagaDefinition } from '../../../engine/core/define-saga.ts';
import {
  type AppendOutput,
  type LoadOutput,
  Orchestrator,
  type OrchestratorInput,
  type OrchestratorOutput,
} from '../../../engine/core/orchestrator.ts';
import type { Call, Outcome } from '../../../engine/core/protocol.ts';
import { rowsOf, type StoredEvent } from '../../../engine/core/saga.ts';
import {
  circuitBreakers,
  definePolicy,
  defineSaga,
  type GovernedSpec,
  type PolicySpec,
} from '../../../engine/policy/index.ts';
import { graph, SECOND } from './given.ts';
import { APPLIED, LOST, NOT_NOW, REJECTED } from './machine.ts';

const TRANSFER = graph({ debit: {}, credit: { after: ['debit'] } });

/** A store that writes and reads at once, and participants that answer when they are told to. */
class Crowd {
  readonly machine: Orchestrator;
  readonly definition: SagaDefinition;
  nowUs = 0;
  /** Calls that left and were not answered, oldest first. */
  readonly out: Call[] = [];
  readonly said: string[] = [];
  readonly accepted: string[] = [];
  readonly #spec: GovernedSpec & Partial<PolicySpec>;
  readonly #logs: Map<string, readonly StoredEvent[]>;
  readonly #wakes = new Map<string, number>();

  constructor(
    spec: GovernedSpec & Partial<PolicySpec>,
    definition = TRANSFER,
    logs = new Map<string, readonly StoredEvent[]>(),
  ) {
    this.#spec = spec;
    this.#logs = logs;
    const policy = definePolicy({ name: 'governed', jitter: 'none', ...spec });
    this.definition = definition;
    this.machine = new Orchestrator({ epoch: 1, policy, definitions: [definition] });
  }

  /** Another life of the process, over the same store; nothing is recovered yet. */
  get nextLife(): Crowd {
    return new Crowd(this.#spec, this.definition, this.#logs);
  }

  get logs(): readonly (readonly StoredEvent[])[] {
    return [...this.#logs.values()];
  }

  begin(...sagas: readonly string[]): this {
    const { definition } = this;
    for (const saga of sagas) this.take({ kind: 'create', saga, definition, input: {}, request: saga });
    return this;
  }

  take(input: OrchestratorInput): void {
    const inputs = [input];
    for (const next of inputs) {
      for (const output of this.machine.handle(next, this.nowUs)) {
        if (output.kind === 'append') inputs.push(this.#write(output));
        else if (output.kind === 'load') inputs.push(this.#read(output));
        else this.#perform(output);
      }
    }
  }

  #write(append: AppendOutput): OrchestratorInput {
    this.#logs.set(append.saga, [...(this.#logs.get(append.saga) ?? []), ...rowsOf(append)]);
    return { kind: 'appended', append };
  }

  #read({ saga, number }: LoadOutput): OrchestratorInput {
    return { kind: 'loaded', saga, number, events: this.#logs.get(saga) ?? [] };
  }

  #perform(output: OrchestratorOutput): void {
    if (output.kind === 'call') this.out.push(output);
    if (output.kind === 'wake') this.#wakes.set(output.saga, output.atUs);
    if (output.kind === 'ended') this.said.push(`${output.saga} ${output.status}`);
    if (output.kind === 'answer' && output.answer === 'accepted') this.accepted.push(output.saga);
    if (output.kind === 'circuit') this.said.push(`${output.service} ${output.to}`);
    if (output.kind === 'answer' && output.answer !== 'accepted')
      this.said.push(`${output.saga} ${output.answer}`);
  }

  get words(): readonly string[] {
    return this.out.map(
      ({ saga, step, direction, attempt }) =>
        `${saga} ${direction === 'forward' ? '' : 'un-'}${step}#${attempt}`,
    );
  }

  /** Answers the call of a saga that left first. */
  answer(saga: string, outcome: Outcome = APPLIED): void {
    const at = this.out.findIndex((call) => call.saga === saga);
    const [call] = this.out.splice(at, 1);
    this.take({ kind: 'reply', call: call!, outcome });
  }

  /** Lets time pass, and wakes whoever asked for it. */
  until(atUs: number): void {
    for (;;) {
      const [next] = [...this.#wakes].sort(([, a], [, b]) => a - b);
      if (next === undefined || next[1] > atUs) break;
      this.#wakes.delete(next[0]);
      this.nowUs = next[1];
      this.take({ kind: 'wake', saga: next[0] });
    }
    this.nowUs = atUs;
  }
}

test('a bulkhead holds back what does not fit, and lets the next one leave with every answer', () => {
  const crowd = new Crowd({ bulkhead: { callsMax: 2, queueMax: 10 } }).begin('a', 'b', 'c', 'd');
  expect(crowd.words).toEqual(['a debit#1', 'b debit#1']);
  crowd.answer('a'); // its place goes to c, for a is not durable yet; then it waits, and is more urgent than d
  expect(crowd.words).toEqual(['b debit#1', 'c debit#1']);
  crowd.answer('b');
  expect(crowd.words).toEqual(['c debit#1', 'a credit#1']);
});

test('a saga that a person takes over leaves the line: its place there is for the next', () => {
  const crowd = new Crowd({ bulkhead: { callsMax: 1, queueMax: 1 } }).begin('a', 'b');
  const act = { act: 'resolve', id: 'r-1', by: 'anna', why: 'done by hand' } as const;
  crowd.take({ kind: 'repair', saga: 'b', act });
  expect(crowd.said).toEqual(['b resolved']);
  crowd.begin('c'); // it waits, and is not refused
  crowd.answer('a');
  expect(crowd.words).toEqual(['c debit#1']);
});

test('undos pass before everything that waits', () => {
  const crowd = new Crowd({ bulkhead: { callsMax: 1, queueMax: 10 } }).begin('a');
  crowd.answer('a');
  crowd.begin('b', 'c');
  crowd.answer('a', REJECTED);
  expect(crowd.words).toEqual(['b debit#1']);
  crowd.answer('b', REJECTED);
  expect(crowd.words).toEqual(['a un-debit#1']);
});

test('a call that is not answered gives its place back when its time is over', () => {
  const crowd = new Crowd({ bulkhead: { callsMax: 1, queueMax: 10 }, callTimeoutMs: 1_000 }).begin('a', 'b');
  crowd.until(SECOND);
  expect(crowd.words).toEqual(['a debit#1', 'b debit#1']);
});

test('an open circuit refuses at once, and the refusal is an attempt that had no effect', () => {
  const crowd = new Crowd({
    circuitBreaker: circuitBreakers.fiveInARow,
    retry: { transient: { attemptsMax: 1, initialMs: 0, maxMs: 0, factorPermille: 1_000 } },
  }).begin('a', 'b', 'c', 'd', 'e');
  for (const saga of ['a', 'b', 'c', 'd', 'e']) crowd.answer(saga, NOT_NOW);
  expect(crowd.said).toContain('svc open');
  expect(crowd.words).toEqual([
    'a un-debit#1',
    'b un-debit#1',
    'c un-debit#1',
    'd un-debit#1',
    'e un-debit#1',
  ]);
  for (const saga of ['a', 'b', 'c', 'd', 'e']) crowd.answer(saga);
  crowd.begin('f');
  expect(crowd.words).toEqual([]);
  crowd.until(60 * SECOND);
  expect(crowd.words).toEqual(['f debit#2']); // refused once, and told when to come back
  crowd.answer('f');
  expect(crowd.said.slice(-2)).toEqual(['svc half-open', 'svc closed']);
});

test('a read whose answer is late is sent once more, as it was; the first answer counts', () => {
  const look = graph({ look: { effects: 'none' }, debit: { after: ['look'] } });
  const crowd = new Crowd({ hedge: { afterMs: 50 } }, look).begin('a');
  crowd.until(0.05 * SECOND);
  expect(crowd.words).toEqual(['a look#1', 'a look#1']);
  crowd.until(SECOND);
  expect(crowd.out).toHaveLength(2);
  crowd.answer('a', APPLIED);
  expect(crowd.words).toEqual(['a look#1', 'a debit#1']);
  crowd.answer('a', NOT_NOW); // E6: what the copy says is old news
  expect(crowd.words).toEqual(['a debit#1']);
  crowd.until(2 * SECOND);
  expect(crowd.words).toEqual(['a debit#1']); // a call with an effect has no copy
});

test('so many sagas are taken up at a time, so many may wait, the rest is told to come later', () => {
  const crowd = new Crowd({ admission: { sagasMax: 1, queueMax: 1 } }).begin('a', 'b', 'c');
  expect(crowd.words).toEqual(['a debit#1']);
  expect(crowd.said).toEqual(['c overloaded']);
  crowd.answer('a', REJECTED);
  expect(crowd.words).toEqual(['b debit#1']);
  expect(crowd.said).toEqual(['c overloaded', 'a failed']);
});

test('sagas that were recovered, or are loaded for a wish, are in hand, too', () => {
  const crowd = new Crowd({ admission: { sagasMax: 1, queueMax: 9 } }).begin('a');
  const recovered = crowd.nextLife;
  recovered.take({ kind: 'recovered', sagas: recovered.logs });
  expect(recovered.begin('b').words).toEqual(['a debit#1']);
  const loaded = crowd.nextLife;
  loaded.take({ kind: 'cancel', saga: 'a' });
  expect(loaded.begin('b').words).toEqual(['a un-debit#1']);
  loaded.answer('a');
  expect(loaded.words).toEqual(['b debit#1']);
});

test('E1: who has an append under way sends nothing when a place is free', () => {
  const crowd = new Crowd({ bulkhead: { callsMax: 1, queueMax: 9 } }).begin('a', 'b');
  const outputs = crowd.machine.handle({ kind: 'cancel', saga: 'b' }, crowd.nowUs);
  expect(outputs.map(({ kind }) => kind)).toEqual(['append']);
  crowd.answer('a');
  expect(crowd.words).toEqual(['a credit#1']);
  crowd.take({ kind: 'appended', append: outputs[0] as AppendOutput });
  crowd.answer('a');
  expect(crowd.words).toEqual(['b un-debit#1']);
});

test('a call whose payload cannot be made takes no place', () => {
  const payload = ({ saga }: { readonly saga: string }): unknown => {
    if (saga === 'a') throw new Error('no lines');
    return {};
  };
  const crowd = new Crowd({ bulkhead: { callsMax: 1, queueMax: 9 } }, graph({ debit: { payload } }));
  expect(crowd.begin('a', 'b').words).toEqual(['b debit#1']);
  expect(crowd.said).toEqual(['a failed']);
});

test('what a saga that ended still had on the wire gives its place to others', () => {
  const both = graph({ debit: {}, look: { effects: 'none' } });
  const crowd = new Crowd({ bulkhead: { callsMax: 2, queueMax: 9 } }, both).begin('a', 'b');
  expect(crowd.words).toEqual(['a debit#1', 'a look#1']);
  crowd.answer('a', REJECTED);
  expect(crowd.said).toEqual(['a failed']);
  expect(crowd.words).toEqual(['a look#1', 'b debit#1', 'b look#1']);
});

test('the deadline ends a saga that waits for a place', () => {
  const short = graph({ debit: {} }, { deadlineMs: 60_000 });
  const once = { attemptsMax: 1, initialMs: 0, maxMs: 0, factorPermille: 1_000 };
  const crowd = new Crowd(
    {
      bulkhead: { callsMax: 1, queueMax: 9 },
      callTimeoutMs: 60_000,
      retry: { transient: once, timeout: once },
    },
    short,
  );
  crowd.begin('a');
  crowd.until(SECOND);
  crowd.begin('b');
  crowd.until(59 * SECOND);
  expect(crowd.words).toEqual(['a debit#1']);
  crowd.until(60 * SECOND); // the deadline of a
  crowd.answer('a');
  expect(crowd.words).toEqual(['a un-debit#1']);
  crowd.until(61 * SECOND); // the deadline of b
  crowd.answer('a');
  expect(crowd.words).toEqual(['b un-debit#1']); // E2: it never left, but that stands in no log
  crowd.answer('b');
  expect(crowd.said).toEqual(['a compensated', 'b compensated']);
});

test('a look that nobody waits for any more gives its place to the undo', () => {
  const look = graph({ debit: {}, look: { effects: 'none', after: ['debit'] } });
  const crowd = new Crowd({ bulkhead: { callsMax: 1, queueMax: 9 } }, look).begin('a');
  crowd.answer('a');
  expect(crowd.words).toEqual(['a look#1']); // its answer never comes
  crowd.take({ kind: 'cancel', saga: 'a' });
  expect(crowd.words).toEqual(['a look#1', 'a un-debit#1']);
});

test('a saga that waits for a person takes no place, and a wish that it refuses leaves none taken', () => {
  const once = { attemptsMax: 1, initialMs: 0, maxMs: 0, factorPermille: 1_000 };
  const places = { callsMax: 1, queueMax: 9 };
  const crowd = new Crowd({ bulkhead: places, admission: { sagasMax: 1, queueMax: 9 }, compensation: once });
  crowd.begin('a').take({ kind: 'cancel', saga: 'a' });
  crowd.until(60 * SECOND); // the undo is not answered, and given up
  crowd.take({ kind: 'cancel', saga: 'a', request: 'again' });
  expect(crowd.said).toEqual(['a compensation_failed', 'a refused', 'a compensation_failed']);
  expect(crowd.machine.size).toBe(0);
  crowd.out.length = 0;
  expect(crowd.begin('b', 'c').words).toEqual(['b debit#1']);
});

test('sagas under one policy do not wait for those of another, and newcomers do not pass those who wait', () => {
  const other = defineUnder('other', { sagasMax: 1, queueMax: 9 });
  const mine = defineUnder('mine', { sagasMax: 2, queueMax: 9 });
  const machine = new Orchestrator({ epoch: 1, policy: other.policy!, definitions: [other, mine] });
  const begin = (saga: string, definition: SagaDefinition) =>
    machine.handle({ kind: 'create', saga, definition, input: {}, request: saga }, 0).map(({ kind }) => kind);
  expect(begin('o-1', other)).toContain('append');
  expect(begin('o-2', other)).toEqual([]);
  expect(begin('m-1', mine)).toContain('append');
  expect(begin('m-2', mine)).toContain('append');
  expect(begin('m-3', mine)).toEqual([]);
});

test('who asks again while it waits has one place, and every request is answered', () => {
  const crowd = new Crowd({ admission: { sagasMax: 1, queueMax: 2 } }).begin('a', 'b', 'b', 'b', 'c', 'd');
  expect(crowd.said).toEqual(['d overloaded']);
  crowd.answer('a', REJECTED);
  expect(crowd.accepted.filter((saga) => saga === 'b')).toHaveLength(3);
});

function defineUnder(name: string, admission: { readonly sagasMax: number; readonly queueMax: number }) {
  return defineSaga({
    name,
    version: 1,
    policy: definePolicy({ name, admission }),
    steps: { do: { service: 'svc', action: 'do', compensation: 'undo' } },
  });
}

const outcomes = fc.constantFrom<Outcome>(APPLIED, REJECTED, NOT_NOW, LOST);

test('whatever becomes of calls, no place is lost: when all is over, as many leave as ever', () => {
  const places = { callsMax: 3, queueMax: 100 };
  const anything = fc.array(fc.tuple(fc.nat(5), outcomes, fc.nat(20)), { maxLength: 80 });
  fc.assert(
    fc.property(anything, (moments) => {
      const steps = graph({
        debit: {},
        look: { effects: 'none', after: ['debit'] },
        credit: { after: ['look'] },
      });
      const crowd = new Crowd({ bulkhead: places }, steps).begin('a', 'b', 'c', 'd', 'e', 'f');
      for (const [who, outcome, seconds] of moments) {
        const call = crowd.out[who % Math.max(1, crowd.out.length)];
        if (call !== undefined && seconds % 4 === 3)
          crowd.out.splice(crowd.out.indexOf(call), 1); // lost
        else if (call !== undefined && seconds % 4 === 2) crowd.take({ kind: 'cancel', saga: call.saga });
        else if (call !== undefined) crowd.answer(call.saga, outcome);
        crowd.until(crowd.nowUs + seconds * SECOND);
      }
      for (let round = 0; round < 500 && crowd.machine.size > 0; round++) {
        while (crowd.out[0] !== undefined) crowd.answer(crowd.out[0].saga);
        crowd.until(crowd.nowUs + 30 * SECOND);
      }
      expect(crowd.machine.size).toBe(0);
      crowd.out.length = 0; // calls of undos that were given up
      crowd.begin('u', 'v', 'w', 'x', 'y');
      expect(crowd.out).toHaveLength(places.callsMax);
    }),
  );
});
