// Starts the payment service for a run: a database in memory that survives its crashes, a stand-in for the service that
// knows the risk, and its books, read from the table of what moved.

import { DatabaseSync } from 'node:sqlite';
import type { BookEntry, Books, StartService } from '../../simulator/index.ts';
import { type Care, createPayments, createTables, type Risk } from './payments.ts';

/** Takes from 5 to 45 ms. */
const risk: Risk = {
  async isBearable(_customer, amount) {
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 40));
    return amount % 10 !== 0;
  },
};

export const start = startWith('looks-before');
export const startCorrected = startWith('looks-inside');

function startWith(care: Care): StartService {
  return ({ durable, data }) => {
    const { customers } = data as { readonly customers: number };
    const db = durable('db', () => {
      const opened = new DatabaseSync(':memory:');
      createTables(opened, customers, 1_000_00);
      return opened;
    });
    return { fetch: createPayments(db, risk, care).fetch, books: booksOf(db) };
  };
}

interface Movement extends Pick<BookEntry, 'key' | 'action'> {
  readonly customer: string;
  readonly amount: number;
}

function booksOf(db: DatabaseSync): Books {
  const movements = db.prepare(
    'SELECT key, action, customer, amount FROM movements WHERE id > ? ORDER BY id',
  );
  const accounts = db.prepare('SELECT name, balance FROM accounts');
  return {
    entries: (known) =>
      (movements.all(known) as unknown as Movement[]).map(({ key, action, customer, amount }) => ({
        key,
        action,
        postings: [
          { account: customer, amount: -amount },
          { account: 'shop', amount },
        ],
      })),
    balances: () =>
      Object.fromEntries(accounts.all().map(({ name, balance }) => [name as string, balance as number])),
  };
}
