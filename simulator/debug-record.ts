// The versioned record of one failing run, event by event: all that the debugger's page may read. Additions only;
// debug-record.schema.json is its published JSON Schema.
//
// D1. Events are numbered as `replay --trace` numbers them. The moment at which nothing more happens has the number after
//     the last.
// D2. What an event changed stands with it: whoever applies the changes of all events up to one has the world as it was
//     then. Changes of events that were left out stand with the next one that was not.
// D3. What was left out is counted.

import type { PlannedFault } from './run-result.ts';

/** The `schema` of every {@link DebugRecord}. */
export const DEBUG_RECORD_SCHEMA = 'sagastorm/debug@1';

/** What an event is; in the order of the words that `replay --trace` has for them. */
export type DebugEventKind =
  | 'create'
  | 'send'
  | 'deliver'
  | 'lose'
  | 'reply'
  | 'append'
  | 'append-lost'
  | 'wake'
  | 'ended'
  | 'crash'
  | 'restart'
  | 'pause'
  | 'participant-down'
  | 'store-restart'
  | 'heal'
  | 'resume'
  | 'refused'
  | 'effect'
  | 'queued'
  | 'takeover'
  | 'clock'
  | 'participant-restart'
  | 'cancel'
  | 'retry'
  | 'repair'
  | 'deploy'
  | 'fenced'
  /** A timer that a service of a user's own had set. */
  | 'service-timer'
  /** A timer that a user's own client, in a process of the engine, had set. */
  | 'client-timer'
  /** What a user's own client made of the answers to its requests. */
  | 'client-done'
  /** Nothing more happens: the judge looks at the whole world. */
  | 'quiet'
  /** Of a later version. */
  | 'other';

/** Who things happen to. `people`: clients and operators. `world`: everything at once. */
export interface DebugLane {
  readonly name: string;
  readonly kind: 'people' | 'orchestrator' | 'participant' | 'world';
  /** Of a worker that took over: the lane of the one before it. */
  readonly tookOverFrom?: number;
  /** Of an orchestrator: the epochs that the store gave to its lives, rising. A log takes nothing from a lower one. */
  readonly epochs?: readonly number[];
}

/** A change that an event made (D2). */
export type DebugChange =
  | { readonly kind: 'saga'; readonly saga: string; readonly status: string; readonly version: number }
  | {
      readonly kind: 'step';
      readonly saga: string;
      readonly step: string;
      readonly status: string;
      readonly attempt: number;
    }
  /** A participant's ledger has one more effect of the step. */
  | {
      readonly kind: 'effect';
      readonly saga: string;
      readonly step: string;
      readonly direction: 'forward' | 'compensation';
    }
  | {
      readonly kind: 'balance';
      readonly service: string;
      readonly account: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'stock'; readonly service: string; readonly from?: DebugStock; readonly to: DebugStock };

/** What a warehouse has of one item. */
export interface DebugStock {
  readonly item: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly sold: number;
}

/** One event of the run, on the lane of the machine where it happened. */
export interface DebugEvent {
  /** D1. */
  readonly index: number;
  readonly atUs: number;
  /** Index in `lanes`. */
  readonly lane: number;
  readonly kind: DebugEventKind;
  readonly saga?: string;
  readonly step?: string;
  readonly direction?: 'forward' | 'compensation';
  /** What the participant is asked to do. */
  readonly action?: string;
  /** The message is the so-manieth that was sent for this operation. */
  readonly sent?: number;
  /** It is a copy that the network made. */
  readonly isCopy?: true;
  /** How an answer, an append or a saga came out. */
  readonly outcome?: string;
  /** In one sentence. */
  readonly words: string;
  /** In a few words, for a diagram that shows who and whom. */
  readonly brief: string;
  readonly changes?: readonly DebugChange[];
}

/** A message, or what is drawn like one. */
export interface DebugMessage {
  readonly kind: 'ask' | 'request' | 'reply';
  /** The event that it left with. */
  readonly from: number;
  /** The event that it arrived with; absent when it did not. */
  readonly to?: number;
  /** The event in which it was lost. */
  readonly lost?: number;
  /** The lane that it was meant for. */
  readonly toLane: number;
  /** A copy that the network made. */
  readonly isCopy?: true;
  /** An answer to a request that the participant's node turned away: that moment is no event. */
  readonly turnedAway?: true;
}

/** Something that lasted. `untilUs` may be after the end of the run. */
export interface DebugSpan {
  readonly kind: 'down' | 'pause';
  readonly lane: number;
  /** The event that it began with. */
  readonly from: number;
  readonly untilUs: number;
}

/** A fault of the run's plan, and the event in which it struck. */
export interface DebugFault extends PlannedFault {
  readonly words: string;
  /** Absent when it struck nothing that was recorded. */
  readonly event?: number;
  /** Without it the run does not fail so, as far as anybody looked. */
  readonly isNecessary?: true;
}

/** An invariant that broke: which, when, and what was found. */
export interface DebugViolation {
  readonly invariant: string;
  readonly statement: string;
  readonly message: string;
  readonly saga?: string;
  readonly event: number;
  readonly atUs: number;
}

/** A saga of the run, and the steps that its definition has. */
export interface DebugSaga {
  readonly id: string;
  readonly definition: string;
  readonly steps: readonly {
    readonly name: string;
    readonly service: string;
    /** It declares `effects: 'none'`: nothing of it ever stands in the books. */
    readonly effects?: 'none';
  }[];
}

/** One run, event by event: what a debugger page is made of. */
export interface DebugRecord {
  readonly schema: typeof DEBUG_RECORD_SCHEMA;
  readonly scenario: string;
  readonly title: string;
  readonly version: string;
  readonly seed: string;
  readonly profile: string;
  readonly policy: string;
  readonly fingerprint: string;
  /** Of a capsule: whether this is the run that it was made from, or one that fails in the same way. */
  readonly reproduced?: 'exact' | 'similar' | 'none';
  /** What happened, in one sentence. */
  readonly sentence: string;
  /** The command that runs it again. */
  readonly replay: string;
  /** The run as a vitest test, for a file in the folder of the capsule. */
  readonly test?: string;
  readonly sagas: readonly DebugSaga[];
  readonly lanes: readonly DebugLane[];
  /** The books before the first event, where an event changes them. */
  readonly opening: {
    readonly balances: readonly {
      readonly service: string;
      readonly account: string;
      readonly balance: number;
    }[];
    readonly stock: readonly (DebugStock & { readonly service: string })[];
  };
  readonly events: readonly DebugEvent[];
  readonly messages: readonly DebugMessage[];
  readonly spans: readonly DebugSpan[];
  readonly faults: readonly DebugFault[];
  readonly invariants: readonly {
    readonly id: string;
    readonly statement: string;
    readonly state: 'held' | 'violated' | 'not-exercised';
  }[];
  /** In the order in which they were said; the first is what the page is about. Empty for a run that held. */
  readonly violations: readonly DebugViolation[];
  /** Numbers of the events that led to the first violation, rising. */
  readonly past: readonly number[];
  /** D3. */
  readonly eventsTotal: number;
  /** Of `past`, how many are not among `events`. */
  readonly pastLeftOut: number;
}
