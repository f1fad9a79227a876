// Snapshots for everybody who watches, once a second, as server-sent events.
//
// V1. One clock and one snapshot for all; nobody watches, nothing is done.
// V2. Subscribers are bounded. One who does not read misses snapshots, and is let go when it has missed many.
// V3. Who leaves is forgotten at once; who stays hears something every second, be it that there is nothing to say.

import { later } from './problem.ts';

const EVERY_MS = 1_000;
const MISSED_MAX = 30;
const ENCODER = new TextEncoder();

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

interface Subscriber {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  missed: number;
}

export interface EventStreamOptions {
  /** What is told, as one line of JSON. */
  readonly snapshot: () => Promise<string>;
  readonly subscribersMax: number;
  /** Default 1,000. */
  readonly everyMs?: number;
}

export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #subscribers = new Set<Subscriber>();
  #timer: NodeJS.Timeout | undefined;
  #isTelling = false;
  #isClosed = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
  }

  /** Who watches. */
  get size(): number {
    return this.#subscribers.size;
  }

  /** @throws Problem 503 `too-many-subscribers` */
  subscribe(): Response {
    const { subscribersMax, everyMs = EVERY_MS } = this.#options;
    if (this.#isClosed || this.size >= subscribersMax) {
      throw later('too-many-subscribers', `${this.size} watch already, which is the most`, 10);
    }
    const own: { subscriber?: Subscriber } = {};
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own.subscriber = { controller, missed: 0 };
        this.#subscribers.add(own.subscriber);
        controller.enqueue(ENCODER.encode('retry: 3000\n\n'));
      },
      cancel: () => this.#forget(own.subscriber!), // V3
    });
    this.#timer ??= setInterval(() => void this.#tell(), everyMs); // V1
    void this.#tell();
    return new Response(stream, { headers: STREAM_HEADERS });
  }

  /** Ends all streams. */
  close(): void {
    this.#isClosed = true;
    for (const subscriber of this.#subscribers) {
      this.#forget(subscriber);
      subscriber.controller.close();
    }
  }

  #forget(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #tell(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    const text = await this.#options.snapshot().then(
      (snapshot) => `event: snapshot\ndata: ${snapshot}\n\n`,
      () => ': nothing to say\n\n', // V3
    );
    this.#isTelling = false;
    const bytes = ENCODER.encode(text);
    for (const subscriber of this.#subscribers) this.#tellOne(subscriber, bytes);
  }

  /** V2. */
  #tellOne(subscriber: Subscriber, bytes: Uint8Array): void {
    const { controller } = subscriber;
    if ((controller.desiredSize ?? 0) > 0) {
      subscriber.missed = 0;
      return controller.enqueue(bytes);
    }
    if (++subscriber.missed <= MISSED_MAX) return;
    this.#forget(subscriber);
    controller.error(new Error('the subscriber does not read'));
  }
}
