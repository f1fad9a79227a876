// The books of one service: accounts, stock and the entries that changed them. Only a change of the books writes
// an entry, each change exactly one; nothing here knows of duplicates. Postings of an entry add up to zero (E11).

import { assert } from '../engine/core/assert.ts';
import {
  type Call,
  CLEARING_PREFIX,
  type Ledger,
  type LedgerEntry,
  type Posting,
  type StockLevel,
  type Touch,
} from '../engine/core/protocol.ts';

/** An account of a {@link LedgerBook}, which alone changes the balance, in minor units. */
export interface Account {
  readonly name: string;
  readonly balance: number;
}

/** One leg of an entry: what is added to an account, in minor units; negative takes away. */
export interface Leg {
  readonly account: Account;
  readonly amount: number;
}

/** Where a thing can be. */
export type StockPart = 'onHand' | 'reserved' | 'sold';

type Open<T> = { -readonly [K in keyof T]: T[K] };

const NOTHING: readonly LedgerEntry[] = [];

/**
 * Keeps balances and stock, and writes down every change with the call that made it.
 *
 * @example
 * const book = new LedgerBook();
 * const cash = book.open('cash', 100);
 * const till = book.open('till', 0);
 * book.move(call, cash, till, 30);
 * book.drain(); // one entry: cash −30, till +30
 */
export class LedgerBook implements Ledger {
  readonly #accounts = new Map<string, Account>();
  readonly #clearing: Account[] = [];
  readonly #stock = new Map<string, Open<StockLevel>>();
  #entries: readonly LedgerEntry[] = NOTHING;

  /** Opens an account; `balance` is a whole number. A name that begins with `clearing:` holds money in flight. */
  open(name: string, balance: number): Account {
    assert(Number.isSafeInteger(balance), 'an account opens with a whole amount', name);
    const account = { name, balance };
    if (name.startsWith(CLEARING_PREFIX)) this.#clearing.push(account);
    else this.#accounts.set(name, account);
    return account;
  }

  /** The account of that name, if it is open. Clearing accounts are not found: no customer may name them. */
  account(name: string): Account | undefined {
    return this.#accounts.get(name);
  }

  /** Puts `total` of a new item on hand; a whole number from 0. */
  store(item: string, total: number): void {
    assert(Number.isSafeInteger(total) && total >= 0, 'an item comes as a whole number of things', item);
    this.#stock.set(item, { item, onHand: total, reserved: 0, sold: 0, total });
  }

  /** The present level of an item, which later changes alter; undefined when there is no such item. */
  level(item: string): StockLevel | undefined {
    return this.#stock.get(item);
  }

  /** Whether `amount` can go from one account to the other within whole numbers. */
  canMove(from: Account, to: Account, amount: number): boolean {
    return Number.isSafeInteger(from.balance - amount) && Number.isSafeInteger(to.balance + amount);
  }

  /** Moves `amount` and writes one entry. Overdraws: who may not is for the service to say. */
  move(call: Call, from: Account, to: Account, amount: number): void {
    add(from, -amount);
    add(to, amount);
    const { saga, step, direction, round, action } = call;
    const postings: readonly Posting[] = [
      { account: from.name, amount: -amount },
      { account: to.name, amount },
    ];
    this.#write({ saga, step, direction, round, action, postings });
  }

  /** Books any number of legs as one entry; they must add up to zero. */
  post({ saga, step, direction, round, action }: Call, legs: readonly Leg[]): void {
    let sum = 0;
    for (const { amount } of legs) sum += amount;
    assert(sum === 0, 'the legs of an entry do not add up to zero');
    for (const { account, amount } of legs) add(account, amount);
    const postings = legs.map(({ account, amount }) => ({ account: account.name, amount }));
    this.#write({ saga, step, direction, round, action, postings });
  }

  /** Moves things of an item and writes one entry with the level after it. No part may become negative. */
  moveStock(call: Call, item: string, from: StockPart, to: StockPart, quantity: number): void {
    const level = this.#stock.get(item);
    assert(level !== undefined, 'an item that is not kept here');
    assert(level[from] >= quantity, 'more things would leave than are there');
    level[from] -= quantity;
    level[to] += quantity;
    const { saga, step, direction, round, action } = call;
    this.#write({ saga, step, direction, round, action, stock: { ...level } });
  }

  /** Writes an entry of an effect that moves neither money nor stock; `touched` are the shared records that it had to do with. */
  note({ saga, step, direction, round, action }: Call, touched?: readonly Touch[]): void {
    const entry = { saga, step, direction, round, action };
    this.#write(touched === undefined ? entry : { ...entry, touched });
  }

  drain(): readonly LedgerEntry[] {
    const entries = this.#entries;
    this.#entries = NOTHING;
    return entries;
  }

  balances(): readonly (readonly [account: string, balance: number])[] {
    const found: (readonly [string, number])[] = [];
    this.#accounts.forEach(({ name, balance }) => void found.push([name, balance]));
    for (const { name, balance } of this.#clearing) found.push([name, balance]);
    return found;
  }

  *stock(): Iterable<StockLevel> {
    for (const level of this.#stock.values()) yield { ...level };
  }

  /** Mostly there is one entry between two drains: it gets a list of its own size. */
  #write(entry: LedgerEntry): void {
    if (this.#entries === NOTHING) this.#entries = [entry];
    else (this.#entries as LedgerEntry[]).push(entry);
  }
}

function add(account: Open<Account>, amount: number): void {
  const balance = account.balance + amount;
  assert(Number.isSafeInteger(balance), 'an account would leave the whole numbers');
  account.balance = balance;
}
