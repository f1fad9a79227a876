// What a log lost, from the books of the services: the events that bring it up to what was done, so that an engine goes on from
// there and the saga ends all-or-nothing. Pure.
//
// B1. Nothing of the engine that wrote the lost events may be on its way any more when the books are read: its processes are
//     stopped, and so much time has passed as a call may take. Otherwise an undo that is still under way would strike a saga
//     that goes forward again.
// B2. What stands in a book is entered as intended and applied, with the result that the book keeps. What was undone is entered
//     as undone, and then the saga was being undone: all of it is. Steps that may have been asked for are entered as intended,
//     so that their undo leaves a tombstone (E2).
// B3. Otherwise it goes forward: every call goes out again under its key, and a fence answers as it did (E4). A saga of which
//     everything stands completes, whatever its deadline: somebody may have been told that it did.
// B4. Ends that the log knows are not touched: what differs there, no event can mend.
// B5. Of a saga without a log, a step that is missing in a book which may have forgotten it is not taken for one that was never
//     done: whoever asked again, or undid it, would meet a service that no longer knows the key (R7).
//
// What no book knows is said in `unknown`, and decided as B2 and B3 say.

import type { SagaDefinition, StepDefinition } from '../core/define-saga.ts';
import { evolve, fold, isAtRest, type SagaEvent, type SagaState, withConsequences } from '../core/saga.ts';
import type { BookEntry } from './books.ts';

/** A saga whose log is to be brought up to the books. */
export interface RebuildFacts {
  readonly saga: string;
  readonly definition: SagaDefinition;
  /** What it was begun with; matters only when nothing is left of its log. */
  readonly input: unknown;
  /** What is left of its log, oldest first. */
  readonly log: readonly SagaEvent[];
  /** Of this saga, from the books of all its services, each service's oldest first. */
  readonly entries: readonly BookEntry[];
  /** For a new deadline, in microseconds since 1970. */
  readonly nowUs: number;
  /** By service, of books that forget: since when they have all (`Book.keptSinceUs`). Left out: none forgets. */
  readonly keptSinceUs?: ReadonlyMap<string, number>;
  /** The saga did not begin before, in microseconds since 1970; default 0. Matters only when nothing is left of its log. */
  readonly begunAfterUs?: number;
  /** A person says that what may be forgotten was never done (B5). */
  readonly isForced?: boolean;
}

/** What is to be appended to a log, and what could not be known. */
export interface RebuiltLog {
  /** In their order, as one append; none when the log has all that the books have, or when B5 forbids it. */
  readonly events: readonly SagaEvent[];
  /** What nobody could tell, each as a sentence. */
  readonly unknown: readonly string[];
}

/**
 * The events that a log lost.
 *
 * @example
 * const { events } = rebuiltLog({ saga: 's-1', definition: transfer, input, log: [], entries, nowUs });
 */
export function rebuiltLog(facts: RebuildFacts): RebuiltLog {
  const { definition, saga, log, entries, nowUs } = facts;
  const state = fold(definition, saga, log);
  const unknown: string[] = [];
  const events: SagaEvent[] = [];
  if (log.length === 0) {
    const forgotten = facts.isForced === true ? [] : mayBeForgotten(facts);
    if (forgotten.length > 0) return { events: [], unknown: forgotten };
    const begin = beginning(facts);
    unknown.push(...notKnown(facts, begin));
    evolve(state, begin);
    events.push(begin);
  }
  const lastRound = Math.max(state.round, ...entries.map(({ round }) => round));
  const roundsBooked = new Set(entries.map(({ round }) => round));
  for (let round = state.round; round <= lastRound; round++) {
    if (round !== state.round) {
      const isEnded = state.status === 'failed' || state.status === 'compensated';
      if (!isEnded || !(roundsBooked.has(round) || round === lastRound)) continue; // B4
      const retried: SagaEvent = { kind: 'saga-retried', round, ...deadlineFrom(definition, nowUs) };
      evolve(state, retried);
      events.push(retried);
    }
    if (isAtRest(state.status)) continue; // B4
    events.push(...ofRound(state, entries, round === lastRound, unknown));
  }
  return { events, unknown };
}

/** B5. */
function mayBeForgotten(facts: RebuildFacts): readonly string[] {
  const { definition, entries, keptSinceUs = new Map<string, number>(), begunAfterUs = 0 } = facts;
  return definition.steps.flatMap(({ name, service, hasEffects }) => {
    const sinceUs = keptSinceUs.get(service) ?? 0;
    const isThere = entries.some(({ step, direction }) => step === name && direction === 'forward');
    if (isThere || hasEffects === false || sinceUs <= begunAfterUs) return [];
    const since = new Date(sinceUs / 1_000).toISOString();
    return [`whether "${name}" was done: the book of ${service} remembers only since ${since}`];
  });
}

