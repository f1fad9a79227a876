// An outbox is a table with a sequence, and its poller asks for rows after the last id that it has seen. Ids are given when a
// transaction begins, rows are seen when it commits: a slow transaction commits a lower id than the poller has seen, and its
// event is never published.

import {
  type Call,
  type Outcome,
  type Participant,
  type ParticipantEnv,
  payloadHash,
} from '../../engine/index.ts';
import type { Task, TimedParticipant, Turn, TurnTime } from '../../simulator/index.ts';
import { choreographedOrders, type MakeService, reactive } from './choreographed-order.ts';
import { plantedBug } from './planted-bug.ts';

/** A transaction takes up to so long. */
const TRANSACTION_US = 200_000;
const NOTHING: Outcome = { kind: 'applied', result: { events: [] } };

interface Transaction {
  readonly task: number;
  readonly call: Call;
  readonly id: number;
  readonly commitsAtUs: number;
}

/** Which of the rows that were committed the poller takes. */
type Takes = (id: number, last: number) => boolean;

class PolledOutbox implements TimedParticipant {
  readonly actions: readonly string[];
  readonly ledger: Participant['ledger'];
  readonly #service: Participant;
  readonly #takes: Takes;
  readonly #published = new Map<string, Outcome>();
  readonly #committed = new Set<string>();
  #open: Transaction[] = [];
  #sequence = 0;
  #last = 0;
  #env: ParticipantEnv | undefined;

  constructor(service: Participant, takes: Takes) {
    this.#service = service;
    this.#takes = takes;
    this.actions = service.actions;
    this.ledger = service.ledger;
  }

  open(): void {}

  start(): Turn {
    return this.#turn([]);
  }

  handle(): Outcome {
    throw new Error('it takes its time');
  }

  begin({ task, call }: Task, { nowUs }: TurnTime, env: ParticipantEnv): Turn {
    this.#env = env;
    if (this.#committed.has(call.key)) {
      return this.#turn([{ task, outcome: this.#published.get(call.key) ?? NOTHING }]);
    }
    const commitsAtUs = nowUs + 1 + (payloadHash(call.key) % TRANSACTION_US);
    this.#open.push({ task, call, id: ++this.#sequence, commitsAtUs });
    return this.#turn([], [task]);
  }

  advance({ nowUs }: TurnTime): Turn {
    const due = this.#open.filter(({ commitsAtUs }) => commitsAtUs <= nowUs);
    this.#open = this.#open.filter(({ commitsAtUs }) => commitsAtUs > nowUs);
    return this.#turn(due.map((one) => ({ task: one.task, outcome: this.#commit(one) })));
  }

  /** What was not committed never happened. */
  restart(): void {
    this.#open = [];
    this.#service.restart?.();
  }

  /** A copy that came meanwhile may have committed it. */
  #commit({ call, id }: Transaction): Outcome {
    const known = this.#published.get(call.key);
    if (known !== undefined || this.#committed.has(call.key)) return known ?? NOTHING;
    const outcome = this.#service.handle(call, this.#env!);
    if (outcome.kind !== 'applied') return outcome;
    this.#committed.add(call.key);
    if (!this.#takes(id, this.#last)) return NOTHING;
    this.#last = Math.max(this.#last, id);
    this.#published.set(call.key, outcome);
    return outcome;
  }

  #turn(answers: Turn['answers'], parked: readonly number[] = []): Turn {
    const times = this.#open.map(({ commitsAtUs }) => commitsAtUs);
    return { answers, parked, nextAtUs: times.length === 0 ? -1 : Math.min(...times) };
  }
}

const polled =
  (takes: Takes): MakeService =>
  (...made) =>
    new PolledOutbox(reactive(...made), takes);

export const bug = plantedBug({
  how: 'The poller of an outbox asks for ids above the last one, and misses a row whose transaction began earlier and committed later',
  mended: 'The poller takes every row that is not marked as published.',
  lookFor:
    'Search for `WHERE id > :last` over a sequence. Open a transaction that inserts, let a second one insert and commit, poll, then commit the first.',
  reading: 'Kleppmann, _Designing Data-Intensive Applications_, 2017, chapter 11 (change data capture)',
  caughtBy: ['every-saga-ends', 'messages-handled', 'all-or-nothing'],
  trigger: [],
  seenIn: 'home-made outbox relays on PostgreSQL and Oracle, whose sequences are not transactional',
  wrong: choreographedOrders({
    name: 'outbox-poller-skips',
    title: 'An outbox that is read by the last id',
    services: { payment: polled((id, last) => id > last) },
  }),
  right: choreographedOrders({
    name: 'outbox-poller-skips-corrected',
    title: 'An outbox that is read by what is not published',
    services: { payment: polled(() => true) },
  }),
});

export default bug.wrong;
