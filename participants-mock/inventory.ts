// A warehouse: things are on hand, reserved for an order, or sold. On hand + reserved + sold = total, always.

import type { Applied, Call, Outcome, Participant, StockLevel } from '../engine/core/protocol.ts';
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
import { LedgerBook, type StockPart } from './ledger.ts';

/** What a warehouse has. */
export interface InventoryOptions extends FenceOptions {
  /** How many of each item are on hand at first, by product id; 0 to 2^53 − 1. */
  readonly items: Readonly<Record<string, number>>;
}

const ACTIONS = ['look', 'reserve', 'commit', 'release'] as const;

/**
 * A warehouse behind its fence. Payload of every action: `{ productId, quantity }`.
 *
 * - `look`, for a step without effects: result `{ onHand }`.
 * - `reserve`: on hand → reserved. No such product or quantity: `invalid_request`; not enough: `business`.
 * - `release`, its compensation: reserved → on hand. Never from sold: a saga commits when nothing can fail any
 *   more, so what is sold is never released.
 * - `commit`, for a `retriable` step with the payload of the reservation: reserved → sold. No compensation.
 *
 * @throws UserError `bad-option`.
 * @example
 * const participant = inventory({ items: { prod_123: 1_000 } });
 */
export function inventory(options: InventoryOptions): Participant {
  return fenced(new Inventory(options), options);
}

/** The warehouse without its fence: whoever asks it twice reserves twice. */
export class Inventory implements Service {
  readonly actions: readonly string[] = ACTIONS;
  readonly ledger = new LedgerBook();

  constructor({ items }: InventoryOptions) {
    for (const [item, total] of Object.entries(items)) {
      checkOption(`items.${item}`, total, 0, Number.MAX_SAFE_INTEGER);
      this.ledger.store(item, total);
    }
  }

  records({ payload }: Call): readonly string[] {
    const { productId } = membersOf(payload);
    return typeof productId === 'string' ? [productId] : [];
  }

  apply(call: Call): Outcome {
    switch (call.action) {
      case 'look':
        return this.#look(call);
      case 'reserve':
        return this.#move(call, 'onHand', 'reserved');
      case 'commit':
        return this.#move(call, 'reserved', 'sold');
      default:
        return unknownAction(call);
    }
  }

  undo(call: Call, _forward: Applied): Outcome {
    return call.action === 'release' ? this.#move(call, 'reserved', 'onHand') : unknownAction(call);
  }

  #look(call: Call): Outcome {
    const { productId } = membersOf(call.payload);
    const level = typeof productId === 'string' ? this.ledger.level(productId) : undefined;
    if (level === undefined) return invalid(`product ${shown(productId)} is not kept here`);
    return { kind: 'applied', result: { onHand: level.onHand } };
  }

  #move(call: Call, from: StockPart, to: StockPart): Outcome {
    const { productId, quantity } = membersOf(call.payload);
    const level = typeof productId === 'string' ? this.ledger.level(productId) : undefined;
    if (level === undefined) return invalid(`product ${shown(productId)} is not kept here`);
    if (!isCount(quantity)) return invalid(`quantity ${shown(quantity)} is not a number of things`);
    if (level[from] < quantity) return refuse('business', tooFew(level, from, quantity));
    this.ledger.moveStock(call, level.item, from, to, quantity);
    return APPLIED;
  }
}

function tooFew(level: StockLevel, from: StockPart, quantity: number): string {
  const where = from === 'onHand' ? 'on hand' : from;
  return `${quantity} of ${level.item} are asked for, ${level[from]} are ${where}`;
}
