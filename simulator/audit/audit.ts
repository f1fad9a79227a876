// Judges a run that happened for real by what it left behind: the same invariants, asked the same questions in the order
// in which things happened.
//
// A1. The judge does not ask the accused (S9): effects come from what participants wrote down; what the engine says comes
//     from the store.
// A2. Things are put in order by when they were written down. All processes of a run are on one machine, and none of
//     their clocks is ever set, so what causes a thing stands before it.
// A3. What cannot be known afterwards is not judged: what an engine believed when it let go of a saga, and when exactly
//     an epoch was opened. Invariants that need it say that they were not exercised.

import { type SagaDefinition, stepIndexOf } from '../../engine/core/define-saga.ts';
import type { AppendOutput } from '../../engine/core/orchestrator.ts';
import type { Policy } from '../../engine/core/policy.ts';
import type { StoredEvent } from '../../engine/core/ports.ts';
import type { Participant } from '../../engine/core/protocol.ts';
import { isEnded, type SagaEvent } from '../../engine/core/saga.ts';
import { CaseBook, OpenCase } from '../invariants/case-book.ts';
import type { CaseFile, LogView, WorldView } from '../invariants/invariant.ts';
import { Judge } from '../invariants/judge.ts';
import { withOwn } from '../invariants/own-invariants.ts';
import { Occasions } from '../invariants/sometimes.ts';
import type { RunResult } from '../run-result.ts';
import type { Scenario } from '../scenario.ts';
import { AuditTally, faultCounts } from './audit-tally.ts';
import type { AskedSaga, Evidence, HandledCall } from './evidence.ts';
import { fingerprintOf } from './fingerprint.ts';
import { appendsOf, inOrder, type Occurrence } from './occurrences.ts';

export interface AuditOptions {
  readonly scenario: Scenario;
  /** What the sagas ran under, instead of their own. */
  readonly policy: Policy | undefined;
  readonly seed: string;
  /** Kinds that could strike, with their rate in parts per million. */
  readonly faultsEnabled: Readonly<Record<string, number>>;
  /** Why there is no verdict, when the run was cut short. */
  readonly inconclusive?: string;
}

/**
 * The result of a run from its evidence.
 *
 * @example
 * const { verdict, violations } = audit(evidence, { scenario, policy: undefined, seed: 'live-1', faultsEnabled: {} });
 */
export function audit(evidence: Evidence, options: AuditOptions): RunResult {
  return new Audit(evidence, options).run();
}

/** One saga under audit: its case file, and its log as far as it has been read. */
class AuditedSaga extends OpenCase implements LogView {
  readonly asked: AskedSaga;
  readonly #log: readonly StoredEvent[];
  /** Events read. */
  length = 0;
  /** The operation that its participant last refused by itself; -1 for none. */
  refusedOperation = -1;

  constructor(book: CaseBook, asked: AskedSaga, definition: SagaDefinition, log: readonly StoredEvent[]) {
    super(book, asked.saga, definition);
    this.asked = asked;
    this.#log = log;
  }

  get events(): readonly SagaEvent[] {
    return this.rows().map(({ event }) => event);
  }

  rows(): readonly StoredEvent[] {
    return this.#log.slice(0, this.length);
  }
}

class Audit implements WorldView {
  /** As they were before the run, until all of it has been read. */
  participants: Readonly<Record<string, Participant>>;
  readonly healAtUs: number;
  readonly policyOf: WorldView['policyOf'];
  readonly #evidence: Evidence;
  readonly #options: AuditOptions;
  readonly #sagas = new Map<string, AuditedSaga>();
  readonly #judge: Judge;
  readonly #occasions: Occasions;
  readonly #tally: AuditTally;
  #nowUs: number;

  constructor(evidence: Evidence, options: AuditOptions) {
    const { scenario, policy } = options;
    this.#evidence = evidence;
    this.#options = options;
    this.#nowUs = evidence.beganAtUs;
    this.#tally = new AuditTally(evidence.beganAtUs);
    this.healAtUs = evidence.healedAtUs;
    const override = policy ?? scenario.policy;
    this.policyOf = ({ policy: own }) => override ?? own ?? scenario.sagas[0]!.policy!;
    this.participants = participantsOf(evidence, 'opening');
    this.#occasions = new Occasions(scenario.sometimes);
    this.#judge = new Judge(withOwn(scenario.invariants), this, () => this.#nowUs - evidence.beganAtUs);
    this.#openCases();
  }

  #openCases(): void {
    const book = new CaseBook();
    const { asked, logs } = this.#evidence;
    for (const one of asked) {
      const { definition } = definedBy(one, this.#options.scenario, logs.get(one.saga));
      const saga = new AuditedSaga(book, one, definition, logs.get(one.saga) ?? []);
      this.#sagas.set(one.saga, saga);
      if (one.isAcknowledged) this.#judge.acknowledged(1, saga);
    }
  }

