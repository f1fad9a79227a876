// Sends the trace of each saga that ended to a collector of OpenTelemetry: `POST <url>/v1/traces`, OTLP in JSON. It needs no
// SDK, and keeps nothing while a saga runs: the trace is made of the log.
//
// X1. Sagas never wait for it: one request is under way at a time, and what it reads are logs of sagas that ended.
// X2. It is bounded. Of what cannot be sent, or comes faster than it can be, the trace is lost and counted, and that is said
//     at most once a minute. The log stays: a trace can be made of it again.
// X3. Who stops waits for one request that fails, not for all that could.

import type { StoredEvent } from '../core/ports.ts';
import { UserError } from '../core/user-error.ts';
import type { HostReport } from '../live/index.ts';
import { otlpOf, type ServiceOf, servicesIn, spansOf } from '../observe/index.ts';

const WAITING_MAX = 10_000;
const BATCH_MAX = 100;
const GATHER_MS = 1_000;
const REQUEST_TIMEOUT_MS = 10_000;
const TOLD_EVERY_MS = 60_000;

/** Where traces go, and what they are made from. */
export interface TraceExporterOptions {
  /** Of the collector, without `/v1/traces`: for example `http://localhost:4318`. */
  readonly url: string;
  /** The log of a saga; `logOf` of a catalogue. */
  readonly logOf: (saga: string) => Promise<readonly StoredEvent[]>;
  /** Default: what a saga brought along, or its steps. */
  readonly servicesOf?: (log: readonly StoredEvent[]) => ServiceOf;
  /** Of the program that sends. */
  readonly version: string;
  /** Told of traces that were lost. X2. Must not throw. */
  readonly onTrouble?: (error: Error) => void;
}

/**
 * Sends the spans of sagas that have ended to a collector of OpenTelemetry, as OTLP over HTTP in JSON.
 *
 * @example
 * const exporter = new TraceExporter({ url: 'http://localhost:4318', logOf: (saga) => store.logOf(saga), version: '1.0.0' });
 * const host = new Host({ store, transport, definitions: [transfer], report: (report) => exporter.report(report) });
 * …
 * await exporter.close();
 */
export class TraceExporter {
  readonly #options: TraceExporterOptions;
  readonly #endpoint: string;
  readonly #waiting = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #isClosing = false;
  #lost = 0;
  #sent = 0;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  /** @throws UserError `bad-option` */
  constructor(options: TraceExporterOptions) {
    this.#options = options;
    const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') {
      const hint = 'Give the address of a collector, such as http://localhost:4318.';
      throw new UserError('bad-option', 'traces cannot be sent there: it is no http or https address', hint);
    }
    this.#endpoint = `${url.href.replace(/\/+$/, '')}/v1/traces`;
  }

  /** Traces that the collector took. */
  get sent(): number {
    return this.#sent;
  }

  /** Traces that were lost. X2. */
  get lost(): number {
    return this.#lost;
  }

  /** For `HostOptions.report`. */
  report(report: HostReport): void {
    if (report.kind !== 'ended') return;
    if (this.#waiting.size >= WAITING_MAX)
      return this.#lose(1, new Error('traces come faster than they can be sent'));
    this.#waiting.add(report.saga);
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS).unref();
  }

  /** Sends what waits, and resolves when that was tried: a collector that fails now is not asked again (X3). */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#flush();
    await this.#sending;
  }

  /** X1. */
  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending = this.#sending.then(() => this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.size > 0) {
      const sagas = [...this.#waiting].slice(0, BATCH_MAX);
      for (const saga of sagas) this.#waiting.delete(saga);
      try {
        await this.#send(sagas);
        this.#sent += sagas.length;
      } catch (error) {
        const left = this.#isClosing ? this.#waiting.size : 0;
        if (this.#isClosing) this.#waiting.clear();
        this.#lose(sagas.length + left, error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  async #send(sagas: readonly string[]): Promise<void> {
    const { logOf, servicesOf = servicesIn, version } = this.#options;
    const logs = await Promise.all(sagas.map(logOf));
    const spans = logs.flatMap((log) => spansOf(log, servicesOf(log)));
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(otlpOf(spans, version)),
      redirect: 'error',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`the collector answered ${response.status}`);
  }

  /** X2. */
  #lose(count: number, cause: Error): void {
    this.#lost += count;
    const nowMs = performance.now();
    if (nowMs - this.#toldAtMs < TOLD_EVERY_MS) return;
    this.#toldAtMs = nowMs;
    this.#options.onTrouble?.(
      new Error(`traces were lost, ${this.#lost} so far: ${cause.message}`, { cause }),
    );
  }
}
