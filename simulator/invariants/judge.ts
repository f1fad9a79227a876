// Asks every invariant at every event that could break it, and writes the case files from the ledgers (S9).
//
// J1. The cost of an event does not grow with the number of sagas: an invariant sees the saga at hand, and the
//     whole world only at quiescence.
// J2. A violation is recorded with the saga's shape, so that failures of the same nature can be told together.

import type { StoredEvent } from '../../engine/core/ports.ts';
import type { Call, LedgerEntry, Outcome } from '../../engine/core/protocol.ts';
import type { SagaState, SagaStatus } from '../../engine/core/saga.ts';
import type { Violation } from '../run-result.ts';
import { enter, markCompensated, type OpenCase } from './case-file.ts';
import type { CaseFile, Invariant, InvariantFactory, Reporter, WorldView } from './invariant.ts';

const VIOLATIONS_KEPT = 100;

type Hook = Exclude<keyof Invariant, 'id' | 'statement'>;
type Having<H extends Hook> = Invariant & Required<Pick<Invariant, H>>;

export class Judge {
  readonly violations: Violation[] = [];
  violationsTotal = 0;
  readonly #exercised = new Set<readonly Invariant[]>();
  readonly #now: () => number;
  readonly #onEffect: readonly Having<'onEffect'>[];
  readonly #onCall: readonly Having<'onCall'>[];
  readonly #onOutcome: readonly Having<'onOutcome'>[];
  readonly #onAppended: readonly Having<'onAppended'>[];
  readonly #onEnded: readonly Having<'onEnded'>[];
  readonly #onRecovered: readonly Having<'onRecovered'>[];
  readonly #onQuiescence: readonly Having<'onQuiescence'>[];

  constructor(factories: readonly InvariantFactory[], world: WorldView, nowUs: () => number) {
    this.#now = nowUs;
    const all = factories.map((make) => this.#appoint(make, world));
    const having = <H extends Hook>(hook: H) => all.filter((i): i is Having<H> => i[hook] !== undefined);
    this.#onEffect = having('onEffect');
    this.#onCall = having('onCall');
    this.#onOutcome = having('onOutcome');
    this.#onAppended = having('onAppended');
    this.#onEnded = having('onEnded');
    this.#onRecovered = having('onRecovered');
    this.#onQuiescence = having('onQuiescence');
  }

  #appoint(make: InvariantFactory, world: WorldView): Invariant {
    const reporter: Reporter = { violated: (message, file) => this.#record(invariant, message, file) };
    const invariant = make(reporter, world);
    return invariant;
  }

  #record({ id, statement }: Invariant, message: string, file: CaseFile | undefined): void {
    this.violationsTotal++;
    if (this.violations.length >= VIOLATIONS_KEPT) return;
    this.violations.push({
      invariant: id,
      statement,
      message,
      atUs: this.#now(),
      ...(file === undefined ? {} : { saga: file.saga }),
      signature: file === undefined ? id : `${id}:${shapeOf(file)}`,
    });
  }

  /** Ids of invariants that had something to judge so far. */
  get exercised(): readonly string[] {
    return [...new Set([...this.#exercised].flatMap((asked) => asked.map(({ id }) => id)))];
  }

  effect(entry: LedgerEntry, file: OpenCase, service: string): void {
    const index = enter(file, entry);
    const step = index === undefined ? undefined : file.definition.steps[index];
    if (step === undefined) return;
    for (const invariant of this.#onEffect) invariant.onEffect(entry, step, file, service);
    this.#exercised.add(this.#onEffect);
  }

  call(call: Call, index: number, file: OpenCase): void {
    const step = file.definition.steps[index]!;
    for (const invariant of this.#onCall) invariant.onCall(call, step, file);
    this.#exercised.add(this.#onCall);
  }

  outcome(call: Call, outcome: Outcome, file: OpenCase): void {
    for (const invariant of this.#onOutcome) invariant.onOutcome(call, outcome, file);
  }

  appended(events: readonly StoredEvent[], log: readonly StoredEvent[], file: OpenCase): void {
    for (const { event } of events) {
      if (event.kind === 'step-compensated') markCompensated(file, event.step);
      else if (event.kind === 'compensation-resumed' || event.kind === 'saga-retried')
        file.claimed = undefined;
    }
    for (const invariant of this.#onAppended) invariant.onAppended(events, log, file);
    this.#exercised.add(this.#onAppended);
  }

  /** The store told a writer that the saga stands at `version`. */
  acknowledged(version: number, file: OpenCase): void {
    if (version > file.acknowledged) file.acknowledged = version;
  }

  ended(status: SagaStatus, state: SagaState, log: readonly StoredEvent[], file: OpenCase): void {
    file.claimed = status;
    for (const invariant of this.#onEnded) invariant.onEnded(status, state, log, file);
    this.#exercised.add(this.#onEnded);
  }

  recovered(log: readonly StoredEvent[], file: OpenCase): void {
    for (const invariant of this.#onRecovered) invariant.onRecovered(log, file);
  }

  quiescence(world: WorldView): void {
    for (const invariant of this.#onQuiescence) invariant.onQuiescence(world);
    this.#exercised.add(this.#onQuiescence);
  }
}

/** J2: the saga's definition and, per step, whether it stands, was undone or never happened. */
function shapeOf({ definition, steps, claimed }: CaseFile): string {
  const marks = steps
    .map(({ applied, undone }) => (applied > undone ? '+' : undone > 0 ? '-' : '.'))
    .join('');
  return `${definition.name}:${marks}:${claimed ?? 'open'}`;
}
