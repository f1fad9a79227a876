// The simulated network: the twin of engine/live/transport.ts. Carries calls from orchestrators to participants
// and outcomes back, and lets faults strike at each message that leaves.
//
// T1. A request knows which life of which process sent it: replies to a dead life are lost, as its sockets are.
// T2. Latencies and faults are keyed by (saga, step, direction, transmission): they do not depend on the traffic.

import { assert } from '../../engine/core/assert.ts';
import type { Transport } from '../../engine/core/ports.ts';
import type { Call, Outcome } from '../../engine/core/protocol.ts';
import type { MessageFate } from '../faults/fault.ts';
import { type FaultSet, faultSet } from '../faults/injector.ts';
import { PLACE } from '../faults/point.ts';
import type { HttpResponse } from '../http-message.ts';
import type { Actor } from '../kernel/simulation.ts';
import { Links } from './links.ts';
import { type Clients, codeOf, type Message, type Outgoing, type Replies, type Sender } from './message.ts';
import type { ParticipantNode } from './participant-node.ts';
import { operationOf, type SimSaga } from './sim-saga.ts';
import { DRAW, deliver, TRACE, type World } from './world.ts';

const REQUEST = 0;
const REPLY = 1;

/** Kinds that count as delivered at their own moment: when a copy arrives, when a message is lost, when one is overtaken. */
const DUPLICATE_BITS = faultSet('duplicate-request', 'duplicate-reply');
const LATE_BIT = faultSet('late-duplicate');
const COPY_BITS = DUPLICATE_BITS | LATE_BIT;
const DROP_BITS = faultSet('drop-request', 'drop-reply');
const REORDER_BIT = faultSet('reorder');

export class SimTransport implements Transport, Replies, Actor {
  readonly #world: World;
  readonly #id: number;
  readonly #nodes: ReadonlyMap<string, ParticipantNode>;
  readonly #fate: MessageFate = { dropped: false, delayUs: 0, copyAfterUs: -1, isLateCopy: false };
  readonly #links: Links;
  #clients: Clients | undefined;
  #sequence = 0;
  readonly #canStrike: readonly [request: boolean, reply: boolean];

  constructor(world: World, nodes: ReadonlyMap<string, ParticipantNode>) {
    this.#world = world;
    this.#canStrike = [world.injector.canStrike('request'), world.injector.canStrike('reply')];
    this.#nodes = nodes;
    this.#links = new Links(world);
    this.#id = world.sim.add(this);
  }

  /** The services that users' own clients stand before: calls go to these. */
  through(clients: Clients): void {
    this.#clients = clients;
  }

  send(call: Call, answers: Sender): void {
    const { sagas, sends } = this.#world;
    const saga = sagas.get(call.saga);
    assert(saga !== undefined, 'a call is of a saga', call.saga);
    const operation = operationOf(saga, call);
    const transmission = sends.of(saga, operation) * 2;
    if (this.#clients?.begin({ call, saga, operation, transmission }, answers)) return;
    this.request({ call, saga, operation, transmission, answers, asked: undefined });
  }

  /** The process died: so did its clients. */
  gone(sender: Sender): void {
    this.#clients?.gone(sender);
  }

  /** A request goes out. */
  request({ call, saga, operation, transmission, answers, asked }: Outgoing): void {
    const { sim, judge } = this.#world;
    const to = this.#nodes.get(call.service);
    assert(to !== undefined, 'a call has no address', call.service);
    sim.note(TRACE.send, saga.index, operation, transmission);
    const isLate = asked !== undefined || saga.misread || answers.epoch < saga.partition.epoch;
    judge.sent(call, operation >> 1, saga, isLate);
    const sequence = ++this.#sequence;
    const message: Message = {
      call,
      saga,
      to,
      answers,
      operation,
      transmission,
      sequence,
      outcome: undefined,
      asked,
      response: undefined,
      faults: 0,
    };
    this.#post(message, REQUEST);
  }

  /** A participant answered: the same message travels back. */
  reply(message: Message, outcome: Outcome, response?: HttpResponse): void {
    message.outcome = outcome;
    message.response = response;
    message.faults = 0;
    this.#post(message, REPLY);
  }

  #post(message: Message, leg: typeof REQUEST | typeof REPLY): void {
    const { injector, sim, seed, messageLatency } = this.#world;
    const { saga, operation, transmission } = message;
    if (this.#links.cuts(saga, message.to.number, leg === REPLY)) return this.#lose(message, 0);
    const purpose = leg === REQUEST ? DRAW.requestLatency : DRAW.replyLatency;
    let delayUs = messageLatency.at(seed.draw(purpose, saga.index, operation, transmission));
    if (this.#canStrike[leg]) {
      const point = leg === REQUEST ? 'request' : 'reply';
      const fate = this.#fate;
      fate.dropped = false;
      fate.delayUs = 0;
      fate.copyAfterUs = -1;
      fate.isLateCopy = false;
      const faults = injector.at(point, PLACE[point], saga.index, operation, transmission, fate);
      if (fate.dropped) return this.#lose(message, faults);
      delayUs += fate.delayUs;
      message.faults = faults;
      if (fate.copyAfterUs >= 0) {
        this.#copy(message, leg, delayUs + fate.copyAfterUs, fate.isLateCopy ? LATE_BIT : DUPLICATE_BITS);
      }
    }
    saga.underWay++;
    sim.schedule(sim.nowUs + delayUs, this.#id, leg, saga, message);
  }

  /** The fault that makes a copy counts with the copy, the others with the message itself. */
  #copy(message: Message, leg: typeof REQUEST | typeof REPLY, delayUs: number, kinds: FaultSet): void {
    const { sim } = this.#world;
    const duplicate = message.faults & kinds;
    message.faults &= ~COPY_BITS;
    const transmission = leg === REQUEST ? message.transmission | 1 : message.transmission;
    const { saga } = message;
    saga.underWay++;
    sim.schedule(sim.nowUs + delayUs, this.#id, leg, saga, { ...message, transmission, faults: duplicate });
  }

  #lose(message: Message, faults: FaultSet): void {
    const { sim } = this.#world;
    sim.note(TRACE.lose, message.saga.index, message.operation, message.transmission);
    deliver(this.#world, faults & DROP_BITS, message.saga);
    this.#world.settle(message.saga);
  }

  happen(leg: number, item: unknown, detail: unknown): void {
    const saga = item as SimSaga;
    const message = detail as Message;
    saga.underWay--;
    this.#world.sagas.touch(saga);
    if (leg === REQUEST) this.#arrive(message);
    else this.#answer(message);
    this.#world.settle(saga);
  }

  #arrive(message: Message): void {
    const { to, sequence, saga } = message;
    const overtaken = sequence < to.lastSequence;
    if (!overtaken) to.lastSequence = sequence;
    const faults = overtaken ? message.faults : message.faults & ~REORDER_BIT;
    deliver(this.#world, faults, saga);
    to.receive(message);
  }

  #answer(message: Message): void {
    const { saga, call, operation, faults, outcome, answers } = message;
    assert(outcome !== undefined, 'a reply carries an outcome');
    this.#world.sim.note(TRACE.reply, saga.index, operation, call.attempt * 4 + codeOf(outcome));
    deliver(this.#world, faults, saga);
    if (message.asked !== undefined) message.asked.heard(message);
    else answers.input({ kind: 'reply', call, outcome });
  }
}
