// A payment provider. Authorised money stands in `clearing:holds` until it is captured or given back; captured
// money is the merchant's. At most one hold is open under an authorisation, and only for the saga that made it; a
// closed one is forgotten.

import { assert } from '../engine/core/assert.ts';
import type { Applied, Call, Outcome, Participant, Rejected } from '../engine/core/protocol.ts';
import { type FenceOptions, fenced, type Service } from '../engine/fence/index.ts';
import {
  APPLIED,
  checkOption,
  invalid,
  isCount,
  membersOf,
  refuse,
  shown,
  unknownAction,
} from './answers.ts';
import { type Account, LedgerBook } from './ledger.ts';

/** The customers of a payment provider, and what it refuses. */
export interface PaymentOptions extends FenceOptions {
  /** How many customers, with the accounts `c-0`, `c-1`, …; 1 to 1,000,000. Default 100. */
  readonly customers?: number;
  /** What each customer has, in minor units; 0 to 2^53 − 1 over all of them. Default 1,000,000,000.00. */
  readonly openingBalance?: number;
  /** Further customers, by name. Default none. */
  readonly named?: readonly string[];
  /** The one currency that is taken. Default `USD`. */
  readonly currency?: string;
}

/** Result of `authorize`. */
export interface Authorized {
  readonly authorization: string;
}

/** Result of `capture` and `charge`: all that a refund needs to know. */
export interface Captured {
  readonly customer: string;
  /** In minor units. */
  readonly amount: number;
  /** What it was captured from; a charge has none. */
  readonly authorization?: string;
}

/** Who pays how much. */
interface Purse {
  readonly customer: Account;
  readonly amount: number;
}

interface Hold extends Purse {
  /** Only the saga that authorised it may capture or void it. */
  readonly saga: string;
}

const ACTIONS = ['authorize', 'capture', 'charge', 'void', 'refund'] as const;

/**
 * A payment provider behind its fence. Amounts are in minor units; `customer` is `c-0` unless the payload names
 * one; `currency` may be left out.
 *
 * - `authorize { amount, customer?, currency?, authorization? }`: customer → hold. Result {@link Authorized}.
 * - `capture { amount?, authorization? }`: hold → merchant, all of it or less; the rest goes back to the customer
 *   at once. More than is held, or nothing held: `business`. Result {@link Captured}.
 * - `charge { amount, customer?, currency? }`: both in one, customer → merchant. Result {@link Captured}.
 * - `void`, compensation of `authorize`: what is still held goes back, which may be nothing.
 * - `refund { amount? }`, compensation of `capture` and `charge`: merchant → customer, all of it or less.
 *
 * The authorisation is `auth-<saga>`, or what `authorize` is told. It is not drawn, so that a capture, or an undo
 * whose forward call is in doubt, can name it without having seen a result (E2).
 *
 * @throws UserError `bad-option`.
 * @example
 * const participant = payment({ customers: 10, openingBalance: 500_00 });
 */
export function payment(options: PaymentOptions = {}): Participant {
  return fenced(new Payment(options), options);
}

/** The payment provider without its fence. */
export class Payment implements Service {
  readonly actions: readonly string[] = ACTIONS;
  readonly ledger = new LedgerBook();
  readonly #currency: string;
  readonly #merchant: Account;
  readonly #clearing: Account;
  readonly #holds = new Map<string, Hold>();

  constructor(options: PaymentOptions = {}) {
    const { customers = 100, named = [], openingBalance = 1_000_000_000_00, currency = 'USD' } = options;
    checkOption('customers', customers, 1, 1_000_000);
    const purses = customers + named.length;
    checkOption('openingBalance', openingBalance, 0, Math.floor(Number.MAX_SAFE_INTEGER / purses));
    for (let i = 0; i < customers; i++) this.ledger.open(`c-${i}`, openingBalance);
    for (const name of named) this.ledger.open(name, openingBalance);
    this.#merchant = this.ledger.open('merchant', 0);
    this.#clearing = this.ledger.open('clearing:holds', 0);
    this.#currency = currency;
  }

  /** The customer whose money is checked. What the merchant has nobody checks, and a hold is its saga's alone. */
  records({ action, payload }: Call): readonly string[] {
    const { customer = 'c-0' } = membersOf(payload);
    const isChecked = action === 'authorize' || action === 'charge';
    return isChecked && typeof customer === 'string' ? [customer] : [];
  }

