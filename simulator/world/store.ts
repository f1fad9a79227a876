// The simulated store: the twin of engine/live/store-*.ts. One log per saga, durable after a latency; fenced by
// epoch and version (E10).
//
// D1. An append becomes part of the log at one instant, whole or not at all, and is answered then.
// D2. A restart loses exactly the appends that were not durable; what became of them, their writers are not told.
// D3. Opening a partition fences every earlier epoch of it at once, appends under way included.

import { assert } from '../../engine/core/assert.ts';
import { stepIndexOf } from '../../engine/core/define-saga.ts';
import type { AppendOutput, LoadOutput, StoreAnswer } from '../../engine/core/orchestrator.ts';
import type { EpochSink, InputSink, Store, StoredEvent } from '../../engine/core/ports.ts';
import type { AppendFate, LoadFate } from '../faults/fault.ts';
import { type FaultSet, faultSet } from '../faults/injector.ts';
import { PLACE } from '../faults/point.ts';
import type { Actor } from '../kernel/simulation.ts';
import type { Variant } from '../scenario.ts';
import { refusePayloadFault } from './payload-mistake.ts';
import { type Partition, type SimSaga, triesOf } from './sim-saga.ts';
import { DRAW, deliver, TRACE, type World } from './world.ts';

interface PendingAppend {
  readonly append: AppendOutput;
  readonly answers: InputSink;
  readonly generation: number;
  readonly answer: AppendFate['answer'];
  readonly faults: FaultSet;
}

interface PendingLoad {
  readonly number: number;
  readonly answers: InputSink;
  /** So many of the last appends are not read. */
  readonly missing: number;
  readonly faults: FaultSet;
}

/** Kinds that change the answer to an append: of several the last does, and none where it is refused or lost (S7). */
const ANSWER_BITS = faultSet('append-fails', 'append-unknown');
const FAILS_BIT = faultSet('append-fails');
const UNKNOWN_BIT = faultSet('append-unknown');

const LAND = 0;
const LOADED = 1;
const OPENED = 2;

const KIND_CODE = {
  appended: 0,
  'append-failed': 1,
  'append-unknown': 2,
  'append-conflict': 3,
  'append-fenced': 4,
} as const;
export type AppendAnswer = keyof typeof KIND_CODE;

export class SimStore implements Store, Actor {
  readonly #world: World;
  readonly #id: number;
  readonly #partitions: ReadonlyMap<string, Partition>;
  readonly #fate: AppendFate = { answer: 'truthful', delayUs: 0, restart: false };
  readonly #loadFate: LoadFate = { missing: 0 };
  #epoch = 0;
  #generation = 0;
  readonly #faulty: boolean;
  readonly #lags: boolean;
  readonly #accepts: Variant['accepts'];

  /** @param accepts stands in for the check of version and epoch */
  constructor(world: World, partitions: readonly Partition[], accepts?: Variant['accepts']) {
    this.#world = world;
    this.#accepts = accepts;
    this.#faulty = world.injector.canStrike('append');
    this.#lags = world.injector.canStrike('load');
    this.#partitions = new Map(partitions.map((partition) => [partition.name, partition]));
    this.#id = world.sim.add(this);
  }

  append(append: AppendOutput, answers: InputSink): void {
    const { sim, seed, injector, storeLatency, sagas } = this.#world;
    const saga = sagas.get(append.saga);
    assert(saga !== undefined, 'an append to a saga that is not in the world', append.saga);
    const attempt = triesOf(saga, append.expectedVersion);
    let delayUs = storeLatency.at(seed.draw(DRAW.appendLatency, saga.index, append.expectedVersion, attempt));
    let answer: AppendFate['answer'] = 'truthful';
    let faults: FaultSet = 0;
    const generation = this.#generation;
    if (this.#faulty) {
      const fate = this.#fate;
      fate.answer = 'truthful';
      fate.delayUs = 0;
      fate.restart = false;
      faults = injector.at('append', PLACE.append, saga.index, append.expectedVersion, attempt, fate);
      delayUs += fate.delayUs;
      answer = fate.answer;
      if (fate.restart) this.#restart();
    }
    saga.underWay++;
    sim.schedule(sim.nowUs + delayUs, this.#id, LAND, saga, { append, answers, generation, answer, faults });
  }

  /** D2. */
  #restart(): void {
    this.#generation++;
    this.#world.sim.note(TRACE['store-restart'], this.#generation, 0, 0);
  }

