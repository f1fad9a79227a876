// Given a saga, when this and that happens, then …: the words in which the tests of the engine core are written.
// A saga under test is driven exactly as the orchestrator drives it: decide, fold, add what follows.

import { defineSaga, type SagaDefinition, type StepSpec } from '../../../engine/core/define-saga.ts';
import type { Policy } from '../../../engine/core/policy.ts';
import type { Direction, FailureClass, Outcome } from '../../../engine/core/protocol.ts';
import { decideRepair } from '../../../engine/core/repair.ts';
import { checkAct, type RepairAct } from '../../../engine/core/repair-act.ts';
import {
  created,
  decide,
  initialState,
  type PendingCall,
  pending,
  type SagaEvent,
  type SagaInput,
  type SagaState,
  type StepStatus,
  withConsequences,
} from '../../../engine/core/saga.ts';

export const SECOND = 1_000_000;

/** Three attempts, one second apart, whatever failed; no saga is refused. */
export const THREE_TIMES: Policy = {
  name: 'three-times',
  callTimeoutUs: 10 * SECOND,
  retryDelayUs: ({ attempt, endless, attemptsMax, retryAfterUs }) =>
    endless || attempt < Math.min(3, attemptsMax ?? 3) ? Math.max(SECOND, retryAfterUs) : -1,
  budgetUs: () => 0,
  check: () => {},
};

export type GraphSpec = Readonly<Record<string, Partial<StepSpec<unknown>>>>;

/** Steps with everything but what matters filled in: service `svc`, action `do_x`, compensation `undo_x`. */
export function graph(
  steps: GraphSpec,
  head: { readonly name?: string; readonly deadlineMs?: number } = {},
): SagaDefinition {
  const full = Object.entries(steps).map(([name, step]) => {
    const undone = (step.kind ?? 'compensatable') === 'compensatable' && step.effects === undefined;
    const spec: StepSpec<unknown> = {
      service: 'svc',
      action: `do_${name}`,
      ...(undone ? { compensation: `undo_${name}` } : {}),
      ...step,
    };
    return [name, spec] as const;
  });
  return defineSaga({ name: 'test', version: 1, ...head, steps: Object.fromEntries(full) });
}

/** Steps one after another. */
export function sequence(...names: readonly string[]): SagaDefinition {
  return graph(Object.fromEntries(names.map((name, i) => [name, i === 0 ? {} : { after: [names[i - 1]!] }])));
}

/** What a participant answers: to the call that is outstanding, unless another is named. */
export interface Answer {
  readonly step: string;
  readonly outcome: Outcome;
  readonly to?: { readonly direction?: Direction; readonly attempt?: number; readonly round?: number };
}

type To = Answer['to'];

function answer(step: string, outcome: Outcome, to: To): Answer {
  return to === undefined ? { step, outcome } : { step, outcome, to };
}

export function applied(step: string, to?: To, result?: unknown): Answer {
  return answer(step, result === undefined ? { kind: 'applied' } : { kind: 'applied', result }, to);
}

/** A final no: nothing happened, and nothing ever will under this key. */
export function rejected(step: string, to?: To): Answer {
  return answer(step, { kind: 'rejected', failure: 'business', reason: 'no' }, to);
}

/** Not now: nothing happened, try again. */
export function refused(step: string, failure: FailureClass = 'transient', to?: To): Answer {
  return answer(step, { kind: 'rejected', failure, reason: 'not now' }, to);
}

/** No answer: it may have happened (E2). */
export function lost(step: string, to?: To): Answer {
  return answer(step, { kind: 'unknown', failure: 'timeout', reason: 'no answer' }, to);
}

type InputWish = Exclude<SagaInput, { kind: 'reply' }>['kind'];

/** One saga and its log. */
export class SagaUnderTest {
  readonly state: SagaState;
  readonly log: SagaEvent[] = [];
  readonly policy: Policy;
  nowUs = 0;

  constructor(definition: SagaDefinition, policy: Policy = THREE_TIMES) {
    this.policy = policy;
    this.state = initialState(definition, 's-1');
    this.#record([created(definition, {}, this.nowUs)]);
  }

  /** Takes what happens, in this order; the events that come of all of it. */
  when(...happenings: readonly (Answer | InputWish)[]): readonly SagaEvent[] {
    const before = this.log.length;
    for (const happening of happenings) {
      const input = typeof happening === 'string' ? { kind: happening } : this.#reply(happening);
      this.#record(decide(this.state, input, this.policy, this.nowUs));
    }
    return this.log.slice(before);
  }

  /** Takes a person's act; what it comes to, as words: the events, `done before`, or why it is refused. */
  repair(act: Partial<RepairAct> & Pick<RepairAct, 'act'>): string {
    const whole = { id: `${act.act}-1`, by: 'anna', why: 'because', ...act };
    checkAct(whole);
    const repair = decideRepair(this.state, whole, this.nowUs);
    if (repair.kind === 'refused') return `refused: ${repair.reason}`;
    if (repair.kind === 'done-before') return 'done before';
    const before = this.log.length;
    this.#record(repair.events);
    return kindsOf(this.log.slice(before)).join(', ');
  }

  get status(): SagaState['status'] {
    return this.state.status;
  }

  /** What is outstanding, as words: `do a #1`, `undo b #2`. */
  get calls(): readonly string[] {
    return pending(this.state).map((call) => wordsOf(this.state, call));
  }

  /** The status of every step, by name. */
  get steps(): Readonly<Record<string, StepStatus>> {
    const { steps } = this.state.definition;
    return Object.fromEntries(steps.map(({ name }, i) => [name, this.state.steps[i]!.status]));
  }

  #reply({ step: name, outcome, to = {} }: Answer): SagaInput {
    const step = this.state.definition.steps.findIndex((known) => known.name === name);
    const current = this.state.steps[step]!;
    const direction = to.direction ?? (current.status === 'compensating' ? 'compensation' : 'forward');
    const { attempt = current.attempt, round = this.state.round } = to;
    return { kind: 'reply', step, direction, round, attempt, outcome };
  }

  #record(events: readonly SagaEvent[]): void {
    const all = withConsequences(this.state, events);
    this.log.push(...all);
  }
}

/** A saga that was created, with its first steps requested. */
export function given(
  definition: SagaDefinition,
  ...happenings: readonly (Answer | InputWish)[]
): SagaUnderTest {
  const saga = new SagaUnderTest(definition);
  saga.when(...happenings);
  return saga;
}

/** A pending call as words: `do a #1`, `undo b #2`. */
export function wordsOf(state: SagaState, { step, direction, attempt }: PendingCall): string {
  return `${direction === 'forward' ? 'do' : 'undo'} ${state.definition.steps[step]!.name} #${attempt}`;
}

/** The kinds of some events, with the step where there is one: `step-applied a`. */
export function kindsOf(events: readonly SagaEvent[]): readonly string[] {
  return events.map((event) => ('step' in event ? `${event.kind} ${event.step}` : event.kind));
}
