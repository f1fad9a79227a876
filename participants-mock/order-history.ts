// Orders that are kept as events: the order aggregate of a shop, with its guards. What an order is follows from what happened
// to it, and after a restart from nothing else.

import type { Applied, Call, Outcome, Participant } from '../engine/core/protocol.ts';
import {
  type Aggregate,
  type EventStreams,
  MemoryStreams,
  type Refusal,
  Repository,
  type RepositoryOptions,
} from '../engine/event-sourcing/index.ts';
import {
  type FenceOptions,
  fenced,
  type Service,
  type SettledCall,
  settledCall,
} from '../engine/fence/index.ts';
import { APPLIED, invalid, isCount, membersOf, refuse, shown, unknownAction } from './answers.ts';
import { LedgerBook } from './ledger.ts';
import { StampedStreams } from './stamped-streams.ts';

/** Where an order stands. */
export type OrderStatus = 'none' | 'pending' | 'paid' | 'reserved' | 'confirmed' | 'cancelled';

/** An order, as the fold of its events. Amounts in minor units. */
export interface OrderState {
  readonly status: OrderStatus;
  readonly total: number;
  readonly paid: number;
}

/** What is asked of an order. Amounts in minor units. */
export type OrderCommand =
  | { readonly kind: 'create'; readonly total: number }
  | { readonly kind: 'pay' | 'unpay' | 'reserve' | 'release' | 'ship' | 'cancel' };

/** What happened to an order. Amounts in minor units. */
export type OrderEvent =
  | { readonly kind: 'order-created'; readonly total: number }
  | { readonly kind: 'payment-applied'; readonly amount: number }
  | { readonly kind: 'payment-returned' | 'stock-reserved' | 'stock-released' | 'shipment-created' }
  | { readonly kind: 'order-cancelled' }
  /** A call was answered, and no event follows from it. */
  | { readonly kind: 'call-settled' };

type Guard = readonly [from: OrderStatus, because: string];

const GUARDS: Readonly<Record<Exclude<OrderCommand['kind'], 'create' | 'cancel'>, Guard>> = {
  pay: ['pending', 'only a pending order is paid'],
  unpay: ['paid', 'only what is paid is given back'],
  reserve: ['paid', 'stock is reserved for what is paid'],
  release: ['reserved', 'only reserved stock is released'],
  ship: ['reserved', 'stock is reserved before it is shipped'],
};

/** The order of a shop, with the guards that are mostly written and those that are mostly forgotten: nothing happens to a cancelled one. */
export const orderAggregate: Aggregate<OrderState, OrderCommand, OrderEvent> = {
  name: 'order',
  schema: 1,
  initial: { status: 'none', total: 0, paid: 0 },
  decide(state, command): readonly OrderEvent[] | Refusal {
    switch (command.kind) {
      case 'create':
        if (state.status !== 'none') return { refused: 'the order is there already' };
        return [{ kind: 'order-created', total: command.total }];
      case 'cancel':
        if (state.status === 'cancelled') return [];
        if (state.status !== 'pending')
          return { refused: `an order that is ${state.status} is not cancelled` };
        return [{ kind: 'order-cancelled' }];
      default: {
        const [from, because] = GUARDS[command.kind];
        if (state.status !== from) return { refused: `${because}, and the order is ${state.status}` };
        return [eventOf(command.kind, state)];
      }
    }
  },
  evolve(state, event) {
    switch (event.kind) {
      case 'order-created':
        return { ...state, status: 'pending', total: event.total };
      case 'payment-applied':
        return { ...state, status: 'paid', paid: state.paid + event.amount };
      case 'payment-returned':
        return { ...state, status: 'pending', paid: state.paid - state.total };
      case 'stock-reserved':
        return { ...state, status: 'reserved' };
      case 'stock-released':
        return { ...state, status: 'paid' };
      case 'shipment-created':
        return { ...state, status: 'confirmed' };
      case 'order-cancelled':
        return { ...state, status: 'cancelled' };
      case 'call-settled':
        return state;
    }
  },
};