  load({ saga, number }: LoadOutput, answers: InputSink): void {
    const { sim, seed, storeLatency, sagas, injector } = this.#world;
    const found = sagas.get(saga);
    assert(found !== undefined, 'a load of a saga that is not in the world', saga);
    const delayUs = storeLatency.at(seed.draw(DRAW.loadLatency, found.index, ++found.loads, 1));
    found.underWay++;
    const fate = this.#loadFate;
    fate.missing = 0;
    const faults = this.#lags ? injector.at('load', PLACE.load, found.index, 0, found.loads, fate) : 0;
    const { missing } = fate;
    sim.schedule(sim.nowUs + delayUs, this.#id, LOADED, found, { number, answers, missing, faults });
  }

  open(name: string, answers: EpochSink): void {
    const { sim, seed, storeLatency } = this.#world;
    const partition = this.#partitions.get(name);
    assert(partition !== undefined, 'no such partition', name);
    partition.epoch = ++this.#epoch; // D3
    // When the world begins, its processes are up.
    const delayUs = sim.nowUs === 0 ? 0 : storeLatency.at(seed.draw(DRAW.loadLatency, this.#epoch, 0, 0));
    sim.schedule(sim.nowUs + delayUs, this.#id, OPENED, { partition, epoch: this.#epoch }, answers);
  }

  happen(code: number, item: unknown, detail: unknown): void {
    switch (code) {
      case LAND:
        return this.#land(item as SimSaga, detail as PendingAppend);
      case LOADED:
        return this.#loaded(item as SimSaga, detail as PendingLoad);
      default: {
        const { partition, epoch } = item as { partition: Partition; epoch: number };
        return (detail as EpochSink).opened(epoch, this.#openSagas(partition));
      }
    }
  }

  /** A replica that lags does not have the last appends yet. */
  #loaded(saga: SimSaga, { number, answers, missing, faults }: PendingLoad): void {
    saga.underWay--;
    const events = saga.log.rows(missing);
    if (events.length < saga.log.length) {
      saga.misread = true;
      deliver(this.#world, faults, saga);
    }
    answers.input({ kind: 'loaded', saga: saga.id, number, events });
    this.#world.settle(saga);
  }

  #openSagas(partition: Partition): readonly (readonly StoredEvent[])[] {
    const logs: (readonly StoredEvent[])[] = [];
    for (const saga of this.#world.sagas.values()) {
      if (saga.log.length === 0 || saga.partition !== partition) continue;
      this.#world.judge.recovered(saga.log, saga);
      if (saga.phase !== 'ended') logs.push(saga.log.rows());
      else this.#world.released(saga);
    }
    return logs;
  }

  #land(saga: SimSaga, pending: PendingAppend): void {
    const { judge, sim } = this.#world;
    saga.underWay--;
    const { append, answers, faults } = pending;
    this.#world.sagas.touch(saga);
    const { phase } = saga;
    const kind = this.#write(saga, pending);
    sim.note(TRACE.append, saga.index, append.expectedVersion, append.events.length * 8 + KIND_CODE[kind]);
    if (faults !== 0) deliver(this.#world, this.#delivered(pending, kind), saga, phase);
    if (kind === 'appended') judge.acknowledged(append.expectedVersion + append.events.length, saga);
    const answer: StoreAnswer = { kind, append };
    answers.input(answer);
    if (kind === 'append-conflict') this.#world.conflicted(saga);
    this.#world.settle(saga);
  }

  /** What of the faults of an append had an effect on its answer. */
  #delivered({ faults, generation }: PendingAppend, kind: AppendAnswer): FaultSet {
    const rest = faults & ~ANSWER_BITS;
    if (kind === 'append-failed') return rest | FAILS_BIT;
    return kind === 'append-unknown' && generation === this.#generation ? rest | UNKNOWN_BIT : rest;
  }

  #write(saga: SimSaga, { append, generation, answer }: PendingAppend): AppendAnswer {
    if (generation !== this.#generation) {
      this.#world.sim.note(TRACE['append-lost'], saga.index, append.expectedVersion, 0);
      return 'append-unknown';
    }
    const refusal = this.refusal(append, saga);
    if (refusal !== undefined) return refusal;
    if (answer === 'failed') return 'append-failed';
    saga.log.push(append);
    this.#written(saga, append);
    return answer === 'unknown' ? 'append-unknown' : 'appended';
  }

  /** Why the append may not become part of the log, if there is a reason (E10). */
  protected refusal(append: AppendOutput, saga: SimSaga): AppendAnswer | undefined {
    const { epoch, expectedVersion } = append;
    if (this.#accepts?.(append, { version: saga.log.length, epoch: saga.partition.epoch }) === true)
      return undefined;
    if (epoch < saga.partition.epoch) return 'append-fenced';
    return expectedVersion === saga.log.length ? undefined : 'append-conflict';
  }

  #written(saga: SimSaga, append: AppendOutput): void {
    const { judge, sends, sim } = this.#world;
    judge.appended(append, saga.log, saga);
    for (const event of append.events) {
      switch (event.kind) {
        case 'step-applied': {
          const step = stepIndexOf(saga.definition, event.step);
          const durationUs = sim.nowUs - sends.firstAtUs(saga, 2 * step);
          this.#world.tally.step(durationUs);
          this.#world.steps.took(saga.definition, step, durationUs);
          break;
        }
        case 'step-retry-scheduled':
        case 'step-left-unknown': {
          const step = saga.definition.steps[stepIndexOf(saga.definition, event.step)];
          if (step !== undefined) this.#world.load.failed(step.service, event.failure, sim.nowUs);
          break;
        }
        case 'step-rejected':
        case 'step-compensation-failed':
          refusePayloadFault(saga, event);
          break;
        case 'compensation-started':
          saga.phase = 'compensating';
          if (saga.compensatingSinceUs < 0) saga.compensatingSinceUs = sim.nowUs;
          break;
        case 'step-skipped':
          if (event.direction === 'forward') break;
          takeUp(saga, 'compensating');
          break;
        case 'compensation-resumed':
          takeUp(saga, 'compensating');
          break;
        case 'saga-retried':
          takeUp(saga, 'running');
          this.#world.reopened(saga);
          break;
        case 'saga-completed':
        case 'saga-compensated':
        case 'saga-failed':
        case 'saga-compensation-failed':
        case 'saga-resolved':
          saga.phase = 'ended';
          this.#world.ended(saga);
          break;
        default: // tells nothing about where the saga stands
      }
    }
  }
}

/** A person's word: a process has the saga in memory again. */
function takeUp(saga: SimSaga, phase: 'running' | 'compensating'): void {
  saga.phase = phase;
  saga.released = false;
}
