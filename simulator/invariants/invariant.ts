// What an invariant is. One file each in this folder; `judge.ts` calls them.
//
// S9. The judge does not ask the accused: the case files are written from the participants' own ledgers and
// from what the store holds. What the engine says (its status) is one of the things that are judged.

import type { SagaDefinition, StepDefinition } from '../../engine/core/define-saga.ts';
import type { AppendOutput } from '../../engine/core/orchestrator.ts';
import type { Policy } from '../../engine/core/policy.ts';
import type { StoredEvent } from '../../engine/core/ports.ts';
import type { Call, Direction, LedgerEntry, Outcome, Participant } from '../../engine/core/protocol.ts';
import type { SagaEvent, SagaState, SagaStatus } from '../../engine/core/saga.ts';
import type { Folded } from './legal-transitions.ts';

/** How a call of an operation compares with the first one. */
export type Repetition = 'first' | 'same' | 'other-key' | 'other-payload';

/** Everything the judge knows of one saga, written from ledgers, calls and the store. Steps by their index. */
export interface CaseFile {
  readonly saga: string;
  readonly definition: SagaDefinition;
  /** The round that the counts belong to (E4). */
  readonly round: number;
  /** What the engine last wrote of an end; undefined until it wrote one. */
  readonly ending: Ending | undefined;
  /** Version up to which appends were acknowledged. */
  readonly acknowledged: number;
  /** Who wrote to the log last; 0 before anybody did. */
  readonly epoch: number;
  /** Money that this saga holds in clearing accounts, minor units. */
  readonly inFlight: number;
  /** Steps that the log says are compensated. */
  readonly compensated: ReadonlySet<number>;
  /**
   * Steps that a person has taken over, by the log: what becomes of their effects is that person's, and only of theirs. It
   * excuses nothing but an end as `resolved`: see `claims`.
   */
  readonly takenOver: ReadonlySet<number>;
  /** Forward effects of a step that landed. */
  applied(step: number): number;
  /** Compensation effects of a step that landed. */
  undone(step: number): number;
  /** Whether more forward effects landed than were undone. */
  stands(step: number): boolean;
  /** The last attempt of an operation that the log intends; 0 for none. */
  intended(step: number, direction: Direction): number;
  /** 0 when every account has back what the step posted; otherwise a number that stands for what it has not. */
  posted(step: number): number;
  /** Notes the first call of an operation, and compares a later one with it. */
  compare(step: number, direction: Direction, key: string, payloadHash: number): Repetition;
}

/** The end of a saga as its log has it, or its call for a person. */
export interface Ending extends Folded {
  readonly status: SagaStatus;
}

/** What the store holds of one saga. */
export interface LogView {
  readonly length: number;
  /** Oldest first. */
  readonly events: readonly SagaEvent[];
  rows(): readonly StoredEvent[];
}

/** How an invariant reports. The judge adds the time, the statement and the signature. */
export interface Reporter {
  violated(message: string, file?: CaseFile): void;
}

/** The state of the world that is there to read at quiescence. */
export interface WorldView {
  readonly participants: Readonly<Record<string, Participant>>;
  files(): Iterable<CaseFile>;
  /** Events of one saga as the store holds them, oldest first. */
  log(saga: string): readonly StoredEvent[];
  /** The epoch under which the saga may be written at present. */
  epochOf(saga: string): number;
  /** Sagas whose forward or compensating call is refused by the participant itself, faults aside. */
  isRefused(saga: string): boolean;
  /** The policy under which sagas of this definition run. */
  policyOf(definition: SagaDefinition): Policy;
  /** Virtual time, in microseconds. */
  nowUs(): number;
  /** When the last fault has been injected, in microseconds (S8). */
  readonly healAtUs: number;
}

/** Whether the engine, which says that the saga ended so, claims anything of this step: a person may have taken it over. */
export function claims(status: SagaStatus, { takenOver }: CaseFile, step: number): boolean {
  return status !== 'resolved' || !takenOver.has(step);
}

/**
 * The moments at which an invariant may look. Each hook is optional; implement the cheapest that suffices. Hooks are called
 * without a receiver: they must not need `this`. Those of users are wrapped, and may.
 */
export interface Invariant {
  /** Kebab-case, unique. */
  readonly id: string;
  /** One sentence that is true when the invariant holds. */
  readonly statement: string;
  /** A participant committed an effect. Called after the case file was brought up to date. */
  onEffect?(entry: LedgerEntry, step: StepDefinition, file: CaseFile, service: string): void;
  /** A call left its orchestrator. `isLate`: who sent it may not know the latest of the log, and need not. */
  onSent?(call: Call, step: StepDefinition, file: CaseFile, isLate: boolean): void;
  /** A call arrived at a participant. */
  onCall?(call: Call, step: StepDefinition, file: CaseFile): void;
  /** The participant itself answered a call (the answer may still be lost). */
  onOutcome?(call: Call, outcome: Outcome, file: CaseFile): void;
  /** The events of an append became part of the log. */
  onAppended?(append: AppendOutput, log: LogView, file: CaseFile): void;
  /** The engine wrote that a saga ended, or asks for a person. */
  onEnded?(ending: Ending, log: LogView, file: CaseFile): void;
  /** The engine let go of the saga; `believed` is the state that it had in memory. */
  onReleased?(believed: SagaState, log: LogView, file: CaseFile): void;
  /** A process recovered a saga from the store. */
  onRecovered?(log: LogView, file: CaseFile): void;
  /** Nothing more will happen. */
  onQuiescence?(world: WorldView): void;
  /**
   * Whether there was anything to judge. Left out: whenever another hook than `onQuiescence` was called; an invariant
   * that has no other must tell.
   */
  isExercised?(): boolean;
}

/** Makes a fresh invariant for one run. */
export type InvariantFactory = (report: Reporter, world: WorldView) => Invariant;
