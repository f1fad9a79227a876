// The simulated store against the acceptance suite of its port, and the faults that only it has.

import { expect, test } from 'vitest';
import type { StoreAnswer } from '../../../engine/core/orchestrator-messages.ts';
import { defineSaga } from '../../../engine/index.ts';
import { FaultInjector } from '../../../simulator/faults/injector.ts';
import { type FaultPlan, profiles } from '../../../simulator/index.ts';
import { CaseBook } from '../../../simulator/invariants/case-book.ts';
import { INVARIANT_FACTORIES } from '../../../simulator/invariants/catalogue.ts';
import { Judge } from '../../../simulator/invariants/judge.ts';
import { NOWHERE } from '../../../simulator/invariants/nowhere.ts';
import { EventQueue } from '../../../simulator/kernel/event-queue.ts';
import { LatencyTable } from '../../../simulator/kernel/latency.ts';
import { Seed } from '../../../simulator/kernel/random.ts';
import { Simulation } from '../../../simulator/kernel/simulation.ts';
import { StepTally } from '../../../simulator/step-tally.ts';
import { Timeline } from '../../../simulator/timeline.ts';
import { Incidents } from '../../../simulator/world/incidents.ts';
import { LoadMeter } from '../../../simulator/world/load-meter.ts';
import { SagaRegister } from '../../../simulator/world/saga-register.ts';
import { SendCounts } from '../../../simulator/world/send-counts.ts';
import { SimSaga } from '../../../simulator/world/sim-saga.ts';
import { SimStore } from '../../../simulator/world/store.ts';
import { RunTally } from '../../../simulator/world/tally.ts';
import type { World } from '../../../simulator/world/world.ts';
import { type StoreUnderTest, storeContract } from '../../contracts/store.ts';

const definition = defineSaga({
  name: 'd',
  version: 1,
  steps: { a: { service: 's', action: 'do', compensation: 'undo' } },
});

function storeWith(plan: FaultPlan = []): StoreUnderTest {
  const sim = new Simulation(new EventQueue());
  const seed = new Seed('store');
  const latency = new LatencyTable([100, 200, 300]);
  const partition = { name: 'p', number: 0, epoch: 0 };
  const cases = new CaseBook();
  const sagas: readonly SimSaga[] = [0, 1].map(
    (i) => new SimSaga(cases, `s-${i}`, i, partition, { saga: definition, input: {} }, 0),
  );
  const world: World = {
    sim,
    seed,
    injector: new FaultInjector({
      seed,
      profile: profiles.calm,
      sagas: 2,
      keepPlan: false,
      names: { saga: (i) => `s-${i}`, step: () => 'a', machine: () => 'm' },
      plan,
    }),
    judge: new Judge(INVARIANT_FACTORIES, NOWHERE, () => sim.nowUs),
    messageLatency: latency,
    storeLatency: latency,
    sagas: new SagaRegister(),
    sends: new SendCounts(),
    timeline: new Timeline(),
    steps: new StepTally(),
    healAtUs: 0,
    begin: () => sagas[0]!,
    ended: () => undefined,
    reopened: () => undefined,
    conflicted: () => undefined,
    released: () => undefined,
    settle: () => undefined,
    tally: new RunTally(),
    load: new LoadMeter([], false),
    incidents: new Incidents([], new Map()),
  };
  for (const saga of sagas) world.sagas.add(saga);
  const settle = async (): Promise<void> => {
    sim.run({ eventsMax: 1_000, untilUs: 1e12 });
  };
  return { store: new SimStore(world, [partition]), partition: 'p', sagas: ['s-0', 's-1'], settle };
}

storeContract('the simulated store', () => storeWith());

async function appendUnder(plan: FaultPlan): Promise<{ answer: string; written: number }> {
  const { store, settle } = storeWith(plan);
  const answers: StoreAnswer[] = [];
  let epoch = 0;
  store.open('p', { opened: (opened) => (epoch = opened) });
  await settle();
  const event = { kind: 'saga-created', definition: 'd', definitionVersion: 1, input: {} } as const;
  const sink = { input: (input: unknown) => void answers.push(input as StoreAnswer) };
  store.append(
    { kind: 'append', saga: 's-0', number: 1, expectedVersion: 0, epoch, atUs: 0, events: [event] },
    sink,
  );
  await settle();
  store.load({ kind: 'load', saga: 's-0', number: 1 }, sink);
  await settle();
  const [first, loaded] = answers;
  return { answer: first!.kind, written: loaded!.kind === 'loaded' ? loaded!.events.length : -1 };
}

test.each([
  ['append-fails', 'append-failed', 0],
  ['append-unknown', 'append-unknown', 1],
  ['loses-unsynced', 'append-unknown', 0],
] as const)('under %s the writer is told %s, and the log has %i events', async (kind, answer, written) => {
  const plan = [{ kind, at: 's-0@0#1:append', params: {} }];
  expect(await appendUnder(plan)).toEqual({ answer, written });
});

test('a replica that lags lacks the last appends, whole ones; what is opened lacks nothing', async () => {
  const { store, settle } = storeWith([{ kind: 'stale-read', at: 's-0#1:load', params: { missing: 1 } }]);
  const opened: number[] = [];
  const loaded: number[] = [];
  let epoch = 0;
  store.open('p', { opened: (first) => (epoch = first) });
  await settle();
  const begin = { kind: 'saga-created', definition: 'd', definitionVersion: 1, input: {} } as const;
  const request = { kind: 'step-requested', step: 'a' } as const;
  const done = { kind: 'step-applied', step: 'a' } as const;
  const head = { kind: 'append', saga: 's-0', epoch, atUs: 0 } as const;
  const ignored = { input: () => undefined };
  store.append({ ...head, number: 1, expectedVersion: 0, events: [begin, request] }, ignored);
  await settle();
  store.append({ ...head, number: 2, expectedVersion: 2, events: [done] }, ignored);
  await settle();
  const sink = { input: (input: unknown) => void loaded.push((input as { events: [] }).events.length) };
  for (const number of [1, 2]) {
    store.load({ kind: 'load', saga: 's-0', number }, sink);
    await settle();
  }
  store.open('p', { opened: (_epoch, logs) => opened.push(logs[0]!.length) });
  await settle();
  expect([loaded, opened]).toEqual([[2, 3], [3]]);
});
