// One service of a run, in the thread of the services: what survives its lives, its books, and how calls reach it.

import type { LedgerEntry, Outcome } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Answered, Task } from '../timed-participant.ts';
import type { Source } from './command.ts';
import { throughFetch } from './http-call.ts';
import { readsAs } from './http-data.ts';
import { KnownKeys } from './known-keys.ts';
import { only, Slot } from './slot.ts';
import type { BookEntry, Books, ServiceContext, StartedService, StartService } from './started-service.ts';
import type { Life } from './virtual-time.ts';

const UNREADABLE: Outcome = { kind: 'rejected', failure: 'invalid_request', reason: 'this is no call' };

export class ServiceSlot extends Slot {
  readonly #service: string;
  readonly #start: StartService;
  readonly #source: Source;
  readonly #durable = new Map<string, unknown>();
  readonly #keys = new KnownKeys();
  #started: StartedService | undefined;
  /** They stay readable while the process is down. */
  #books: Books | undefined;
  #known = 0;

  constructor(name: string, service: string, start: StartService, source: Source, seed: string) {
    super(name, `${seed}\u0000${service}`);
    this.#service = service;
    this.#start = start;
    this.#source = source;
  }

  /** Entries that the books did not have when they were read last. */
  entries(): readonly LedgerEntry[] {
    const found = this.#read((books) => books.entries(this.#known)) ?? [];
    this.#known += found.length;
    return found.map((entry) => this.#entryOf(entry));
  }

  balances(): readonly (readonly [string, number])[] {
    return Object.entries(this.#read((books) => books.balances?.()) ?? {});
  }

  stock() {
    return this.#read((books) => books.stock?.()) ?? [];
  }

  protected async up(life: Life): Promise<void> {
    const started = await this.#start(this.#context());
    if (life.isOver) return;
    const answers = typeof started?.fetch === 'function' || typeof started?.handle === 'function';
    if (!answers || typeof started.books?.entries !== 'function') {
      throw new UserError(
        'bad-service',
        `${this.name} started as something that ${answers ? 'has no books' : 'answers nothing'}`,
        'Its `start` returns { fetch or handle, books: { entries } }.',
      );
    }
    life.outgoing = started.outgoing?.bind(started);
    this.#started = started;
    this.#books = started.books;
  }

  protected down(): void {
    this.#started = undefined;
  }

  protected async answerTo(task: Task): Promise<Omit<Answered, 'task'>> {
    const started = this.#started!;
    const { call, http } = task;
    const reads = http === undefined ? undefined : readsAs(http, call);
    if (http !== undefined) this.#keys.add(http, call);
    if (started.handle === undefined) {
      return throughFetch((request) => started.fetch!(request), task, this.#source.baseUrl);
    }
    return only(
      http !== undefined && reads === undefined ? UNREADABLE : started.handle({ ...call, ...reads }),
    );
  }

  #read<Value>(read: (books: Books) => Value): Value | undefined {
    const books = this.#books;
    if (books === undefined) return undefined;
    try {
      return this.byItself(() => read(books));
    } catch (error) {
      throw error instanceof UserError
        ? error
        : this.mistake('bad-books', 'has books that cannot be read', error);
    }
  }

  #entryOf(entry: BookEntry): LedgerEntry {
    const operation = this.#keys.operationOf(entry);
    if (operation === undefined || typeof entry.action !== 'string') {
      throw new UserError(
        'bad-books',
        `${this.name} has an entry in its books that is no effect: ${JSON.stringify(entry)}`,
        'An entry has the `key` of its call (the header idempotency-key) and its `action`.',
      );
    }
    const { action, postings, stock, touched } = entry;
    return {
      ...operation,
      action,
      ...(postings === undefined ? {} : { postings }),
      ...(stock === undefined ? {} : { stock }),
      ...(touched === undefined ? {} : { touched }),
    };
  }

  #context(): ServiceContext {
    return {
      service: this.#service,
      data: this.#source.data,
      durable: <Value>(name: string, create: () => Value): Value => {
        if (!this.#durable.has(name)) this.#durable.set(name, create());
        return this.#durable.get(name) as Value;
      },
    };
  }
}
