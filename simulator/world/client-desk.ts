// Users' own clients between the engine and the network: a call is handed to the client of its service, whose requests are the
// messages that faults strike; what the client makes of the answers is the answer to the call.
//
// C1. A client lives in a process: it stands still with it, and dies with it, and what it waits for is lost.
// C2. The requests of an operation are counted, over all of its calls: points stay the same whatever else is asked.
// C3. What nobody waits for any more goes on: a client that was given up may still ask, as in production.

import type { Call } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Asked, ClientSource, ClientTurn, Heard, TimedClient } from '../timed-client.ts';
import type { TurnTime } from '../timed-participant.ts';
import { type Desk, type Desks, Ticker } from './desks.ts';
import {
  type Clients,
  codeOf,
  type Handed,
  type Message,
  type Outgoing,
  REFUSED,
  type Sender,
} from './message.ts';
import { outside } from './sandbox.ts';
import type { SimSaga } from './sim-saga.ts';
import { timeoutMsOf } from './task-desk.ts';
import { TRACE, type World } from './world.ts';

export interface ClientParts {
  readonly world: World;
  readonly desks: Desks;
  /** By the name of their service. */
  readonly clients: Readonly<Record<string, ClientSource>>;
  /** What a service can be asked for if it is a model; undefined: it reads requests itself. */
  actionsOf(service: string): readonly string[] | undefined;
  /** Puts a request on the network. */
  request(outgoing: Outgoing): void;
}

export class ClientDesks implements Clients {
  readonly #parts: ClientParts;
  readonly #desks = new Map<Sender, Map<string, ClientDesk>>();
  /** Requests so far, by saga and operation (C2). */
  readonly #requests = new Map<SimSaga, Map<number, number>>();

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  begin(handed: Handed, sender: Sender): boolean {
    const { service } = handed.call;
    const source = this.#parts.clients[service];
    if (source === undefined) return false;
    const desks = this.#desks.get(sender) ?? new Map<string, ClientDesk>();
    this.#desks.set(sender, desks);
    const desk = desks.get(service) ?? new ClientDesk(this.#parts, this, sender, { service, source });
    desks.set(service, desk);
    desk.begin(handed);
    return true;
  }

  /** C1. */
  gone(sender: Sender): void {
    for (const desk of this.#desks.get(sender)?.values() ?? []) desk.close();
    this.#desks.delete(sender);
  }

  /** C2. */
  count(saga: SimSaga, operation: number): number {
    const counts = this.#requests.get(saga) ?? new Map<number, number>();
    this.#requests.set(saga, counts);
    const count = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, count);
    return count;
  }
}

/** The client of one service in one process. */
class ClientDesk implements Desk {
  readonly #parts: ClientParts;
  readonly #desks: ClientDesks;
  readonly #sender: Sender;
  readonly #actions: readonly string[] | undefined;
  readonly #client: TimedClient;
  readonly #ticker: Ticker;
  /** Calls that are not answered; and all that it ever had, for those that go on (C3). */
  readonly #open = new Set<number>();
  readonly #handed: Handed[] = [];
  #isClosed = false;

  constructor(
    parts: ClientParts,
    desks: ClientDesks,
    sender: Sender,
    { service, source }: { readonly service: string; readonly source: ClientSource },
  ) {
    this.#parts = parts;
    this.#desks = desks;
    this.#sender = sender;
    this.#actions = parts.actionsOf(service);
    const seed = parts.world.seed.text;
    this.#client = outside(() => source.open({ seed, service, process: sender.name }));
    this.#ticker = new Ticker(parts.desks, this);
    parts.desks.add(this);
  }

  get length(): number {
    return this.#open.size;
  }

  begin(handed: Handed): void {
    const task = this.#handed.push(handed);
    this.#open.add(task);
    handed.saga.underWay++;
    const { call, transmission } = handed;
    const timeoutMs = timeoutMsOf(call, this.#sender.clockUs);
    this.#take(this.#client.begin({ task, call, transmission, timeoutMs }, this.#time()));
  }

  tick(): void {
    this.#whenAwake(() => {
      this.#ticker.went();
      this.#parts.world.sim.note(TRACE['client-timer'], this.#sender.number, 0, 0);
      this.#take(this.#client.advance(this.#time()));
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#client.close();
    this.#ticker.off();
    this.#parts.desks.remove(this);
    for (const task of this.#open) this.#release(this.#handed[task - 1]!.saga);
    this.#open.clear();
  }

  /** C1. */
  #whenAwake(act: () => void): void {
    if (this.#isClosed) return;
    const { stillUntilUs } = this.#sender;
    if (stillUntilUs <= this.#parts.world.sim.nowUs) return act();
    this.#parts.desks.later(stillUntilUs, () => this.#whenAwake(act));
  }

  #take({ asked, answers, nextAtUs }: ClientTurn): void {
    const { world } = this.#parts;
    for (const one of asked) this.#post(one);
    for (const { task, outcome } of answers) {
      if (this.#isClosed) return; // its process died of what the call before it led to
      if (!this.#open.delete(task)) continue;
      const { call, saga, operation } = this.#handed[task - 1]!;
      world.sagas.touch(saga);
      world.sim.note(TRACE['client-done'], saga.index, operation, call.attempt * 4 + codeOf(outcome));
      this.#sender.input({ kind: 'reply', call, outcome });
      this.#release(saga);
    }
    if (!this.#isClosed) this.#ticker.set(nextAtUs, 0);
  }

  #post(asked: Asked): void {
    const { call, saga, operation } = this.#handed[asked.task - 1]!;
    this.#parts.request({
      call: this.#actions === undefined ? call : this.#read(call, asked),
      saga,
      operation,
      transmission: this.#desks.count(saga, operation) * 2,
      answers: this.#sender,
      asked: {
        http: asked.http,
        heard: (message) =>
          this.#whenAwake(() => this.#take(this.#client.hear(asked.request, heardIn(message), this.#time()))),
      },
    });
  }

  /** A model knows nothing of HTTP: a request to it is read as the engine's own would be. */
  #read(call: Call, { http, reads }: Asked): Call {
    if (reads !== undefined && this.#actions?.includes(reads.action)) return { ...call, ...reads };
    throw new UserError(
      'not-a-call',
      `the client of service "${call.service}" sent ${http.method} ${http.url}, which the model of that service cannot be asked`,
      `A model takes POST <baseUrl>/<action> with JSON, where <action> is one of ${this.#actions?.join(', ')}. Put a service of your own behind the client instead: see ownService.`,
    );
  }

  #release(saga: SimSaga): void {
    saga.underWay--;
    this.#parts.world.settle(saga);
  }

  #time(): TurnTime {
    return { nowUs: this.#parts.world.sim.nowUs, clockUs: this.#sender.clockUs };
  }
}

function heardIn({ outcome, response }: Message): Heard {
  if (response !== undefined) return { kind: 'response', response };
  return outcome === REFUSED || outcome === undefined ? { kind: 'refused' } : { kind: 'outcome', outcome };
}