  apply(call: Call): Outcome {
    switch (call.action) {
      case 'authorize':
        return this.#authorize(call);
      case 'capture':
        return this.#capture(call);
      case 'charge':
        return this.#charge(call);
      default:
        return unknownAction(call);
    }
  }

  undo(call: Call, { result }: Applied): Outcome {
    switch (call.action) {
      case 'void':
        return this.#void(call, membersOf(result).authorization);
      case 'refund':
        return this.#refund(call, membersOf(result));
      default:
        return unknownAction(call);
    }
  }

  #authorize(call: Call): Outcome {
    const payer = this.#payer(call);
    if ('kind' in payer) return payer;
    const { customer, amount } = payer;
    const authorization = authorizationOf(call);
    if (authorization === undefined) return invalid('authorization is not a text');
    if (this.#holds.has(authorization)) return refuse('business', `${authorization} is already held`);
    this.#holds.set(authorization, { saga: call.saga, customer, amount });
    this.ledger.move(call, customer, this.#clearing, amount);
    const result: Authorized = { authorization };
    return { kind: 'applied', result };
  }

  #capture(call: Call): Outcome {
    const authorization = authorizationOf(call);
    if (authorization === undefined) return invalid('authorization is not a text');
    const hold = this.#holdOf(call, authorization);
    if (hold === undefined) return refuse('business', `nothing is held under ${authorization}`);
    const { amount = hold.amount } = membersOf(call.payload);
    if (!isCount(amount)) return wrongAmount(amount);
    if (amount > hold.amount) return refuse('business', `only ${hold.amount} is held under ${authorization}`);
    this.#holds.delete(authorization);
    const rest = hold.amount - amount;
    this.ledger.post(call, [
      { account: this.#clearing, amount: -hold.amount },
      { account: this.#merchant, amount },
      ...(rest > 0 ? [{ account: hold.customer, amount: rest }] : []),
    ]);
    const result: Captured = { customer: hold.customer.name, amount, authorization };
    return { kind: 'applied', result };
  }

  #charge(call: Call): Outcome {
    const payer = this.#payer(call);
    if ('kind' in payer) return payer;
    const { customer, amount } = payer;
    this.ledger.move(call, customer, this.#merchant, amount);
    const result: Captured = { customer: customer.name, amount };
    return { kind: 'applied', result };
  }

  /** After a capture nothing is held any more; the entry stands all the same, for the authorisation is undone. */
  #void(call: Call, authorization: unknown): Outcome {
    if (typeof authorization !== 'string') return invalid('void undoes an authorize');
    const hold = this.#holdOf(call, authorization);
    if (hold === undefined) {
      this.ledger.note(call);
      return APPLIED;
    }
    this.#holds.delete(authorization);
    this.ledger.move(call, this.#clearing, hold.customer, hold.amount);
    return APPLIED;
  }

  #refund(call: Call, { customer: name, amount: captured }: Readonly<Record<string, unknown>>): Outcome {
    if (typeof name !== 'string' || !isCount(captured)) return invalid('refund undoes a capture or a charge');
    const { amount = captured } = membersOf(call.payload);
    if (!isCount(amount)) return wrongAmount(amount);
    if (amount > captured) return refuse('business', `only ${captured} was captured`);
    const customer = this.ledger.account(name);
    assert(customer !== undefined, 'captured from an account that is not open');
    this.ledger.move(call, this.#merchant, customer, amount);
    return APPLIED;
  }

  #holdOf({ saga }: Call, authorization: string): Hold | undefined {
    const hold = this.#holds.get(authorization);
    return hold?.saga === saga ? hold : undefined;
  }

  #payer({ payload }: Call): Purse | Rejected {
    const { customer: name = 'c-0', amount, currency = this.#currency } = membersOf(payload);
    const customer = typeof name === 'string' && name !== 'merchant' ? this.ledger.account(name) : undefined;
    if (customer === undefined) return invalid(`customer ${shown(name)} is unknown`);
    if (!isCount(amount)) return wrongAmount(amount);
    if (currency !== this.#currency) return invalid(`currency ${shown(currency)} is not ${this.#currency}`);
    if (customer.balance < amount) return refuse('business', `insufficient funds of ${customer.name}`);
    return { customer, amount };
  }
}

function authorizationOf({ saga, payload }: Call): string | undefined {
  const { authorization = `auth-${saga}` } = membersOf(payload);
  return typeof authorization === 'string' ? authorization : undefined;
}

function wrongAmount(amount: unknown): Rejected {
  return invalid(`amount ${shown(amount)} is not a count of minor units`);
}
