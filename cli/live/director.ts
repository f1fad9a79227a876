// A run for real, from its first process to its evidence: starts everybody, asks for sagas, kills at random, lets the
// world heal, waits until all sagas have ended, and collects what they left behind.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { liveNowUs } from '../../engine/live/clock.ts';
import {
  HttpTransport,
  PAGE_MAX,
  PostgresStore,
  type SagaCatalogue,
  SqliteStore,
} from '../../engine/live/index.ts';
import type { Evidence } from '../../simulator/audit/evidence.ts';
import { Seed } from '../../simulator/kernel/random.ts';
import type { LateCopy } from './chaos-transport.ts';
import type { Child } from './child.ts';
import { evidenceOf, noEvidence } from './collect.ts';
import { LiveClient } from './live-client.ts';
import { LiveFaults } from './live-faults.ts';
import type { LiveJob, PreparedLive } from './live-job.ts';
import type { FromOrchestrator } from './messages.ts';
import { Staff } from './staff.ts';

const TICK_MS = 20;
/** Processes that have not come up within this time never will. */
const BEGIN_MS = 60_000;
const LOOK_EVERY = 10;
/** After the world has healed every saga must end within this virtual time, divided by the pace, and a minute more. */
const PATIENCE_MS = 1_200_000;
const SPARE_MS = 60_000;
/** Sagas begin within this share of the time in which faults strike. */
const SPREAD = 0.8;

export interface DirectorOptions {
  readonly run: PreparedLive;
  /** How long faults strike and processes are killed, in milliseconds. */
  readonly stormMs: number;
  /** Processes that are killed at random moments, beside those that faults end. */
  readonly kills: number;
  /** How long processes may take to come up, in milliseconds; default a minute. */
  readonly beginMs?: number;
  readonly signal?: AbortSignal;
  /** Sagas that have ended, and all. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface LiveOutcome {
  readonly evidence: Evidence;
  /** Why there is no verdict. */
  readonly inconclusive?: string;
  readonly kills: Staff['kills'];
  /** Processes that were started. */
  readonly lives: number;
}

type Comer = Pick<Child<never, never>, 'name' | 'isReady' | 'start'>;

type LiveStoreHandle = SagaCatalogue & {
  export(): Iterable<string> | AsyncIterable<string>;
  close(): Promise<void>;
};

export async function direct(options: DirectorOptions): Promise<LiveOutcome> {
  const store = await opened(options.run.live);
  const director = new Director(options, store);
  try {
    return await director.run();
  } finally {
    await director.end();
    await store.close();
  }
}

async function opened({ store, folder }: LiveJob): Promise<LiveStoreHandle> {
  const onTrouble = (error: Error): void =>
    appendFileSync(join(folder, 'director.log'), `${error.stack ?? error.message}\n`);
  if (store.kind === 'sqlite') return new SqliteStore({ file: store.file, onTrouble });
  return PostgresStore.connect({ url: store.url, schema: store.schema, onTrouble });
}

class Director {
  readonly #options: DirectorOptions;
  readonly #store: LiveStoreHandle;
  readonly #staff: Staff;
  #live: LiveJob;
  #client: LiveClient | undefined;
  readonly #late: LateCopy[] = [];
  #trouble: string | undefined;
  #ended = 0;

