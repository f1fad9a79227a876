// The books of a participant as others may read them, to reconcile: every entry of its ledger with what was asked and answered
// when it was made, in pages, and what accounts and shelves had at first and have now.
//
// K1. A page ends where a request ends: entries of one request are never on two pages.

import type { LedgerEntry, Participant, StockLevel } from '../../engine/core/protocol.ts';
import { dialectOf, knownService } from './known-services.ts';
import { type CallRow, ParticipantFile } from './participant-file.ts';
import type { PlainDialect } from './plain-desk.ts';
import { replay } from './replay.ts';
import type { MachineAnswer, MachineRequest } from './replayed-machine.ts';

/** Requests on one page. */
const PAGE_REQUESTS = 1_000;

/** An entry, with the request that made it. */
export interface BookedRequest extends LedgerEntry {
  readonly payload?: unknown;
  /** What was answered, when it was said. */
  readonly result?: unknown;
  /** Asked for by a client that knows of no saga. */
  readonly isPlain?: boolean;
}

/** A page of the books. */
export interface BookPage {
  readonly service: string;
  /** Oldest first. */
  readonly entries: readonly BookedRequest[];
  /** By name; amounts in minor units. */
  readonly accounts: Readonly<Record<string, { readonly opening: number; readonly balance: number }>>;
  readonly stock: readonly StockLevel[];
  /** For the next page; null on the last. */
  readonly next: number | null;
}

/** What a page is made from, beside the file. */
interface PageParts {
  readonly after: number;
  /** As it is now. */
  readonly now: Participant;
  /** As it was before its first request. */
  readonly opening: Participant;
}

export function bookPage(
  file: ParticipantFile,
  { after, now, opening }: PageParts,
  requests = PAGE_REQUESTS,
): BookPage {
  const rows = [...file.rows(after, requests)];
  const before = new Map(opening.ledger.balances());
  return {
    service: file.meta.service,
    entries: rows.flatMap(bookedOf),
    accounts: Object.fromEntries(
      [...now.ledger.balances()].map(([name, balance]) => [
        name,
        { opening: before.get(name) ?? 0, balance },
      ]),
    ),
    stock: [...now.ledger.stock()],
    next: requests < 0 || rows.length < requests ? null : rows.at(-1)!.no,
  };
}

/**
 * The whole books of a participant that is not asked, from one consistent state of its file.
 *
 * @throws UserError `participant-file-unusable`, `participant-file-newer`, `participant-file-differs`, `unknown-service`
 *   (without `create`)
 * @example
 * const { entries } = bookOfFile('.sagastorm/mock/bank.db');
 */
export function bookOfFile(
  file: string,
  options: { readonly create?: (options: unknown) => Participant; readonly dialect?: PlainDialect } = {},
): BookPage {
  const opened = ParticipantFile.openForReading(file);
  try {
    const { service, options: made } = opened.meta;
    const { create = knownService(service).create, dialect = dialectOf(service) } = options;
    const { machine } = replay(opened, { participant: create(made), dialect });
    return bookPage(opened, { after: 0, now: machine.participant, opening: create(made) }, -1);
  } finally {
    opened.close();
  }
}

function bookedOf({ request, answer, entries }: CallRow): readonly BookedRequest[] {
  if (entries.length === 0) return [];
  const [asked, told] = [JSON.parse(request) as MachineRequest, JSON.parse(answer) as MachineAnswer];
  const rest =
    asked.kind === 'call'
      ? {
          payload: asked.payload,
          ...(told.kind === 'applied' && told.result !== undefined ? { result: told.result } : {}),
        }
      : { isPlain: true };
  return entries.map((entry) => ({ ...(JSON.parse(entry) as LedgerEntry), ...rest }));
}
