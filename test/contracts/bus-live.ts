// The rig of a live bus: a host on a store, and a network that is bad in one way at a time.

import { vi } from 'vitest';
import { assert } from '../../engine/core/assert.ts';
import { hash32 } from '../../engine/core/mix.ts';
import type { InputSink, Store, Transport } from '../../engine/core/ports.ts';
import type { Call } from '../../engine/index.ts';
import { Host, LocalTransport } from '../../engine/live/index.ts';
import { LOST } from '../engine/choreography/order-flow.ts';
import { quick } from '../engine/live/stage.ts';
import { PATIENCE_MS } from '../patience.ts';
import { type BusRig, type BusRun, definition, Shop, type Weather } from './bus-rig.ts';

const LATE_MS = 20;
const PATIENT = { timeout: PATIENCE_MS };
/** Messages to the inventory that its cut link swallows. */
const CUT = 60;

/** Nobody waits for it. */
const NOBODY: InputSink = { input: () => undefined };

class LiveNetwork implements Transport {
  struck = 0;
  /** Transactions of which a message was on its way when the process died. */
  readonly caught = new Set<string>();
  weather: Weather | 'fair';
  readonly #services: LocalTransport;
  readonly #answered = new Map<string, number>();

  constructor(shop: Shop, weather: Weather | 'fair') {
    this.#services = new LocalTransport({ participants: shop.services });
    this.weather = weather;
  }

  send(call: Call, answers: InputSink): void {
    const lot = (hash32(`${call.key}#${call.attempt}`) >>> 1) % 3;
    switch (this.weather) {
      case 'requests are lost':
        return lot === 0 ? this.#lose(call, answers) : this.#services.send(call, answers);
      case 'answers are lost':
        return lot === 0 ? this.#deafen(call, answers) : this.#services.send(call, answers);
      case 'messages come twice':
        this.#services.send(call, answers);
        return lot === 0 ? this.#later(() => this.#services.send(call, answers)) : undefined;
      case 'messages are overtaken': // the caller has given up, and tries again, before it arrives
        if (lot !== 0) return this.#services.send(call, answers);
        answers.input({ kind: 'reply', call, outcome: LOST });
        return this.#later(() => this.#services.send(call, answers));
      case 'messages lag':
        return lot === 0
          ? this.#later(() => this.#services.send(call, answers))
          : this.#services.send(call, answers);
      case 'a service is cut off':
        return call.service === 'inventory' && this.struck < CUT
          ? this.#lose(call, answers)
          : this.#services.send(call, answers);
      case 'the process dies':
        return this.#dying(call, answers);
      default:
        return this.#services.send(call, answers);
    }
  }

  #lose(call: Call, answers: InputSink): void {
    this.struck++;
    answers.input({ kind: 'reply', call, outcome: LOST });
  }

  #deafen(call: Call, answers: InputSink): void {
    this.struck++;
    this.#services.send(call, NOBODY);
    answers.input({ kind: 'reply', call, outcome: LOST });
  }

  #later(then: () => void): void {
    this.struck++;
    setTimeout(then, LATE_MS);
  }

  /** Of each transaction, some deliveries are through; the next is on its way, or its answer is, when the process dies. */
  #dying(call: Call, answers: InputSink): void {
    const number = Number(call.saga.slice(2));
    const answered = this.#answered.get(call.saga) ?? 0;
    if (answered < number % 3) {
      this.#answered.set(call.saga, answered + 1);
      return this.#services.send(call, answers);
    }
    this.struck++;
    this.caught.add(call.saga);
    if (number % 2 === 0) this.#services.send(call, NOBODY);
  }
}

/** @param open the same events each time, by a new store unless it is kept in memory */
export function liveBus(open: () => Promise<Store>): BusRig {
  const start = async (transport: Transport): Promise<Host> => {
    const policy = { policy: quick, overridePolicy: true };
    const host = new Host({ store: await open(), transport, definitions: [definition], ...policy });
    await host.start();
    return host;
  };
  const begin = async (host: Host, transactions: number): Promise<readonly string[]> => {
    const ids = Array.from({ length: transactions }, (_, i) => `s-${i}`);
    for (const id of ids) await host.create(definition, { amount: 1 }, { id });
    return ids;
  };
  return {
    async play(transactions, weather) {
      const shop = new Shop();
      const network = new LiveNetwork(shop, weather);
      let host = await start(network);
      const ids = await begin(host, transactions);
      if (weather === 'the process dies') {
        await vi.waitFor(() => assert(network.caught.size === transactions, 'all are on their way'), PATIENT);
        await host.stop({ graceMs: 0 });
        network.weather = 'fair';
        host = await start(network);
      }
      return ended(host, ids, shop, network.struck);
    },
    async playDeadLetters(transactions) {
      let isTaught = false;
      const shop = new Shop(() => isTaught);
      const host = await start(new LiveNetwork(shop, 'fair'));
      const ids = await begin(host, transactions);
      await vi.waitFor(() => assert(shop.refused >= transactions, 'all letters are dead'), PATIENT);
      isTaught = true;
      for (const id of ids) await vi.waitFor(() => host.resume(id), PATIENT); // refused until the letter is dead
      return ended(host, ids, shop, shop.refused);
    },
  };
}

async function ended(
  host: Host,
  ids: readonly string[],
  { effects, heard }: Shop,
  struck: number,
): Promise<BusRun> {
  const states = await Promise.all(ids.map((id) => host.whenEnded(id)));
  await new Promise((resolve) => setTimeout(resolve, 2 * LATE_MS)); // what is late comes, too
  await host.stop({ graceMs: 0 });
  return { statuses: states.map(({ status }) => status), effects, heard, struck };
}
