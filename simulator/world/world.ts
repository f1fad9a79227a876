// What the parts of the simulated world share: time, chance, faults, the judge, and the sagas.

import type { SagaState } from '../../engine/core/saga.ts';
import type { FaultInjector, FaultSet } from '../faults/injector.ts';
import type { Judge } from '../invariants/judge.ts';
import type { LatencyTable } from '../kernel/latency.ts';
import { purpose, type Seed } from '../kernel/random.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { StepTally } from '../step-tally.ts';
import type { Timeline } from '../timeline.ts';
import type { Incidents } from './incidents.ts';
import type { LoadMeter } from './load-meter.ts';
import type { SagaRegister } from './saga-register.ts';
import type { SendCounts } from './send-counts.ts';
import type { SimSaga } from './sim-saga.ts';
import type { RunTally } from './tally.ts';

/** What a trace entry is about. Append new ones at the end: the numbers are part of every fingerprint. */
export const TRACE = {
  create: 1,
  send: 2,
  deliver: 3,
  lose: 4,
  reply: 5,
  append: 6,
  'append-lost': 7,
  wake: 8,
  ended: 9,
  crash: 10,
  restart: 11,
  pause: 12,
  'participant-down': 13,
  'store-restart': 14,
  heal: 15,
  resume: 16,
  refused: 17,
  effect: 19,
  queued: 20,
  takeover: 21,
  clock: 22,
  'participant-restart': 23,
  cancel: 24,
  retry: 25,
  deploy: 26,
  fenced: 27,
  'service-timer': 28,
  'client-timer': 29,
  'client-done': 30,
  repair: 31,
} as const;

export interface World {
  readonly sim: Simulation;
  readonly seed: Seed;
  readonly injector: FaultInjector;
  readonly judge: Judge;
  readonly messageLatency: LatencyTable;
  readonly storeLatency: LatencyTable;
  /** By id; forgotten ones are gone. */
  readonly sagas: SagaRegister;
  readonly sends: SendCounts;
  /** Nothing strikes after this time. */
  readonly healAtUs: number;
  /** The client's time has come: the saga that it asks for. */
  begin(index: number): SimSaga;
  /** The log says that a person retries the saga, which had ended. */
  reopened(saga: SimSaga): void;
  /** The log says that the saga ended, or asks for a person. */
  ended(saga: SimSaga): void;
  /** An append was refused, since its writer did not know the whole log. */
  conflicted(saga: SimSaga): void;
  /** No process holds the saga in memory any more. `believed` is what the last one had, when it told. */
  released(saga: SimSaga, believed?: SagaState): void;
  /** The saga may be forgotten when nothing of it is under way any more. */
  settle(saga: SimSaga): void;
  readonly tally: RunTally;
  readonly load: LoadMeter;
  readonly timeline: Timeline;
  readonly steps: StepTally;
  readonly incidents: Incidents;
}

/** Where a saga stands, for the coverage matrix: faults are delivered to a saga in a phase. */
export function deliver(world: World, faults: FaultSet, saga: SimSaga, phase = saga.phase): void {
  if (faults === 0) return;
  world.injector.deliver(faults, phase);
  world.timeline.add('faults', world.sim.nowUs);
}

export const DRAW = {
  requestLatency: purpose('request-latency'),
  replyLatency: purpose('reply-latency'),
  appendLatency: purpose('append-latency'),
  loadLatency: purpose('load-latency'),
  startAt: purpose('start-at'),
  serviceTime: purpose('service-time'),
} as const;
