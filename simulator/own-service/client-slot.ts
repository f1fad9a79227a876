// A user's own client in one process of the engine, in the thread of the services. What it asks below the base URL of its
// service goes out to the network of the run, and is answered when something comes back; or never.

import { UserError } from '../../engine/core/user-error.ts';
import { responseTo } from '../../engine/http/http-response.ts';
import { askClient } from '../../engine/live/service-client.ts';
import type { Asked, Heard } from '../timed-client.ts';
import type { Answered, Task } from '../timed-participant.ts';
import type { Source } from './command.ts';
import { fail } from './fault-slot.ts';
import { readsAs, requestData, responseOf } from './http-data.ts';
import { NetworkError } from './outgoing.ts';
import { only, Slot } from './slot.ts';
import type { StartClient, StartedClient } from './started-client.ts';
import { type Life, owners } from './virtual-time.ts';

interface Waiting {
  readonly url: string;
  resolve(response: Response): void;
  reject(error: Error): void;
}

export class ClientSlot extends Slot {
  readonly #service: string;
  readonly #start: StartClient;
  readonly #source: Source;
  readonly #waiting = new Map<number, Waiting>();
  #client: StartedClient | undefined;
  #asked: Asked[] = [];
  #last = 0;

  constructor(name: string, service: string, start: StartClient, source: Source, seed: string) {
    super(name, `${seed}\u0000${name}`);
    this.#service = service;
    this.#start = start;
    this.#source = source;
  }

  /** Requests that it made since it was asked for last. */
  asked(): readonly Asked[] {
    const asked = this.#asked;
    this.#asked = [];
    return asked;
  }

  hear(request: number, heard: Heard): void {
    const waiting = this.#waiting.get(request);
    this.#waiting.delete(request);
    if (waiting === undefined) return; // a copy of the answer
    if (heard.kind === 'refused') waiting.reject(new NetworkError('ECONNREFUSED', waiting.url));
    else waiting.resolve(heard.kind === 'outcome' ? responseTo(heard.outcome) : responseOf(heard.response));
  }

  protected async up(life: Life): Promise<void> {
    const { baseUrl, data } = this.#source;
    const started = await this.#start({ service: this.#service, baseUrl, data });
    if (life.isOver) return;
    if (typeof started?.ask !== 'function') {
      throw new UserError(
        'bad-client',
        `${this.name} started as something that has no function "ask"`,
        'Its `client` returns { ask: (call, { signal, headers }) => … }, which answers with a Response or an outcome.',
      );
    }
    life.outgoing = (request) =>
      isBelow(baseUrl, request.url) ? this.#post(request) : started.outgoing?.(request);
    this.#client = started;
  }

  protected down(): void {
    this.#client = undefined;
    this.#waiting.clear();
    this.#asked = [];
  }

  protected answerTo({ call, timeoutMs }: Task): Promise<Omit<Answered, 'task'>> {
    return only(askClient(this.#client!.ask, call, timeoutMs));
  }

  async #post(request: Request): Promise<Response> {
    const task = owners.getStore()?.task;
    if (task === undefined) {
      throw fail(
        new UserError(
          'no-call',
          `${this.name} asked ${request.method} ${request.url} by itself, for no call`,
          'A run carries what is asked for calls of sagas. Answer other requests in `outgoing`, at another address.',
        ),
      );
    }
    const http = await requestData(request);
    const id = ++this.#last;
    this.#asked.push({ request: id, task: task.task, http, reads: readsAs(http, task.call) });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { url: request.url, resolve, reject });
    });
  }
}

/** Whether a URL leads to something at or below another. */
function isBelow(base: string, url: string): boolean {
  const [wanted, asked] = [new URL(base), new URL(url)];
  const path = wanted.pathname.replace(/\/$/, '');
  return wanted.origin === asked.origin && (asked.pathname === path || asked.pathname.startsWith(`${path}/`));
}
