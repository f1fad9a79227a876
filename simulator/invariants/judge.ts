// Asks every invariant at every event that could break it, and writes the case files from the ledgers (S9).
//
// J1. The cost of an event does not grow with the number of sagas: an invariant sees the saga at hand, and the
//     whole world only at quiescence.
// J2. A violation is recorded with the saga's shape, so that failures of the same nature can be told together.

import { stepIndexOf } from '../../engine/core/define-saga.ts';
import type { AppendOutput } from '../../engine/core/orchestrator.ts';
import type { Call, LedgerEntry, Outcome } from '../../engine/core/protocol.ts';
import type { SagaEvent, SagaState } from '../../engine/core/saga.ts';
import type { Violation } from '../run-result.ts';
import type { OpenCase } from './case-book.ts';
import type {
  CaseFile,
  Ending,
  Invariant,
  InvariantFactory,
  LogView,
  Reporter,
  WorldView,
} from './invariant.ts';
import { foldChecked } from './legal-transitions.ts';
import { NOTHING_THROWN, thrownIn } from './nothing-thrown.ts';

const VIOLATIONS_KEPT = 100;

export const HOOKS = [
  'onEffect',
  'onSent',
  'onCall',
  'onOutcome',
  'onAppended',
  'onEnded',
  'onReleased',
  'onRecovered',
  'onQuiescence',
] as const;
/** Quiescence comes to every run: that an invariant was asked then says nothing of what there was to judge. */
const TELLING_HOOKS = HOOKS.filter((hook) => hook !== 'onQuiescence');
type Hook = (typeof HOOKS)[number];
/** Per hook, those who listen: as functions, since each of them is an object of its own shape; they need no `this`. */
type Panels = { readonly [H in Hook]: Required<Invariant>[H][] };

