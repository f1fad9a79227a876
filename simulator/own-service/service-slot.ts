// One service of a run, in the thread of the services: its lives, what survives them, and the calls in its hands.

import type { LedgerEntry, Outcome } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Task } from '../timed-participant.ts';
import type { ServiceSource } from './command.ts';
import { fail } from './fault-slot.ts';
import { throughFetch } from './http-call.ts';
import type { BookEntry, Books, StartedService, StartService } from './started-service.ts';
import { end, type Life, nextTimer, type Owner, owners, type VirtualTimer } from './virtual-time.ts';

const KEY = /^(.*)\/([^/]+)\/(forward|compensation)(?:\/round-(\d+))?$/s;

export class ServiceSlot {
  readonly name: string;
  readonly #start: StartService;
  readonly #source: ServiceSource;
  readonly #seed: string;
  readonly #durable = new Map<string, unknown>();
  #lives = 0;
  #owner: Owner | undefined;
  #service: StartedService | undefined;
  #books: Books | undefined;
  #known = 0;
  #isStarting = false;
  readonly #open = new Map<number, Task>();
  #answers: { readonly task: number; readonly outcome: Outcome }[] = [];
  readonly #touched = new Set<number>();

  constructor(name: string, start: StartService, source: ServiceSource, seed: string) {
    this.name = name;
    this.#start = start;
    this.#source = source;
    this.#seed = seed;
  }

  get isUp(): boolean {
    return this.#owner !== undefined;
  }

  /** What is neither answered nor given up, in words; undefined when there is nothing. */
  get waits(): string | undefined {
    if (this.#isStarting) return 'starting';
    const [task] = this.#open.values();
    if (task === undefined) return undefined;
    const { action, saga, step } = task.call;
    return `handling "${action}" (saga ${saga}, step ${step})`;
  }

  /** The timer that goes off next. */
  get timer(): VirtualTimer | undefined {
    return this.#owner === undefined ? undefined : nextTimer(this.#owner.life);
  }

  /** A life begins. */
  start(): void {
    const life: Life = {
      service: this.name,
      seed: `${this.#seed}\u0000${this.name}\u0000${++this.#lives}`,
      timers: new Set(),
      isOver: false,
      outgoing: undefined,
    };
    this.#owner = { life, task: undefined, random: undefined };
    this.#isStarting = true;
    void owners.run(this.#owner, async () => {
      try {
        this.#up(life, await this.#start(this.#context()));
      } catch (error) {
        fail(error instanceof UserError ? error : this.#mistake('could not be started', error));
      }
    });
  }

  /** The process dies: no handler goes on, no timer goes off; the books stay readable. */
  stop(): void {
    if (this.#owner !== undefined) end(this.#owner.life);
    this.#owner = undefined;
    this.#service = undefined;
    this.#isStarting = false;
    this.#open.clear();
  }

  begin(task: Task): void {
    const life = this.#owner!.life;
    this.#open.set(task.task, task);
    this.#touched.add(task.task);
    void owners.run({ life, task, random: undefined }, async () => {
      try {
        const outcome = await this.#outcomeOf(task);
        if (!life.isOver && this.#open.delete(task.task)) this.#answers.push({ task: task.task, outcome });
      } catch (error) {
        fail(
          error instanceof UserError ? error : this.#mistake(`asked for "${task.call.action}", threw`, error),
        );
      }
    });
  }

  fire(timer: VirtualTimer): void {
    const task = timer.owner?.task?.task;
    if (task !== undefined) this.#touched.add(task);
    timer.fire();
  }

  /** What has happened since it was asked for last. */
  take(): {
    readonly answers: readonly { task: number; outcome: Outcome }[];
    readonly parked: readonly number[];
  } {
    const answers = this.#answers;
    const parked = [...this.#touched].filter((task) => this.#open.has(task));
    this.#answers = [];
    this.#touched.clear();
    return { answers, parked };
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

  #read<Value>(read: (books: Books) => Value): Value | undefined {
    const books = this.#books;
    if (books === undefined) return undefined;
    try {
      return this.#owner === undefined ? read(books) : owners.run(this.#owner, () => read(books));
    } catch (error) {
      throw error instanceof UserError ? error : this.#mistake('has books that cannot be read', error);
    }
  }

  #entryOf(entry: BookEntry): LedgerEntry {
    const text = String(entry.key);
    const key = KEY.exec(text.includes('%') ? decodeURIComponent(text) : text);
    if (key === null || typeof entry.action !== 'string') {
      throw new UserError(
        'bad-books',
        `service "${this.name}" has an entry in its books that is no effect: ${JSON.stringify(entry)}`,
        'An entry has the `key` of its call (the header idempotency-key) and its `action`.',
      );
    }
    const { action, postings, stock, touched } = entry;
    return {
      saga: key[1]!,
      step: key[2]!,
      direction: key[3] === 'forward' ? 'forward' : 'compensation',
      round: Number(key[4] ?? 0),
      action,
      ...(postings === undefined ? {} : { postings }),
      ...(stock === undefined ? {} : { stock }),
      ...(touched === undefined ? {} : { touched }),
    };
  }

  #context() {
    const { data } = this.#source;
    return {
      service: this.name,
      data,
      durable: <Value>(name: string, create: () => Value): Value => {
        if (!this.#durable.has(name)) this.#durable.set(name, create());
        return this.#durable.get(name) as Value;
      },
    };
  }

  #up(life: Life, service: StartedService): void {
    if (life.isOver) return;
    const answers = typeof service?.fetch === 'function' || typeof service?.handle === 'function';
    if (!answers || typeof service.books?.entries !== 'function') {
      throw new UserError(
        'bad-participant',
        `service "${this.name}" started as something that ${answers ? 'has no books' : 'answers nothing'}`,
        'Its `start` returns { fetch or handle, books: { entries } }.',
      );
    }
    this.#isStarting = false;
    life.outgoing = service.outgoing?.bind(service);
    this.#service = service;
    this.#books = service.books;
  }

  #outcomeOf(task: Task): Promise<Outcome> | Outcome {
    const service = this.#service!;
    if (service.handle !== undefined) return service.handle(task.call);
    return throughFetch((request) => service.fetch!(request), task, this.#source.baseUrl);
  }

  #mistake(what: string, error: unknown): UserError {
    const why = error instanceof Error ? (error.stack ?? String(error)) : String(error);
    return new UserError('bad-participant', `service "${this.name}" ${what}: ${why}`);
  }
}
