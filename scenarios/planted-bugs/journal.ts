// The books of a service that was written in an afternoon: it sets balances and shelves to whatever it likes, and says
// in its entries what it touched. Unlike participants-mock it checks nothing, for that is where planted bugs live.

import type { Call, Ledger, LedgerEntry, Posting, StockLevel, Touch } from '../../engine/index.ts';

export class Journal implements Ledger {
  readonly #balances = new Map<string, number>();
  readonly #shelf = new Map<string, StockLevel>();
  #entries: LedgerEntry[] = [];

  open(account: string, balance: number): void {
    this.#balances.set(account, balance);
  }

  balance(account: string): number {
    return this.#balances.get(account) ?? 0;
  }

  store(item: string, total: number): void {
    this.#shelf.set(item, { item, onHand: total, reserved: 0, sold: 0, total });
  }

  level(item: string): StockLevel | undefined {
    return this.#shelf.get(item);
  }

  /** Books the postings of one effect, whatever they add up to. */
  post(call: Call, postings: readonly Posting[], touched?: readonly Touch[]): void {
    for (const { account, amount } of postings) this.open(account, this.balance(account) + amount);
    this.#write(call, touched === undefined ? { postings } : { postings, touched });
  }

  /** Sets the level of an item. */
  put(call: Call, level: StockLevel, touched?: readonly Touch[]): void {
    this.restock(level);
    const stock = { ...level };
    this.#write(call, touched === undefined ? { stock } : { stock, touched });
  }

  /** Sets the level of an item by no saga's doing. */
  restock(level: StockLevel): void {
    this.#shelf.set(level.item, level);
  }

  /** Writes an entry of an effect that moves nothing. */
  note(call: Call): void {
    this.#write(call, {});
  }

  drain(): readonly LedgerEntry[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }

  balances(): Iterable<readonly [account: string, balance: number]> {
    return this.#balances;
  }

  stock(): Iterable<StockLevel> {
    return this.#shelf.values();
  }

  #write(
    { saga, step, direction, round, action }: Call,
    what: Pick<LedgerEntry, 'postings' | 'stock' | 'touched'>,
  ): void {
    this.#entries.push({ saga, step, direction, round, action, ...what });
  }
}