  constructor(options: DirectorOptions, store: LiveStoreHandle) {
    this.#options = options;
    this.#store = store;
    this.#live = options.run.live;
    const { scenario, sagas } = options.run.prepared;
    this.#staff = new Staff({
      live: () => this.#live,
      services: Object.keys(scenario.participants({ sagas })),
      told: (_orchestrator, message) => this.#told(message),
      broken: (who, message) => {
        this.#trouble ??= `${who}: ${message}`;
      },
    });
  }

  async run(): Promise<LiveOutcome> {
    const { run, stormMs } = this.#options;
    await this.#begin();
    const beganAtUs = liveNowUs();
    if (this.#isCut) {
      await this.end();
      return this.#outcome(noEvidence(run, beganAtUs));
    }
    const healAtUs = beganAtUs + stormMs * 1_000;
    const { orchestrators } = this.#staff;
    this.#client = new LiveClient(run, orchestrators, beganAtUs, SPREAD * stormMs * 1_000);
    await this.#storm(beganAtUs, healAtUs);
    this.#heal();
    const healedAtUs = liveNowUs();
    const isOver = await this.#patience(healedAtUs);
    if (isOver) await this.#sendLateCopies();
    const endedAtUs = liveNowUs();
    await this.end();
    const times = { beganAtUs, healedAtUs, endedAtUs };
    return this.#outcome(await evidenceOf(run, this.#store, this.#client.asked, times));
  }

  #outcome(evidence: Evidence): LiveOutcome {
    const inconclusive = this.#reason();
    const { kills, lives } = this.#staff;
    return { evidence, kills, lives, ...(inconclusive === undefined ? {} : { inconclusive }) };
  }

  /** Why it makes no sense to go on, and there is no verdict. */
  #reason(): string | undefined {
    if (this.#options.signal?.aborted === true) return 'interrupted';
    const refusal = this.#client?.refusal;
    return this.#trouble ?? (refusal === undefined ? undefined : `a saga was refused: ${refusal}`);
  }

  async #begin(): Promise<void> {
    const { participants, orchestrators, urls } = this.#staff;
    await this.#bringUp([...participants.values()]);
    if (this.#isCut) return;
    this.#live = { ...this.#live, services: Object.fromEntries(urls) };
    await this.#bringUp(orchestrators);
  }

  /** Also ends when somebody stops the run, or it makes no sense to go on. */
  async #bringUp(children: readonly Comer[]): Promise<void> {
    const { beginMs = BEGIN_MS } = this.#options;
    const untilUs = liveNowUs() + beginMs * 1_000;
    for (const child of children) child.start();
    while (!this.#isCut) {
      const missing = children.filter(({ isReady }) => !isReady).map(({ name }) => name);
      if (missing.length === 0) return;
      if (liveNowUs() >= untilUs) {
        this.#trouble = `${missing.join(', ')} did not come up within ${beginMs / 1_000} s`;
      } else await delay(TICK_MS);
    }
  }

  get #isCut(): boolean {
    return this.#reason() !== undefined;
  }

  async #storm(beganAtUs: number, healAtUs: number): Promise<void> {
    const killAtUs = this.#killTimes(beganAtUs, healAtUs);
    for (let ticks = 0; liveNowUs() < healAtUs && !this.#isCut; ticks++) {
      this.#client!.tick();
      while (killAtUs.length > 0 && killAtUs[0]!.atUs <= liveNowUs())
        this.#staff.killOne(killAtUs.shift()!.turn);
      const isOver = ticks % LOOK_EVERY === 0 && (await this.#look());
      if (isOver && this.#client!.isDone && killAtUs.length === 0) return;
      await delay(TICK_MS);
    }
  }

  /** Drawn from the seed: when, and whose turn it is. */
  #killTimes(fromUs: number, untilUs: number): { readonly atUs: number; readonly turn: number }[] {
    const random = new Seed(this.#live.seed).stream('live-kills');
    return Array.from({ length: this.#options.kills }, () => ({
      atUs: fromUs + Math.floor(random() * (untilUs - fromUs)),
      turn: Math.floor(random() * 1_000_000),
    })).sort((a, b) => a.atUs - b.atUs);
  }

  #heal(): void {
    this.#live = { ...this.#live, isHealed: true };
    this.#staff.tellAll({ kind: 'heal' });
  }

  /** S8: whether all sagas ended in time. */
  async #patience(healedAtUs: number): Promise<boolean> {
    const untilUs = healedAtUs + (PATIENCE_MS / this.#live.pace + SPARE_MS) * 1_000;
    for (let ticks = 0; liveNowUs() < untilUs && !this.#isCut; ticks++) {
      this.#client!.tick();
      if (ticks % LOOK_EVERY === 0 && (await this.#look()) && this.#client!.isDone) return true;
      await delay(TICK_MS);
    }
    return false;
  }

  /** Whether no saga is open. Those that wait for a person get one, once the world has healed (E7). */
  async #look(): Promise<boolean> {
    let open = 0;
    this.#ended = 0;
    for (const { status, count } of await this.#store.counts()) {
      if (status === 'completed' || status === 'compensated' || status === 'failed') this.#ended += count;
      else open += count;
    }
    this.#options.onProgress?.(this.#ended, this.#options.run.prepared.sagas);
    if (open > 0 && this.#live.isHealed) await this.#help();
    return open === 0;
  }

  async #help(): Promise<void> {
    const { sagas } = await this.#store.find({ statuses: ['compensation_failed'], limit: PAGE_MAX });
    for (const { saga } of sagas)
      for (const child of this.#staff.orchestrators) child.tell({ kind: 'resume', saga });
  }

  #told(message: FromOrchestrator): void {
    if ('index' in message) this.#client?.told(message);
    else if (message.kind === 'late-copy') this.#late.push(message);
  }

  /** All is said and done, and now everything comes again that was on its way for so long. */
  async #sendLateCopies(): Promise<void> {
    const transport = new HttpTransport({ services: this.#live.services });
    const faults = new LiveFaults(this.#options.run, join(this.#live.folder, 'late.faults.ndjson'));
    const sent = this.#late.map(
      ({ call, fault }) =>
        new Promise<void>((resolve) => {
          faults.delivered([fault], 'ended');
          transport.send(call, { input: () => resolve() });
        }),
    );
    await Promise.all(sent);
    transport.close();
  }

  /** Everybody goes home. May be called again. */
  async end(): Promise<void> {
    await this.#staff.endOrchestrators();
    await this.#staff.endParticipants();
  }
}
