// What a judge reads of a participant: its file, never its answers (S9).

import type { Call, LedgerEntry, Participant } from '../../engine/core/protocol.ts';
import { dialectOf, knownService } from './known-services.ts';
import { ParticipantFile } from './participant-file.ts';
import type { PlainDialect, PlainRequest } from './plain-desk.ts';
import { replay } from './replay.ts';
import type { MachineAnswer, MachineRequest, RestartRequest } from './replayed-machine.ts';

/** One request that was handled. */
export interface FiledCall {
  /** 1, 2, 3, … */
  readonly no: number;
  /** Microseconds since 1970, by the participant's clock. */
  readonly atUs: number;
  readonly request: Call | PlainRequest | RestartRequest;
  readonly answer: MachineAnswer;
}

/** One entry of the ledger, and the request that made it. */
export interface FiledEntry {
  /** A {@link FiledCall.no}. */
  readonly call: number;
  /** Microseconds since 1970, by the participant's clock. */
  readonly atUs: number;
  readonly entry: LedgerEntry;
}

/** All that a participant's file says of it. */
export interface ReadParticipant {
  readonly service: string;
  readonly options: unknown;
  /** In the order in which they were handled. */
  readonly calls: readonly FiledCall[];
  /** Oldest first. */
  readonly entries: readonly FiledEntry[];
  /** As it is after all of them. */
  readonly participant: Participant;
  /** As it was before the first. */
  readonly opening: Participant;
}

/** How the machine of a file is made again. */
export interface ReadParticipantOptions {
  /** Makes a participant of the options in the file. Default: one of the services that are known here. */
  readonly create?: (options: unknown) => Participant;
  /** As when it was served; matters only where there were plain requests. Default: {@link dialectOf} the service. */
  readonly dialect?: PlainDialect;
}

/**
 * Reads one consistent state of a participant's file; its owner may be running, or may have been killed.
 *
 * @throws UserError `participant-file-unusable`, `participant-file-newer`, `participant-file-differs`,
 *   `unknown-service` (without `create`).
 * @example
 * const { entries, participant } = readParticipantFile('.sagastorm/live/bank.db');
 * for (const { atUs, entry } of entries) console.log(atUs, entry.saga, entry.action);
 * console.log(Object.fromEntries(participant.ledger.balances()));
 */
export function readParticipantFile(file: string, options: ReadParticipantOptions = {}): ReadParticipant {
  const opened = ParticipantFile.openForReading(file);
  try {
    const { service, options: made } = opened.meta;
    const { create = knownService(service).create, dialect = dialectOf(service) } = options;
    const calls: FiledCall[] = [];
    const entries: FiledEntry[] = [];
    const { machine } = replay(opened, { participant: create(made), dialect }, (row) => {
      const { no, nowUs: atUs } = row;
      const request = JSON.parse(row.request) as MachineRequest;
      calls.push({ no, atUs, request, answer: JSON.parse(row.answer) as MachineAnswer });
      for (const text of row.entries)
        entries.push({ call: no, atUs, entry: JSON.parse(text) as LedgerEntry });
    });
    return {
      service,
      options: made,
      calls,
      entries,
      participant: machine.participant,
      opening: create(made),
    };
  } finally {
    opened.close();
  }
}
