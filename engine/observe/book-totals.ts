// What books come to, by account and by item: all that was posted, what of it the log explains, and whether balances and levels
// are what the entries make of them.

import type { Book, BookEntry } from './books.ts';

/** One account of one service, in minor units. */
export interface AccountTotal {
  readonly service: string;
  readonly account: string;
  /** All entries together. */
  readonly posted: number;
  /** Of these, entries of operations about which log and book disagree. */
  readonly unexplained: number;
  /** Balance − opening − posted: what changed the account past its entries. Left out when balances are not known. */
  readonly drift?: number;
}

/** One item of one service. */
export interface ItemTotal {
  readonly service: string;
  readonly item: string;
  readonly entries: number;
  /** Of these, entries of operations about which log and book disagree. */
  readonly unexplained: number;
  /** Whether the present level is that of the last entry. Left out when levels are not known, or there is no entry. */
  readonly isAsBooked?: boolean;
}

/** Every account that has an entry, or whose balance is not what it was at first. */
export function accountTotals(
  books: readonly Book[],
  wrong: ReadonlySet<BookEntry>,
): readonly AccountTotal[] {
  return books.flatMap(({ service, entries, accounts }) => {
    const [posted, unexplained] = [new Map<string, number>(), new Map<string, number>()];
    for (const entry of entries) {
      for (const { account, amount } of entry.postings ?? []) {
        posted.set(account, (posted.get(account) ?? 0) + amount);
        if (wrong.has(entry)) unexplained.set(account, (unexplained.get(account) ?? 0) + amount);
      }
    }
    for (const [account, { opening, balance }] of Object.entries(accounts ?? {}))
      if (opening !== balance && !posted.has(account)) posted.set(account, 0);
    return [...posted].map(([account, sum]) => {
      const known =
        accounts === undefined || !Object.hasOwn(accounts, account) ? undefined : accounts[account];
      return {
        service,
        account,
        posted: sum,
        unexplained: unexplained.get(account) ?? 0,
        ...(known === undefined ? {} : { drift: known.balance - known.opening - sum }),
      };
    });
  });
}

/** Every item that has an entry. */
export function itemTotals(books: readonly Book[], wrong: ReadonlySet<BookEntry>): readonly ItemTotal[] {
  return books.flatMap(({ service, entries, stock }) => {
    const present = new Map((stock ?? []).map((level) => [level.item, level]));
    const byItem = Map.groupBy(
      entries.filter((entry) => entry.stock !== undefined),
      (entry) => entry.stock!.item,
    );
    return [...byItem].map(([item, own]) => {
      const [last, now] = [own.at(-1)!.stock!, present.get(item)];
      return {
        service,
        item,
        entries: own.length,
        unexplained: own.filter((entry) => wrong.has(entry)).length,
        ...(now === undefined
          ? {}
          : {
              isAsBooked:
                now.onHand === last.onHand &&
                now.reserved === last.reserved &&
                now.sold === last.sold &&
                now.total === last.total,
            }),
      };
    });
  });
}
