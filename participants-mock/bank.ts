// A bank: money leaves one account (debit), is on its way, and arrives in another (credit). On its way it stands
// in `clearing:transfers`, which is empty when every transfer has ended.

import type { Applied, Call, Outcome, Participant, ParticipantEnv } from '../engine/core/protocol.ts';
import { UserError } from '../engine/core/user-error.ts';
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

/** How many credits fail without effect, and how that looks. */
export interface CreditFails {
  /** 0 to 1,000 of 1,000. */
  readonly permille: number;
  /** `transfer`: every attempt of a credit falls the same way. `attempt`: a retry may succeed. */
  readonly per: 'transfer' | 'attempt';
  /** `unknown`: like a 500, it may have happened. `rejected`: it certainly did not. Both as `transient`. */
  readonly answer: 'unknown' | 'rejected';
}

/** The accounts of a bank, and how often a credit fails. */
export interface BankOptions extends FenceOptions {
  /** How many accounts, named `a-0`, `a-1`, …; 1 to 1,000,000. */
  readonly accounts: number;
  /** What each account opens with, in minor units; 0 to 2^53 − 1 over all accounts. */
  readonly openingBalance: number;
  /** Default: `{ permille: 300, per: 'transfer', answer: 'unknown' }`. */
  readonly creditFails?: CreditFails;
}

const CREDIT_FAILS: CreditFails = { permille: 300, per: 'transfer', answer: 'unknown' };
const ACTIONS = ['debit', 'credit', 'compensate_debit', 'compensate_credit'] as const;
const REASON = 'the credit failed';

/**
 * A bank behind its fence. Payload of every action: `{ account, amount }`, the amount in minor units.
 *
 * - `debit`: account → clearing. No such account or amount: `invalid_request`; too little money: `business`.
 * - `credit`: clearing → account. Fails as `creditFails` says.
 * - `compensate_debit`: clearing → account. `compensate_credit`: account → clearing, into the red if it must.
 *
 * @throws UserError `bad-option`.
 * @example
 * const participant = bank({ accounts: 100, openingBalance: 1_000_00 });
 */
export function bank(options: BankOptions): Participant {
  return fenced(new Bank(options), options);
}

/** The bank without its fence: whoever calls it twice moves the money twice. */
export class Bank implements Service {
  readonly actions: readonly string[] = ACTIONS;
  readonly ledger = new LedgerBook();
  readonly #clearing: Account;
  readonly #creditFails: CreditFails;
  readonly #failure: Outcome;

  constructor({ accounts, openingBalance, creditFails = CREDIT_FAILS }: BankOptions) {
    checkOption('accounts', accounts, 1, 1_000_000);
    checkOption('openingBalance', openingBalance, 0, Math.floor(Number.MAX_SAFE_INTEGER / accounts));
    checkCreditFails(creditFails);
    for (let i = 0; i < accounts; i++) this.ledger.open(`a-${i}`, openingBalance);
    this.#clearing = this.ledger.open('clearing:transfers', 0);
    this.#creditFails = creditFails;
    this.#failure = Object.freeze({ kind: creditFails.answer, failure: 'transient', reason: REASON });
  }

  records({ payload }: Call): readonly string[] {
    const { account } = membersOf(payload);
    return typeof account === 'string' ? [account] : [];
  }

  apply(call: Call, env: ParticipantEnv): Outcome {
    if (call.action !== 'debit' && call.action !== 'credit') return unknownAction(call);
    const { account: name, amount } = membersOf(call.payload);
    const account = this.#find(name);
    if (account === undefined || !isCount(amount)) return wrongPayload(account, name, amount);
    if (call.action === 'debit') {
      if (account.balance < amount) return refuse('business', `insufficient funds in ${account.name}`);
      return this.#move(call, account, this.#clearing, amount);
    }
    if (this.#creditMisses(call, env)) return this.#failure;
    return this.#move(call, this.#clearing, account, amount);
  }

  /** Takes money back even from an account that spent it: an undo must be possible, so it may overdraw. */
  undo(call: Call, _forward: Applied): Outcome {
    if (call.action !== 'compensate_debit' && call.action !== 'compensate_credit') return unknownAction(call);
    const { account: name, amount } = membersOf(call.payload);
    const account = this.#find(name);
    if (account === undefined || !isCount(amount)) return wrongPayload(account, name, amount);
    return call.action === 'compensate_debit'
      ? this.#move(call, this.#clearing, account, amount)
      : this.#move(call, account, this.#clearing, amount);
  }

  #find(name: unknown): Account | undefined {
    return typeof name === 'string' ? this.ledger.account(name) : undefined;
  }

  #move(call: Call, from: Account, to: Account, amount: number): Outcome {
    if (!this.ledger.canMove(from, to, amount)) return invalid(`${amount} is more than an account can hold`);
    this.ledger.move(call, from, to, amount);
    return APPLIED;
  }

  #creditMisses({ key, attempt }: Call, env: ParticipantEnv): boolean {
    const { permille, per } = this.#creditFails;
    if (permille === 0) return false;
    return env.chance('credit-fails', per === 'transfer' ? key : `${key}/attempt-${attempt}`, permille);
  }
}

function wrongPayload(account: Account | undefined, name: unknown, amount: unknown): Outcome {
  if (account === undefined) return invalid(`account ${shown(name)} is not open here`);
  return invalid(`amount ${shown(amount)} is not a count of minor units`);
}

function checkCreditFails({ permille, per, answer }: CreditFails): void {
  checkOption('creditFails.permille', permille, 0, 1000);
  const known = (per === 'transfer' || per === 'attempt') && (answer === 'unknown' || answer === 'rejected');
  if (known) return;
  throw new UserError(
    'bad-option',
    `option creditFails is { per: ${JSON.stringify(per)}, answer: ${JSON.stringify(answer)} }`,
    'per is "transfer" or "attempt"; answer is "unknown" or "rejected".',
  );
}
