// The judge's file on one saga, and how it is written: from ledger entries, never from what the engine says (S9).

import { type SagaDefinition, stepIndexOf } from '../../engine/core/define-saga.ts';
import { CLEARING_PREFIX, type LedgerEntry } from '../../engine/core/protocol.ts';
import type { CaseFile, StepFile } from './invariant.ts';

/** A case file with the right to write. */
export interface OpenCase extends CaseFile {
  readonly steps: StepFile[];
  compensated: Set<number>;
}

const NONE = new Set<number>();

export function openCase(saga: string, definition: SagaDefinition): OpenCase {
  return {
    saga,
    definition,
    steps: definition.steps.map(newStep),
    round: 0,
    ending: undefined,
    acknowledged: 0,
    inFlight: 0,
    compensated: NONE,
  };
}

/** Enters what the log says: the step is compensated. */
export function markCompensated(file: OpenCase, step: string): void {
  const index = stepIndexOf(file.definition, step);
  if (index < 0) return;
  if (file.compensated === NONE) file.compensated = new Set();
  file.compensated.add(index);
}

/** Enters one committed effect; undefined when the entry names a step that the saga does not have. */
export function enter(file: OpenCase, entry: LedgerEntry): number | undefined {
  const index = stepIndexOf(file.definition, entry.step);
  if (index < 0) return undefined;
  if (entry.round > file.round) startRound(file, entry.round);
  const step = file.steps[index]!;
  if (entry.direction === 'forward') step.applied++;
  else step.undone++;
  if (entry.postings !== undefined) {
    for (const { account, amount } of entry.postings) {
      if (account.startsWith(CLEARING_PREFIX)) file.inFlight += amount;
    }
  }
  return index;
}

function newStep(): StepFile {
  return {
    applied: 0,
    undone: 0,
    forwardKey: undefined,
    forwardHash: 0,
    compensationKey: undefined,
    compensationHash: 0,
  };
}

function startRound(file: OpenCase, round: number): void {
  file.round = round;
  file.compensated = NONE;
  for (let i = 0; i < file.steps.length; i++) file.steps[i] = newStep();
}
