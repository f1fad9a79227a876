// How everything stands, in one picture: for the status page and those who watch it. Made from the catalogue, so that it
// says the same whichever process is asked.
//
// S1. A snapshot is made at most once a second, however many watch.
// S2. What it asks of the store is bounded: counts, two short pages, the logs of the few stuck sagas that are shown, and
//     one page of a sweep over the open sagas, which goes on with the next snapshot.
// S3. What does not move is known from the timers of the engine of this server; the sweep finds what is open for long,
//     whoever drives it, and if nobody does.

import type { SagaStatus, StoredEvent } from '../core/saga-event.ts';
import { SAGA_STATUSES } from '../core/saga-status.ts';
import { whyWaiting } from '../core/waiting.ts';
import { type LiveEngine, liveNowUs, PAGE_MAX, type SagaCatalogue, type SagaRow } from '../live/index.ts';
import type { Counts } from './counts.ts';
import type { EngineMeter } from './engine-meter.ts';
import type { ApiMeters } from './meters.ts';
import { isoTime } from './saga-view.ts';

const OPEN: readonly SagaStatus[] = ['created', 'running', 'compensating'];
const ENDED: readonly SagaStatus[] = ['completed', 'compensated', 'failed', 'resolved'];
const SHOWN_MAX = 20;
const FIRST_SWEEP_PAGES = 20;
const FRESH_MS = 900;
const RATE_WINDOW_MS = 60_000;

export interface StuckSaga {
  readonly id: string;
  readonly name: string;
  readonly status: SagaStatus;
  readonly createdAt: string;
  readonly ageSeconds: number;
  /** On what it waits, and since when. */
  readonly why: string;
  /** What a person can do, such as a command. */
  readonly remedy: string;
  /** The command in which the remedy ends, if it does in one. */
  readonly command?: string;
}

export interface StatusSnapshot {
  readonly schema: 'sagastorm/status@1';
  readonly at: string;
  readonly sagas: { readonly total: number; readonly byStatus: Readonly<Record<SagaStatus, number>> };
  /** Over the last minute that was watched; null before there are two snapshots. */
  readonly perSecond: { readonly created: number | null; readonly ended: number | null };
  /** From creation to end, of the latest sagas that ended; null when there are none. */
  readonly latencyMs: { readonly p50: number | null; readonly p99: number | null; readonly samples: number };
  /** Open for too long, not moving, or waiting for a person. */
  readonly stuck: {
    readonly afterSeconds: number;
    readonly openTooLong: number;
    /** Of the engine of this server: nothing happens to them, though something should. */
    readonly notMoving: number;
    readonly needPerson: number;
    readonly sagas: readonly StuckSaga[];
  };
  readonly engine: {
    readonly isUp: boolean;
    readonly sagasInMemory: number;
    readonly callsInFlight: number;
    readonly lagP99Ms: number;
  };
}

export interface WatchedParts {
  readonly engine: LiveEngine;
  readonly catalogue: SagaCatalogue;
  readonly counts: Counts;
  readonly meter: EngineMeter;
  readonly meters: ApiMeters;
  readonly stuckAfterSeconds: number;
}

export class StatusWatch {
  readonly #parts: WatchedParts;
  readonly #sweep: OpenSweep;
  readonly #rates = new Rates();
  #latest: { readonly atMs: number; readonly snapshot: Promise<StatusSnapshot> } | undefined;

  constructor(parts: WatchedParts) {
    this.#parts = parts;
    this.#sweep = new OpenSweep(parts.catalogue, parts.stuckAfterSeconds);
  }

  /** S1. At most a second old. @throws UserError `store-failed` */
  snapshot(): Promise<StatusSnapshot> {
    const nowMs = performance.now();
    if (this.#latest !== undefined && nowMs - this.#latest.atMs < FRESH_MS) return this.#latest.snapshot;
    const snapshot = this.#make(nowMs);
    this.#latest = { atMs: nowMs, snapshot };
    snapshot.catch(() => {
      this.#latest = undefined;
    });
    return snapshot;
  }

  async #make(nowMs: number): Promise<StatusSnapshot> {
    const { engine, catalogue, counts, meter, meters, stuckAfterSeconds: afterSeconds } = this.#parts;
    const [known, ended, waiting] = await Promise.all([
      counts.now(),
      catalogue.find({ statuses: ENDED, limit: PAGE_MAX }),
      catalogue.find({ statuses: ['compensation_failed'], limit: SHOWN_MAX }),
      this.#sweep.goOn(),
    ]);
    const byStatus = Object.fromEntries(SAGA_STATUSES.map((status) => [status, 0])) as Record<
      SagaStatus,
      number
    >;
    for (const { status, count } of known) byStatus[status] = count;
    const total = sumOf(byStatus, SAGA_STATUSES);
    const { found, oldest } = this.#sweep;
    const { notMoving } = meter; // S3
    const shown = [...ids(waiting.sagas), ...notMoving.slice(0, SHOWN_MAX), ...ids(oldest)];
    return {
      schema: 'sagastorm/status@1',
      at: isoTime(liveNowUs()),
      sagas: { total, byStatus },
      perSecond: this.#rates.take({ atMs: nowMs, created: total, ended: sumOf(byStatus, ENDED) }),
      latencyMs: latencyOf(ended.sagas),
      stuck: {
        afterSeconds,
        openTooLong: found,
        needPerson: byStatus.compensation_failed,
        notMoving: notMoving.length,
        sagas: await stuckViews(catalogue, [...new Set(shown)]),
      },
      engine: {
        isUp: meter.halted === undefined,
        sagasInMemory: engine.size,
        callsInFlight: engine.callsInFlight,
        lagP99Ms: meters.lagMs(99),
      },
    };
  }
}

