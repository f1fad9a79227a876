// A participant that answers every call alike, for what no model participant says.

import type { Outcome, Participant } from '../../../engine/core/protocol.ts';
import { LedgerBook } from '../../../participants-mock/index.ts';

export type ParticipantDouble = Outcome;

export function participantDouble(outcome: ParticipantDouble): Participant {
  return { actions: ['act'], ledger: new LedgerBook(), handle: () => outcome };
}