function eventOf(kind: keyof typeof GUARDS, { total }: OrderState): OrderEvent {
  if (kind === 'pay') return { kind: 'payment-applied', amount: total };
  const kinds = {
    unpay: 'payment-returned',
    reserve: 'stock-reserved',
    release: 'stock-released',
    ship: 'shipment-created',
  } as const;
  return { kind: kinds[kind] };
}

/** What an order service may be told. */
export interface OrderHistoryOptions extends FenceOptions, RepositoryOptions<OrderState> {
  /**
   * Where the events are kept, and with them the calls that they follow from, so that a new process answers a call that comes
   * again as the last one did. Default: in memory, which outlives a restart as a disk does.
   */
  readonly streams?: EventStreams;
}

/** A participant whose orders can be read. */
export interface OrderHistory extends Participant {
  /** As the service has it: from the last snapshot and what came after. */
  load(saga: string): OrderState;
  /** As the log has it: from the first event. */
  rebuild(saga: string): OrderState;
}

/**
 * Orders behind their fence, one per saga, kept as events.
 *
 * - `create { total }`, in minor units; its compensation `cancel`.
 * - `pay` and `unpay`, `reserve` and `release`: what the saga did elsewhere is noted here, and taken back.
 * - `ship`: the order is confirmed; no compensation.
 *
 * What a guard forbids is refused for good (`business`).
 *
 * @example
 * const orders = orderHistory({ snapshotEvery: 2 });
 */
export function orderHistory(options: OrderHistoryOptions = {}): OrderHistory {
  const orders = new OrderEvents(options);
  return {
    ...fenced(orders, options),
    load: (saga) => orders.repository.load(saga).state,
    rebuild: (saga) => orders.repository.rebuild(saga).state,
  };
}

class OrderEvents implements Service {
  readonly recall?: (saga: string) => readonly SettledCall[];
  readonly keep?: (settled: SettledCall) => void;
  readonly #stamped: StampedStreams | undefined;
  readonly actions = ['create', 'cancel', 'pay', 'unpay', 'reserve', 'release', 'ship'];
  readonly ledger = new LedgerBook();
  readonly repository: Repository<OrderState, OrderCommand, OrderEvent>;

  constructor({ streams, ...options }: OrderHistoryOptions) {
    const stamped = streams === undefined ? undefined : new StampedStreams(streams, orderAggregate.schema);
    this.repository = new Repository(orderAggregate, stamped ?? new MemoryStreams(), options);
    this.#stamped = stamped;
    if (stamped === undefined) return;
    this.recall = (saga) => stamped.recall(saga);
    this.keep = (settled) => stamped.keep(settled);
  }

  /** An order is its saga's alone. */
  records(): readonly string[] {
    return [];
  }

  apply(call: Call): Outcome {
    const { action, payload } = call;
    if (action === 'create') {
      const { total } = membersOf(payload);
      if (!isCount(total)) return invalid(`total ${shown(total)} is not a count of minor units`);
      return this.#handle(call, { kind: 'create', total });
    }
    if (action !== 'pay' && action !== 'reserve' && action !== 'ship') return unknownAction(call);
    return this.#handle(call, { kind: action });
  }

  undo(call: Call, _forward: Applied): Outcome {
    const { action } = call;
    if (action !== 'cancel' && action !== 'unpay' && action !== 'release') return unknownAction(call);
    return this.#handle(call, { kind: action });
  }

  #handle(call: Call, command: OrderCommand): Outcome {
    const settled = settledCall(call, APPLIED);
    const handle = () => this.repository.handle(call.saga, command);
    const handled = this.#stamped === undefined ? handle() : this.#stamped.by(settled, handle);
    if ('refused' in handled) return refuse('business', handled.refused);
    if (handled.events.length === 0) this.keep?.(settled);
    this.ledger.note(call);
    return APPLIED;
  }
}
