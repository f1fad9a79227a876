// A payment service as it might stand in production: Hono, SQLite, answers kept under their idempotency key, refunds
// that may overtake the charge that they are for. It knows nothing of any simulator.
//
// `care` is the difference between the service and its corrected twin. `looks-before`: whether a charge was made before is
// asked at the beginning, and then the customer's risk is asked about, which takes a while. `looks-inside`: it is asked
// again in the transaction that makes the charge.

import type { DatabaseSync } from 'node:sqlite';
import { Hono } from 'hono';

export type Care = 'looks-before' | 'looks-inside';

/** Who says whether a customer is good for an amount. */
export interface Risk {
  isBearable(customer: string, amount: number): Promise<boolean>;
}

const SCHEMA = `
  CREATE TABLE accounts (name TEXT PRIMARY KEY, balance INTEGER NOT NULL);
  CREATE TABLE answers (operation TEXT PRIMARY KEY, status INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE movements (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, operation TEXT NOT NULL, action TEXT NOT NULL,
    customer TEXT NOT NULL, amount INTEGER NOT NULL
  );
`;

interface Answer {
  readonly status: 200 | 402 | 409;
  readonly body: string;
}

/** Makes the tables, and customers who have `balance` each. */
export function createTables(db: DatabaseSync, customers: number, balance: number): void {
  db.exec(SCHEMA);
  const open = db.prepare('INSERT INTO accounts VALUES (?, ?)');
  open.run('shop', 0);
  for (let i = 0; i < customers; i++) open.run(`c-${i}`, balance);
}

export function createPayments(db: DatabaseSync, risk: Risk, care: Care): Hono {
  const app = new Hono();
  const table = new Payments(db);

  app.post('/charge', async (c) => {
    const key = c.req.header('idempotency-key') ?? '';
    const operation = operationIn((name) => c.req.header(name));
    const { customer, amount } = await c.req.json<{ customer: string; amount: number }>();
    const before = table.answerTo(operation);
    if (before !== undefined) return c.body(before.body, before.status);
    const isBearable = await risk.isBearable(customer, amount);
    const answer = table.inTransaction(() => {
      const meanwhile = care === 'looks-inside' ? table.answerTo(operation) : undefined;
      return meanwhile ?? table.charge(key, operation, customer, isBearable ? amount : 0);
    });
    return c.body(answer.body, answer.status);
  });

  app.post('/refund', (c) => {
    const key = c.req.header('idempotency-key') ?? '';
    const operation = operationIn((name) => c.req.header(name));
    table.inTransaction(() => table.refund(key, operation));
    return c.json({ refunded: true });
  });

  return app;
}

/** A charge and its refund are one operation. */
function operationIn(header: (name: string) => string | undefined): string {
  return ['saga', 'step', 'round'].map((name) => header(`sagastorm-${name}`)).join('/');
}

class Payments {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  inTransaction<Value>(work: () => Value): Value {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const value = work();
      this.#db.exec('COMMIT');
      return value;
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  answerTo(operation: string): Answer | undefined {
    const row = this.#db.prepare('SELECT status, body FROM answers WHERE operation = ?').get(operation);
    return row as Answer | undefined;
  }

  /** @param amount 0: the risk is too high */
  charge(key: string, operation: string, customer: string, amount: number): Answer {
    const balance = this.#balanceOf(customer);
    if (amount === 0 || balance < amount) {
      return this.#keep(operation, { status: 402, body: JSON.stringify({ error: 'declined' }) });
    }
    this.#move(key, operation, 'charge', customer, amount);
    return this.#keep(operation, {
      status: 200,
      body: JSON.stringify({ charge: `ch-${operation}`, amount }),
    });
  }

  /** Gives back what was charged; where nothing was, nothing ever will be. */
  refund(key: string, operation: string): void {
    const sum = this.#db.prepare(
      'SELECT customer, SUM(amount) AS amount FROM movements WHERE operation = ? GROUP BY customer',
    );
    const charged = sum.get(operation) as { readonly customer: string; readonly amount: number } | undefined;
    if (charged !== undefined && charged.amount > 0)
      this.#move(key, operation, 'refund', charged.customer, -charged.amount);
    this.#keep(operation, { status: 409, body: JSON.stringify({ error: 'refunded' }) });
  }

  #balanceOf(name: string): number {
    const row = this.#db.prepare('SELECT balance FROM accounts WHERE name = ?').get(name);
    return (row as { readonly balance: number } | undefined)?.balance ?? 0;
  }

  #move(key: string, operation: string, action: string, customer: string, amount: number): void {
    const add = this.#db.prepare('UPDATE accounts SET balance = balance + ? WHERE name = ?');
    add.run(-amount, customer);
    add.run(amount, 'shop');
    this.#db
      .prepare('INSERT INTO movements (key, operation, action, customer, amount) VALUES (?, ?, ?, ?, ?)')
      .run(key, operation, action, customer, amount);
  }

  #keep(operation: string, answer: Answer): Answer {
    this.#db
      .prepare('INSERT OR REPLACE INTO answers VALUES (?, ?, ?)')
      .run(operation, answer.status, answer.body);
    return answer;
  }
}