function sumOf(byStatus: Readonly<Record<SagaStatus, number>>, statuses: readonly SagaStatus[]): number {
  return statuses.reduce((sum, status) => sum + byStatus[status], 0);
}

function ids(rows: readonly SagaRow[]): readonly string[] {
  return rows.map(({ saga }) => saga);
}

/** Those of them that have not ended meanwhile. */
async function stuckViews(catalogue: SagaCatalogue, sagas: readonly string[]): Promise<readonly StuckSaga[]> {
  const logs = await Promise.all(sagas.map((saga) => catalogue.logOf(saga)));
  return logs.flatMap((log) => stuckView(log, liveNowUs()) ?? []);
}

function stuckView(log: readonly StoredEvent[], nowUs: number): StuckSaga | undefined {
  const waiting = whyWaiting(log, nowUs);
  const [first] = log;
  if (waiting === undefined || waiting.waitsFor === 'nothing' || first?.event.kind !== 'saga-created')
    return undefined;
  const { saga: id, status, sentence: why, remedy = '', command } = waiting;
  const ageSeconds = Math.max(0, Math.floor((nowUs - first.atUs) / 1_000_000));
  return {
    id,
    name: first.event.definition,
    status,
    createdAt: isoTime(first.atUs),
    ageSeconds,
    why,
    remedy,
    ...(command === undefined ? {} : { command }),
  };
}

function latencyOf(rows: readonly SagaRow[]): StatusSnapshot['latencyMs'] {
  const sorted = rows
    .flatMap(({ createdAtUs, endedAtUs }) =>
      endedAtUs === undefined ? [] : [(endedAtUs - createdAtUs) / 1_000],
    )
    .sort((a, b) => a - b);
  const at = (permille: number): number | null =>
    sorted.length === 0
      ? null
      : Math.round(sorted[Math.ceil((permille * sorted.length) / 1_000) - 1]! * 10) / 10;
  return { p50: at(500), p99: at(990), samples: sorted.length };
}

interface Sample {
  readonly atMs: number;
  readonly created: number;
  readonly ended: number;
}

/** How fast counts grow. They shrink when sagas are deleted; then nothing is said to have happened. */
class Rates {
  readonly #samples: Sample[] = [];

  take(sample: Sample): StatusSnapshot['perSecond'] {
    while (this.#samples.length > 0 && sample.atMs - this.#samples[0]!.atMs > RATE_WINDOW_MS)
      this.#samples.shift();
    const [first] = this.#samples;
    this.#samples.push(sample);
    if (first === undefined) return { created: null, ended: null };
    const perSecond = (now: number, before: number): number =>
      Math.max(0, Math.round(((now - before) / (sample.atMs - first.atMs)) * 10_000) / 10);
    return { created: perSecond(sample.created, first.created), ended: perSecond(sample.ended, first.ended) };
  }
}

/** Goes over all open sagas, page by page, newest first, and keeps the oldest of those that are open for too long. */
class OpenSweep {
  readonly #catalogue: SagaCatalogue;
  readonly #afterUs: number;
  #cursor: string | undefined;
  #isFirst = true;
  #found = 0;
  #oldest: readonly SagaRow[] = [];
  /** Of the last sweep that came to its end. */
  found = 0;
  oldest: readonly SagaRow[] = [];

  constructor(catalogue: SagaCatalogue, afterSeconds: number) {
    this.#catalogue = catalogue;
    this.#afterUs = afterSeconds * 1_000_000;
  }

  /** S2. The first time, so far that most people see the whole of it. */
  async goOn(): Promise<void> {
    const pages = this.#isFirst ? FIRST_SWEEP_PAGES : 1;
    this.#isFirst = false;
    for (let page = 0; page < pages; page++) if (await this.#takePage()) return;
  }

  async #takePage(): Promise<boolean> {
    const cursor = this.#cursor === undefined ? {} : { cursor: this.#cursor };
    const { sagas, next } = await this.#catalogue.find({ statuses: OPEN, limit: PAGE_MAX, ...cursor });
    const late = sagas.filter(({ createdAtUs }) => liveNowUs() - createdAtUs > this.#afterUs);
    this.#found += late.length;
    this.#oldest = [...late.toReversed(), ...this.#oldest].slice(0, SHOWN_MAX);
    this.#cursor = next;
    if (next !== undefined) return false;
    [this.found, this.oldest] = [this.#found, this.#oldest];
    [this.#found, this.#oldest] = [0, []];
    return true;
  }
}
