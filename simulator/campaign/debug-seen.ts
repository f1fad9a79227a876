// One event of a run as the debugger's recorder sees it: the integers of the trace, and what was heard beside them.

import type { Call, LedgerEntry, Outcome } from '../../engine/core/protocol.ts';
import type { SagaEvent } from '../../engine/core/saga.ts';
import type { DebugChange, DebugEventKind } from '../debug-record.ts';
import { TRACE } from '../world/world.ts';

const KINDS = new Map<number, string>(Object.entries(TRACE).map(([kind, code]) => [code, kind]));

/** What a code of the trace is called. */
export function kindOf(code: number): DebugEventKind {
  return (KINDS.get(code) ?? 'other') as DebugEventKind;
}

export interface Seen {
  readonly index: number;
  readonly atUs: number;
  readonly kind: DebugEventKind;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  lane: string;
  /** See C1 in causal-past.ts. */
  readonly after: number[];
  /** The saga that it is about; absent for what befalls machines. */
  saga?: string;
  call?: Call;
  /** Where an answer came, or was lost: what it said. */
  outcome?: Outcome | undefined;
  lost?: 'request' | 'reply';
  /** Of an effect. */
  entry?: LedgerEntry;
  /** What an append was to write, and by whom. */
  written?: readonly SagaEvent[];
  changes?: readonly DebugChange[];
}

/** A violation, and the event in which it was said. */
export interface Said {
  readonly invariant: string;
  readonly statement: string;
  readonly message: string;
  readonly saga?: string;
  readonly atUs: number;
  event: number;
}