function beginning({ definition, input, nowUs }: RebuildFacts): SagaEvent {
  const { name, version, source } = definition;
  return {
    kind: 'saga-created',
    definition: name,
    definitionVersion: version,
    input,
    ...deadlineFrom(definition, nowUs),
    ...(source === undefined ? {} : { source }),
  };
}

function deadlineFrom({ deadlineUs }: SagaDefinition, nowUs: number): { readonly deadlineAtUs?: number } {
  return deadlineUs === undefined ? {} : { deadlineAtUs: nowUs + deadlineUs };
}

/** Of the round that the state is in; an earlier one has ended without effect, or no later one would have begun. */
function ofRound(
  state: SagaState,
  entries: readonly BookEntry[],
  isLast: boolean,
  unknown: string[],
): readonly SagaEvent[] {
  // Whoever is delivered to again answers from its inbox: nothing else needs to be known.
  if (state.definition.flow !== undefined) return withConsequences(state, []);
  const own = entries.filter(({ round }) => round === state.round);
  const done: Done = new Map(
    own.filter(({ direction }) => direction === 'forward').map((entry) => [entry.step, entry]),
  );
  const undone = new Set(own.filter(({ direction }) => direction === 'compensation').map(({ step }) => step));
  const isUndone = state.status === 'compensating' || undone.size > 0;
  if (isUndone && state.reason === undefined) unknown.push('why it was undone: it is entered as cancelled');
  const lost = isUndone
    ? undoing(state, done, undone, isLast)
    : isLast
      ? forwardEvents(state, done)
      : ([{ kind: 'stop-requested', reason: { kind: 'cancelled' } }] as const);
  return withConsequences(state, lost);
}

function notKnown({ definition, entries }: RebuildFacts, begin: SagaEvent): readonly string[] {
  const sentences: string[] = [];
  if (begin.kind === 'saga-created') sentences.push('when it began, and whether a person had cancelled it');
  if ('deadlineAtUs' in begin) sentences.push('its deadline: it gets a new one');
  const silent = definition.steps.filter(
    ({ name }) =>
      entries.some(({ step, direction }) => step === name && direction === 'forward') &&
      !entries.some((entry) => entry.step === name && 'result' in entry),
  );
  if (silent.length > 0) {
    const names = silent.map(({ name }) => `"${name}"`).join(', ');
    sentences.push(`what ${names} had answered, if anything: its book does not keep answers`);
  }
  return sentences;
}

type Done = ReadonlyMap<string, BookEntry>;

/** B2, B3: what stands is intended and applied, in an order in which it may have been. */
function forwardEvents(state: SagaState, done: Done): readonly SagaEvent[] {
  const events: SagaEvent[] = [];
  for (const step of inOrder(state.definition)) {
    const entry = done.get(step.name);
    const { status } = state.steps[step.index]!;
    if (entry === undefined) continue;
    if (status === 'pending') events.push({ kind: 'step-requested', step: step.name });
    if (status === 'pending' || status === 'running' || status === 'retrying')
      events.push(applied(step.name, entry));
  }
  return events;
}

/** B2. */
function undoing(
  state: SagaState,
  done: Done,
  undone: ReadonlySet<string>,
  isLast: boolean,
): readonly SagaEvent[] {
  const events: SagaEvent[] = [];
  const { definition } = state;
  const statusOf = (step: StepDefinition) => state.steps[step.index]!.status;
  if (state.status !== 'compensating') {
    events.push(...forwardEvents(state, done));
    const stands = (index: number): boolean =>
      done.has(definition.steps[index]!.name) || state.steps[index]!.status === 'applied';
    for (const step of isLast ? definition.steps : []) {
      const mayBeAsked = step.compensation !== undefined && step.after.every(stands);
      if (statusOf(step) === 'pending' && !done.has(step.name) && mayBeAsked)
        events.push({ kind: 'step-requested', step: step.name });
    }
    events.push({ kind: 'compensation-started', reason: state.reason ?? { kind: 'cancelled' } });
  }
  for (const step of inOrder(definition).reverse()) {
    if (!undone.has(step.name) || ['compensated', 'skipped'].includes(statusOf(step))) continue;
    if (statusOf(step) !== 'compensating') events.push({ kind: 'compensation-requested', step: step.name });
    events.push({ kind: 'step-compensated', step: step.name });
  }
  return events;
}

function applied(step: string, { result }: BookEntry): SagaEvent {
  return result === undefined ? { kind: 'step-applied', step } : { kind: 'step-applied', step, result };
}

/** Every step after those that it comes after. */
function inOrder({ steps }: SagaDefinition): StepDefinition[] {
  return [...steps].sort((a, b) => a.ancestors.length - b.ancestors.length);
}
