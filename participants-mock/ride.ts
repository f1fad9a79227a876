// Rides and the drivers for them. A driver has at most one lease, and an expired lease is no lease: the clock that
// says so is the participant's own.

import { assert } from '../engine/core/assert.ts';
import { hash32 } from '../engine/core/mix.ts';
import type { Applied, Call, Outcome, Participant, ParticipantEnv } from '../engine/core/protocol.ts';
import { type FenceOptions, fenced, type Service } from '../engine/fence/index.ts';
import { APPLIED, checkOption, invalid, membersOf, refuse, shown, unknownAction } from './answers.ts';
import { LedgerBook } from './ledger.ts';

/** The drivers, and how long one is held. */
export interface RideOptions extends FenceOptions {
  /** How many drivers there are, named `d-0`, `d-1`, …; 1 to 100,000. Default 100. */
  readonly drivers?: number;
  /** How long an assignment holds, in microseconds; 1 to 2^52. Default 300 s. */
  readonly leaseUs?: number;
}

/** Result of `find_driver`. */
export interface FoundDriver {
  readonly driver: string;
}

/** Result of `assign_driver`. */
export interface AssignedDriver extends FoundDriver {
  /** When the driver is free again unless released, in microseconds by the participant's clock. */
  readonly leasedUntilUs: number;
}

interface Driver {
  readonly name: string;
  /** The last lease, which may have expired. */
  lease: AssignedDriver | undefined;
}

const LEASE_DEFAULT_US = 300_000_000;
const ACTIONS = ['create_ride', 'cancel_ride', 'find_driver', 'assign_driver', 'release_driver'] as const;

/**
 * Rides and drivers behind their fence.
 *
 * - `create_ride`, any payload: result `{ ride: 'ride-<saga>' }`. Compensation `cancel_ride`.
 * - `find_driver`, any payload, without effect: {@link FoundDriver}, one who is free now; none: `business`.
 *   Nothing is promised: the driver may be taken before the assignment.
 * - `assign_driver { driver? }`: {@link AssignedDriver}, that driver or any; not free: `business`.
 * - `release_driver`, its compensation: the driver is free at once, unless the lease had expired by itself.
 *
 * @throws UserError `bad-option`.
 * @example
 * const participant = ride({ drivers: 20 });
 */
export function ride(options: RideOptions = {}): Participant {
  return fenced(new Rides(options), options);
}

/** Rides and drivers without their fence: whoever asks twice is given two drivers. */
export class Rides implements Service {
  readonly actions: readonly string[] = ACTIONS;
  readonly ledger = new LedgerBook();
  readonly #drivers = new Map<string, Driver>();
  readonly #roster: readonly Driver[];
  readonly #leaseUs: number;

  constructor({ drivers = 100, leaseUs = LEASE_DEFAULT_US }: RideOptions = {}) {
    checkOption('drivers', drivers, 1, 100_000);
    checkOption('leaseUs', leaseUs, 1, 2 ** 52);
    this.#roster = Array.from({ length: drivers }, (_, i) => ({ name: `d-${i}`, lease: undefined }));
    for (const driver of this.#roster) this.#drivers.set(driver.name, driver);
    this.#leaseUs = leaseUs;
  }

  apply(call: Call, env: ParticipantEnv): Outcome {
    switch (call.action) {
      case 'create_ride':
        this.ledger.note(call);
        return { kind: 'applied', result: { ride: `ride-${call.saga}` } };
      case 'find_driver':
        return this.#find(call, env.nowUs);
      case 'assign_driver':
        return this.#assign(call, env.nowUs);
      default:
        return unknownAction(call);
    }
  }

  undo(call: Call, forward: Applied): Outcome {
    switch (call.action) {
      case 'cancel_ride':
        return this.#cancel(call, forward);
      case 'release_driver':
        return this.#release(call, forward);
      default:
        return unknownAction(call);
    }
  }

  #find(call: Call, nowUs: number): Outcome {
    const driver = this.#anyFree(call.saga, nowUs);
    if (driver === undefined) return refuse('business', 'no driver is free');
    const result: FoundDriver = { driver: driver.name };
    return { kind: 'applied', result };
  }

  #assign(call: Call, nowUs: number): Outcome {
    const { driver: name } = membersOf(call.payload);
    const driver = name === undefined ? this.#anyFree(call.saga, nowUs) : this.#named(name);
    if (driver === undefined) {
      return name === undefined
        ? refuse('business', 'no driver is free')
        : invalid(`driver ${shown(name)} is unknown`);
    }
    if (!isFree(driver, nowUs)) return refuse('business', `driver ${driver.name} is taken`);
    const result: AssignedDriver = { driver: driver.name, leasedUntilUs: nowUs + this.#leaseUs };
    driver.lease = result;
    this.ledger.note(call);
    return { kind: 'applied', result };
  }

  #cancel(call: Call, { result }: Applied): Outcome {
    if (membersOf(result).ride === undefined) return invalid('cancel_ride undoes a create_ride');
    this.ledger.note(call);
    return APPLIED;
  }

  /** Frees the driver only of this very lease: after it expired, another may stand. */
  #release(call: Call, { result }: Applied): Outcome {
    const { driver: name, leasedUntilUs } = membersOf(result);
    const driver = this.#named(name);
    if (driver === undefined || leasedUntilUs === undefined) {
      return invalid('release_driver undoes an assign_driver');
    }
    if (driver.lease === result) driver.lease = undefined;
    this.ledger.note(call);
    return APPLIED;
  }

  #named(name: unknown): Driver | undefined {
    return typeof name === 'string' ? this.#drivers.get(name) : undefined;
  }

  /** Looks from a place that depends on the saga, so that two who look at the same time rarely meet. */
  #anyFree(saga: string, nowUs: number): Driver | undefined {
    const { length } = this.#roster;
    const from = hash32(saga) % length;
    for (let i = 0; i < length; i++) {
      const driver = this.#roster[(from + i) % length];
      assert(driver !== undefined, 'the roster has no holes');
      if (isFree(driver, nowUs)) return driver;
    }
    return undefined;
  }
}

function isFree({ lease }: Driver, nowUs: number): boolean {
  return lease === undefined || lease.leasedUntilUs <= nowUs;
}