  run(): RunResult {
    const { services, logs } = this.#evidence;
    const appends = [...logs.values()].flatMap(appendsOf);
    for (const occurrence of inOrder(appends, services)) {
      this.#nowUs = occurrence.atUs;
      this.#take(occurrence);
    }
    this.#nowUs = this.#evidence.endedAtUs;
    for (const saga of this.#sagas.values()) this.#judge.recovered(saga, saga);
    this.participants = participantsOf(this.#evidence, 'closing');
    if (this.#options.inconclusive === undefined) this.#judge.quiescence(this);
    return this.#result();
  }

  #take(occurrence: Occurrence): void {
    switch (occurrence.kind) {
      case 'append':
        return this.#appended(occurrence.append);
      default:
        return this.#handled(occurrence.service, occurrence.handled);
    }
  }

  #appended(append: AppendOutput): void {
    const saga = this.#sagas.get(append.saga);
    if (saga === undefined) return; // nobody of this run asked for it
    saga.length += append.events.length;
    this.#judge.appended(append, saga, saga);
    const last = append.events.at(-1)!;
    if (!TELLS_THE_END.has(last.kind)) return;
    const ending = this.#judge.ended(saga, saga);
    this.#occasions.ended(ending, saga, saga);
  }

  #handled(service: string, { call, outcome, entries }: HandledCall): void {
    const saga = this.#sagas.get(call.saga);
    const step = saga === undefined ? -1 : stepIndexOf(saga.definition, call.step);
    if (saga === undefined || step < 0) return;
    this.#judge.sent(call, step, saga, true); // it came, so it was sent, some time before
    this.#judge.call(call, step, saga);
    for (const entry of entries) {
      const whose = this.#sagas.get(entry.saga);
      if (whose !== undefined) this.#judge.effect(entry, whose, service);
    }
    this.#judge.outcome(call, outcome, saga);
    const operation = step * 2 + (call.direction === 'forward' ? 0 : 1);
    saga.refusedOperation = outcome.kind === 'applied' ? -1 : operation;
    this.#tally.called(call, this.#nowUs);
  }

  #result(): RunResult {
    const { seed, faultsEnabled, inconclusive } = this.#options;
    const { beganAtUs, endedAtUs, faults } = this.#evidence;
    for (const { asked, definition } of this.#sagas.values()) {
      this.#tally.saga(asked, definition, this.log(asked.saga));
    }
    for (const fault of faults) this.#tally.delivered(fault);
    const violated = this.#judge.violationsTotal > 0;
    const reason = inconclusive ?? this.#unresolved();
    return {
      seed,
      verdict: violated ? 'violated' : reason === undefined ? 'held' : 'inconclusive',
      ...(violated || reason === undefined ? {} : { inconclusive: reason }),
      ...this.#tally.result(),
      ...faultCounts(faults),
      faultsEnabled,
      violations: this.#judge.violations,
      violationsTotal: this.#judge.violationsTotal,
      sometimes: this.#occasions.times,
      invariantsExercised: this.#judge.exercised,
      fingerprint: fingerprintOf(this.#evidence),
      virtualUs: endedAtUs - beganAtUs,
    };
  }

  /** Sagas that could not have ended, as in a simulated run. */
  #unresolved(): string | undefined {
    const left = [...this.#sagas.values()].filter(
      ({ ending }) => ending === undefined || !isEnded(ending.status),
    );
    if (left.length === 0) return undefined;
    return `${left.length} sagas had not ended: their participants refuse them, or a person is asked for again and again`;
  }

  // --- WorldView ------------------------------------------------------------------------------------------

  files(): Iterable<CaseFile> {
    return this.#sagas.values();
  }

  log(saga: string): readonly StoredEvent[] {
    return this.#sagas.get(saga)?.rows() ?? [];
  }

  /** A3. */
  epochOf(saga: string): number {
    return this.#sagas.get(saga)?.epoch ?? 0;
  }

  isRefused(saga: string): boolean {
    return (this.#sagas.get(saga)?.refusedOperation ?? -1) >= 0;
  }

  nowUs(): number {
    return this.#nowUs;
  }
}

function participantsOf(
  { services }: Evidence,
  when: 'opening' | 'closing',
): Readonly<Record<string, Participant>> {
  return Object.fromEntries(Object.entries(services).map(([name, service]) => [name, service[when]]));
}

const TELLS_THE_END: ReadonlySet<SagaEvent['kind']> = new Set<SagaEvent['kind']>([
  'saga-completed',
  'saga-compensated',
  'saga-failed',
  'saga-compensation-failed',
  'saga-resolved',
]);

/** By which definition a saga was created; a rollout may have given it another version than was asked for. */
function definedBy(
  { start }: AskedSaga,
  { sagas }: Scenario,
  log: readonly StoredEvent[] | undefined,
): { readonly definition: SagaDefinition } {
  const first = log?.[0]?.event;
  if (first?.kind !== 'saga-created') return { definition: start.saga };
  const { definition: name, definitionVersion } = first;
  const found = sagas.find((known) => known.name === name && known.version === definitionVersion);
  return { definition: found ?? start.saga };
}
