// What the events of a run change: where sagas and their steps stand in the log, and what participants have in their
// books. Read from the log and the ledgers, as the judge reads them (S9).

import type { SagaDefinition } from '../../engine/core/define-saga.ts';
import type { LedgerEntry, Participant, StockLevel } from '../../engine/core/protocol.ts';
import { evolve, initialState, type SagaEvent, type SagaState } from '../../engine/core/saga.ts';
import type { DebugChange, DebugRecord, DebugStock } from '../debug-record.ts';

type Opening = DebugRecord['opening'];

export class Changes {
  readonly #states = new Map<string, SagaState>();
  readonly #balances = new Map<string, number>();
  readonly #stock = new Map<string, DebugStock>();
  readonly #opening: { balances: Opening['balances'][number][]; stock: Opening['stock'][number][] } = {
    balances: [],
    stock: [],
  };

  /** The books, before anything happened. */
  open(participants: Readonly<Record<string, Participant>>): void {
    for (const [service, { ledger }] of Object.entries(participants)) {
      for (const [account, balance] of ledger.balances()) {
        this.#balances.set(nameOf(service, account), balance);
        this.#opening.balances.push({ service, account, balance });
      }
      for (const level of ledger.stock()) {
        this.#stock.set(nameOf(service, level.item), stockOf(level));
        this.#opening.stock.push({ service, ...stockOf(level) });
      }
    }
  }

  /** An append became part of a log. */
  appended(saga: string, definition: SagaDefinition, events: readonly SagaEvent[]): readonly DebugChange[] {
    const state = this.#states.get(saga) ?? initialState(definition, saga);
    this.#states.set(saga, state);
    const [{ status }, steps] = [state, [...state.steps]];
    for (const event of events) evolve(state, event);
    const changed = state.steps.flatMap((now, i): DebugChange[] => {
      const { status: was, attempt: before } = steps[i]!;
      if (now.status === was && now.attempt === before) return [];
      const step = definition.steps[i]!.name;
      return [{ kind: 'step', saga, step, status: now.status, attempt: now.attempt }];
    });
    if (state.status === status && state.version > events.length) return changed;
    return [{ kind: 'saga', saga, status: state.status, version: state.version }, ...changed];
  }

  /** A participant committed an effect. */
  committed(entry: LedgerEntry, service: string): readonly DebugChange[] {
    const { saga, step, direction, postings = [], stock } = entry;
    const changes: DebugChange[] = [{ kind: 'effect', saga, step, direction }];
    for (const { account, amount } of postings) {
      const name = nameOf(service, account);
      const from = this.#balances.get(name) ?? 0;
      this.#balances.set(name, from + amount);
      changes.push({ kind: 'balance', service, account, from, to: from + amount });
    }
    if (stock !== undefined) {
      const to = stockOf(stock);
      const from = this.#stock.get(nameOf(service, to.item));
      this.#stock.set(nameOf(service, to.item), to);
      changes.push({ kind: 'stock', service, ...(from === undefined ? {} : { from }), to });
    }
    return changes;
  }

  /** The books before the first event, as far as one of these changes touches them. */
  opening(changes: Iterable<DebugChange>): Opening {
    const touched = new Set<string>();
    for (const change of changes) {
      if (change.kind === 'balance') touched.add(nameOf(change.service, change.account));
      if (change.kind === 'stock') touched.add(nameOf(change.service, change.to.item));
    }
    return {
      balances: this.#opening.balances.filter(({ service, account }) =>
        touched.has(nameOf(service, account)),
      ),
      stock: this.#opening.stock.filter(({ service, item }) => touched.has(nameOf(service, item))),
    };
  }
}

function nameOf(service: string, what: string): string {
  return `${service}\n${what}`;
}

function stockOf({ item, onHand, reserved, sold }: StockLevel): DebugStock {
  return { item, onHand, reserved, sold };
}