export class Judge {
  readonly violations: Violation[] = [];
  violationsTotal = 0;
  readonly #invariants: readonly Invariant[];
  readonly #panels: Panels = {
    onEffect: [],
    onSent: [],
    onCall: [],
    onOutcome: [],
    onAppended: [],
    onEnded: [],
    onReleased: [],
    onRecovered: [],
    onQuiescence: [],
  };
  /** Hooks of which somebody was asked. */
  readonly #asked: { [H in Hook]?: true } = {};
  readonly #now: () => number;
  readonly #tell: ((violation: Violation) => void) | undefined;

  /** @param tell told of every violation that is kept */
  constructor(
    factories: readonly InvariantFactory[],
    world: WorldView,
    nowUs: () => number,
    tell?: (violation: Violation) => void,
  ) {
    this.#now = nowUs;
    this.#tell = tell;
    this.#invariants = factories.map((make) => this.#appoint(make, world));
    for (const one of this.#invariants) this.#seat(one);
  }

  #appoint(make: InvariantFactory, world: WorldView): Invariant {
    const reporter: Reporter = { violated: (message, file) => this.#record(invariant, message, file) };
    const invariant = make(reporter, world);
    return invariant;
  }

  #seat(invariant: Invariant): void {
    for (const hook of HOOKS) {
      const ask = invariant[hook];
      if (ask !== undefined) (this.#panels[hook] as unknown[]).push(ask);
    }
  }

  #record({ id, statement }: Invariant, message: string, file: CaseFile | undefined): void {
    if (this.violationsTotal >= VIOLATIONS_KEPT) {
      this.violationsTotal++;
      return;
    }
    this.#keep({
      invariant: id,
      statement,
      message,
      atUs: this.#now(),
      ...(file === undefined ? {} : { saga: file.saga }),
      signature: file === undefined ? id : `${id}:${shapeOf(file)}`,
    });
  }

  #keep(violation: Violation): void {
    this.violationsTotal++;
    this.violations.push(violation);
    this.#tell?.(violation);
  }

  /** Something was thrown in the middle of the run, which ends with it. What is no failure of a run is thrown on. */
  thrown(error: unknown): void {
    const thrown = thrownIn(error);
    if (thrown === undefined) throw error;
    this.#keep({
      invariant: NOTHING_THROWN.id,
      statement: NOTHING_THROWN.statement,
      atUs: this.#now(),
      ...thrown,
    });
  }

  /** Ids of invariants that had something to judge so far. */
  get exercised(): readonly string[] {
    const asked = (invariant: Invariant): boolean =>
      TELLING_HOOKS.some((hook) => invariant[hook] !== undefined && this.#asked[hook] === true);
    return this.#invariants.filter((i) => i.isExercised?.() ?? asked(i)).map(({ id }) => id);
  }

  /** A participant committed an effect. */
  effect(entry: LedgerEntry, file: OpenCase, service: string): void {
    const index = file.enter(entry);
    const step = index === undefined ? undefined : file.definition.steps[index];
    if (step === undefined) return;
    this.#asked.onEffect = true;
    for (const ask of this.#panels.onEffect) ask(entry, step, file, service);
  }

  /** A call leaves its orchestrator. */
  sent(call: Call, index: number, file: OpenCase, isLate: boolean): void {
    const step = file.definition.steps[index]!;
    this.#asked.onSent = true;
    for (const ask of this.#panels.onSent) ask(call, step, file, isLate);
  }

  /** A call arrived at a participant. */
  call(call: Call, index: number, file: OpenCase): void {
    const step = file.definition.steps[index]!;
    this.#asked.onCall = true;
    for (const ask of this.#panels.onCall) ask(call, step, file);
  }

  outcome(call: Call, outcome: Outcome, file: OpenCase): void {
    this.#asked.onOutcome = true;
    for (const ask of this.#panels.onOutcome) ask(call, outcome, file);
  }

  appended(append: AppendOutput, log: LogView, file: OpenCase): void {
    for (const event of append.events) {
      switch (event.kind) {
        case 'step-requested':
          file.markIntended(event.step, 'forward');
          break;
        case 'step-retry-scheduled':
          file.markIntended(event.step, 'forward', event.attempt);
          break;
        case 'compensation-requested':
          file.markIntended(event.step, 'compensation');
          break;
        case 'compensation-retry-scheduled':
          file.markIntended(event.step, 'compensation', event.attempt);
          break;
        case 'step-compensated':
          file.markCompensated(event.step);
          break;
        case 'step-skipped':
          file.takeOver([stepIndexOf(file.definition, event.step)]);
          file.ending = undefined;
          break;
        case 'saga-retried':
          file.ending = undefined;
          file.startRound(event.round);
          break;
        case 'compensation-resumed':
          file.ending = undefined;
          break;
        default: // nothing that the file keeps
      }
    }
    this.#asked.onAppended = true;
    for (const ask of this.#panels.onAppended) ask(append, log, file);
    file.epoch = append.epoch;
  }

  /** The store told a writer that the saga stands at `version`. */
  acknowledged(version: number, file: OpenCase): void {
    if (version > file.acknowledged) file.acknowledged = version;
  }

  /** The log says that the saga ended, or asks for a person. */
  ended(log: LogView, file: OpenCase): Ending {
    const { events } = log;
    const { state, illegal } = foldChecked(file.definition, file.saga, events);
    const ending: Ending = { status: state.status, state, illegal };
    file.ending = ending;
    if (isTakenOver(events)) file.takeOver(openSteps(state));
    this.#asked.onEnded = true;
    for (const ask of this.#panels.onEnded) ask(ending, log, file);
    return ending;
  }

  released(believed: SagaState, log: LogView, file: OpenCase): void {
    this.#asked.onReleased = true;
    for (const ask of this.#panels.onReleased) ask(believed, log, file);
  }

  recovered(log: LogView, file: OpenCase): void {
    this.#asked.onRecovered = true;
    for (const ask of this.#panels.onRecovered) ask(log, file);
  }

  quiescence(world: WorldView): void {
    for (const ask of this.#panels.onQuiescence) ask(world);
  }
}

/** Whether a person took over all that was open. */
function isTakenOver(events: readonly SagaEvent[]): boolean {
  const last = events.at(-1);
  return last?.kind === 'saga-resolved' && last.act !== undefined;
}

/** Steps of which the log does not say that nothing of them stands. */
function openSteps({ definition, steps }: SagaState): readonly number[] {
  const isKnown = definition.flow === undefined; // of a step that is pending
  return steps.flatMap(({ status }, i) =>
    (status === 'pending' && isKnown) || status === 'rejected' || status === 'compensated' ? [] : [i],
  );
}

/** J2: the saga's definition and, per step, whether it stands, was undone or never happened. */
function shapeOf(file: CaseFile): string {
  const marks = file.definition.steps.map(({ index }) =>
    file.stands(index) ? '+' : file.undone(index) > 0 ? '-' : '.',
  );
  return `${file.definition.name}:${marks.join('')}:${file.ending?.status ?? 'open'}`;
}
