// Those who ask for sagas in a run for real: each at its time, and again until somebody says that the saga is durable.

import { join } from 'node:path';
import { liveNowUs } from '../../engine/live/clock.ts';
import type { AskedSaga } from '../../simulator/audit/evidence.ts';
import { faultSet } from '../../simulator/faults/injector.ts';
import { Seed } from '../../simulator/kernel/random.ts';
import type { PlannedFault } from '../../simulator/run-result.ts';
import type { SagaStart } from '../../simulator/scenario.ts';
import { sagaId } from '../../simulator/world/saga-register.ts';
import { Starts } from '../../simulator/world/starts.ts';
import type { Child } from './child.ts';
import { liveInjector, writeDiary } from './live-faults.ts';
import type { PreparedLive } from './live-job.ts';
import type { FromOrchestrator, ToOrchestrator } from './messages.ts';

/** How long an answer is waited for, and how long after a refusal it is asked again, in milliseconds. */
const ANSWER_MS = 1_000;
const AGAIN_MS = 100;
/** Questions that are not answered. */
const WAITING_MAX = 500;
/** A workload that says nothing about it starts its sagas within this stretch of virtual time. */
const SPREAD_US = 1_000_000;

interface Wanted {
  readonly index: number;
  readonly start: SagaStart;
  readonly atUs: number;
  /** When it is asked, or asked again. */
  dueAtUs: number;
  asked: number;
  askedAtUs: number | undefined;
  state: 'waiting' | 'asked' | 'created' | 'refused';
}

export class LiveClient {
  /** By when they are due. */
  readonly #wanted: readonly Wanted[];
  readonly #byIndex: ReadonlyMap<number, Wanted>;
  readonly #to: readonly Child<ToOrchestrator, FromOrchestrator>[];
  readonly #isAnywhere: boolean;
  #waiting = 0;
  created = 0;
  refusal: string | undefined;

  /** @param spreadUs sagas begin within this time from `beganAtUs`, unless the workload says when */
  constructor(
    run: PreparedLive,
    to: readonly Child<ToOrchestrator, FromOrchestrator>[],
    beganAtUs: number,
    spreadUs: number,
  ) {
    const { live, prepared } = run;
    const { scenario, sagas } = prepared;
    const injector = liveInjector(run);
    const starts = new Starts(scenario, new Seed(live.seed), injector, sagas, Number.MAX_SAFE_INTEGER);
    this.#to = to;
    this.#isAnywhere = live.store.kind === 'postgres';
    const struck: PlannedFault[] = [];
    const wantedOf = (index: number): Wanted => {
      const before = injector.planned;
      const virtualUs = starts.askAtUs(index, Infinity);
      const { start, faults } = starts.ask(index, virtualUs);
      struck.push(...injector.plan(before).filter(({ kind }) => (faultSet(kind) & faults) !== 0));
      const isFree = start.startAtUs === undefined;
      const afterUs = isFree ? (virtualUs / SPREAD_US) * spreadUs : virtualUs / live.pace;
      const atUs = beganAtUs + Math.floor(afterUs);
      return { index, start, atUs, dueAtUs: atUs, asked: 0, askedAtUs: undefined, state: 'waiting' };
    };
    const indexes = live.only ?? Array.from({ length: sagas }, (_, index) => index);
    this.#wanted = indexes.map(wantedOf).sort((a, b) => a.atUs - b.atUs);
    writeDiary(join(live.folder, 'clients.faults.ndjson'), struck, 'running');
    this.#byIndex = new Map(this.#wanted.map((wanted) => [wanted.index, wanted]));
  }

  get isDone(): boolean {
    return this.created === this.#wanted.length;
  }

  /** What was asked for so far; when its client asked first. */
  get asked(): readonly AskedSaga[] {
    return this.#wanted.flatMap(({ index, start, askedAtUs, state }) =>
      askedAtUs === undefined
        ? []
        : [{ saga: sagaId(index), start, askedAtUs, isAcknowledged: state === 'created' }],
    );
  }

  /** Asks for what is due. */
  tick(): void {
    const nowUs = liveNowUs();
    for (const wanted of this.#wanted) {
      if (wanted.atUs > nowUs) return;
      if (wanted.state === 'created' || wanted.state === 'refused' || wanted.dueAtUs > nowUs) continue;
      if (wanted.state === 'asked') this.#waiting--; // nobody answered
      wanted.state = 'waiting';
      if (this.#waiting >= WAITING_MAX) continue; // others further on may have waited long enough
      this.#ask(wanted, nowUs);
    }
  }

  #ask(wanted: Wanted, nowUs: number): void {
    const { index, start } = wanted;
    const turn = this.#isAnywhere ? index + wanted.asked : index;
    const child = this.#to[turn % this.#to.length]!;
    wanted.askedAtUs ??= nowUs;
    wanted.asked++;
    if (!child.isReady) {
      wanted.dueAtUs = nowUs + AGAIN_MS * 1_000;
      return;
    }
    wanted.dueAtUs = nowUs + ANSWER_MS * 1_000;
    wanted.state = 'asked';
    this.#waiting++;
    const { name: definition, version } = start.saga;
    child.tell({ kind: 'create', index, definition, version, input: start.input });
  }

  told(message: Extract<FromOrchestrator, { readonly index: number }>): void {
    const wanted = this.#byIndex.get(message.index);
    if (wanted === undefined || wanted.state === 'created' || wanted.state === 'refused') return;
    if (wanted.state === 'asked') this.#waiting--;
    switch (message.kind) {
      case 'created':
        wanted.state = 'created';
        this.created++;
        return;
      case 'refused':
        wanted.state = 'refused';
        this.refusal ??= message.reason;
        return;
      case 'later':
        wanted.state = 'waiting';
        wanted.dueAtUs = liveNowUs() + Math.min(wanted.asked * AGAIN_MS, ANSWER_MS) * 1_000;
    }
  }
}
