// The services that can be started by their name: their options when nobody says otherwise, and how each is asked
// plainly.

import { suggestion } from '../../engine/core/nearest.ts';
import type { Participant } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { membersOf } from '../answers.ts';
import { type BankOptions, bank, type CreditFails } from '../bank.ts';
import { type InventoryOptions, inventory } from '../inventory.ts';
import { type OrdersOptions, orders } from '../orders.ts';
import { type PaymentOptions, payment } from '../payment.ts';
import { type RideOptions, ride } from '../ride.ts';
import { type ShippingOptions, shipping } from '../shipping.ts';
import type { PlainDialect } from './plain-desk.ts';

/** A service that is known by its name. */
export interface KnownService {
  readonly name: string;
  readonly dialect: PlainDialect;
  /**
   * All options: those given, and the defaults for the rest.
   *
   * @throws UserError `bad-option` when they are not a record, or one has no meaning here.
   */
  optionsFrom(given: unknown): object;
  /** @param options from {@link optionsFrom} @throws UserError `bad-option`, `bad-retention`. */
  create(options: unknown): Participant;
}

type Defaults<Options> = Omit<Options, 'retentionUs'>;

/** Credits fail as a server's own failure does: each request anew, so that a repetition may succeed. */
const CREDIT_FAILS: CreditFails = { permille: 300, per: 'attempt', answer: 'unknown' };
const BANK: Defaults<BankOptions> = { accounts: 100, openingBalance: 1_000_00, creditFails: CREDIT_FAILS };
const INVENTORY: Defaults<InventoryOptions> = {
  items: { prod_123: 1_000, prod_456: 1_000, 'product-1': 1_000, 'product-2': 1_000 },
};
const PAYMENT: Defaults<PaymentOptions> = {
  customers: 10,
  named: ['customer-123'],
  openingBalance: 1_000_000_00,
  currency: 'USD',
};
const RIDE: Defaults<RideOptions> = { drivers: 100, leaseUs: 300_000_000 };
const RECORDS: Defaults<OrdersOptions & ShippingOptions> = { createFails: { permille: 0 } };
const CANCELS: PlainDialect = { compensates: { cancel: ['create'] } };

const ACCOUNT_NAMES = ['account', 'user', 'user_id'];

/** A bank takes any of the usual names of an account; one that pays and one that is paid may stand side by side. */
const BANK_DIALECT: PlainDialect = {
  compensates: { compensate_debit: ['debit'], compensate_credit: ['credit'] },
  payloadOf: (action, payload) => {
    const members = membersOf(payload);
    const ends = ['source_user', 'target_user'];
    const names = [...ACCOUNT_NAMES, ...(action.endsWith('credit') ? ends.reverse() : ends)];
    const name = names.find((candidate) => Object.hasOwn(members, candidate));
    const account = name === undefined ? undefined : members[name];
    return {
      ...(account === undefined ? {} : { account }),
      ...(members.amount === undefined ? {} : { amount: members.amount }),
    };
  },
  markOf: (payload) => {
    const { account, amount } = membersOf(payload);
    return JSON.stringify([account, amount]);
  },
};

const SERVICES: readonly KnownService[] = [
  service('bank', BANK, BANK_DIALECT, bank),
  service('inventory', INVENTORY, { compensates: { release: ['reserve'] } }, inventory),
  service(
    'payment',
    PAYMENT,
    { compensates: { void: ['authorize'], refund: ['capture', 'charge'] } },
    payment,
  ),
  service('shipping', RECORDS, CANCELS, shipping),
  service('orders', RECORDS, CANCELS, orders),
  service(
    'ride',
    RIDE,
    { compensates: { cancel_ride: ['create_ride'], release_driver: ['assign_driver'] } },
    ride,
  ),
];

/** The names of all services that are known. */
export const KNOWN_SERVICES: readonly string[] = SERVICES.map(({ name }) => name);

/**
 * The service of that name.
 *
 * @throws UserError `unknown-service`.
 * @example
 * const { create, optionsFrom } = knownService('bank');
 * const participant = create(optionsFrom({ accounts: 10 }));
 */
export function knownService(name: string): KnownService {
  const known = SERVICES.find((candidate) => candidate.name === name);
  if (known !== undefined) return known;
  throw new UserError(
    'unknown-service',
    `there is no service ${JSON.stringify(name)}`,
    suggestion(name, KNOWN_SERVICES, 'Services'),
  );
}

/** How a service of that name is asked plainly: nothing is known of compensations unless the service is known. */
export function dialectOf(service: string): PlainDialect {
  return SERVICES.find(({ name }) => name === service)?.dialect ?? { compensates: {} };
}

function service<Options extends object>(
  name: string,
  defaults: Defaults<Options>,
  dialect: PlainDialect,
  create: (options: Options) => Participant,
): KnownService {
  return {
    name,
    dialect,
    optionsFrom: (given) => optionsFrom(name, defaults, given),
    create: (options) => create(options as Options),
  };
}

/** What is itself a record is completed too, but for items: who names some wants no others. */
function optionsFrom(name: string, defaults: object, given: unknown): object {
  if (given === undefined) return defaults;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new UserError(
      'bad-option',
      `the options of ${name} are not a record`,
      'Give { "name": value, … }.',
    );
  }
  const known = [...Object.keys(defaults), 'retentionUs'];
  const all: Record<string, unknown> = { ...defaults };
  for (const [option, value] of Object.entries(given)) {
    if (!known.includes(option)) {
      throw new UserError('bad-option', `${name} has no option "${option}"`, suggestion(option, known));
    }
    all[option] = completed(option, value, all[option]);
  }
  return all;
}

function completed(option: string, value: unknown, fallback: unknown): unknown {
  const wanted = typeof fallback === 'object' ? 'record' : typeof fallback;
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  const found = isRecord ? 'record' : typeof value;
  if (value === null || (fallback !== undefined && wanted !== found)) {
    throw new UserError('bad-option', `option ${option} is ${JSON.stringify(value)}`, `Give a ${wanted}.`);
  }
  return isRecord && option !== 'items' ? { ...membersOf(fallback), ...value } : value;
}
