// What a test of the live host needs: a saga of two steps, a service that answers as it is told, a store whose answers
// can be held back.

import type { SagaDefinition } from '../../../engine/core/define-saga.ts';
import type { AppendOutput, LoadOutput } from '../../../engine/core/orchestrator.ts';
import type { EpochSink, InputSink, Store, Transport } from '../../../engine/core/ports.ts';
import type { Call, Outcome } from '../../../engine/core/protocol.ts';
import { definePolicy, defineSaga } from '../../../engine/index.ts';
import { Host, type HostOptions, type HostReport, MemoryStore } from '../../../engine/live/index.ts';

export const order: SagaDefinition = defineSaga({
  name: 'order',
  version: 1,
  steps: {
    stock: { service: 'shop', action: 'reserve', compensation: 'release' },
    pay: { service: 'shop', action: 'charge', compensation: 'refund', after: ['stock'] },
  },
});

/** Waits of a millisecond or so. */
const QUICK = { attemptsMax: 3, initialMs: 1, maxMs: 2, factorPermille: 1_000 } as const;
export const quick = definePolicy({
  name: 'quick',
  callTimeoutMs: 5_000,
  retry: {
    transient: QUICK,
    timeout: QUICK,
    rate_limited: QUICK,
    dependency_failure: QUICK,
    resource_exhausted: QUICK,
  },
  compensation: QUICK,
});

export const APPLIED: Outcome = { kind: 'applied' };
export const NO: Outcome = { kind: 'rejected', failure: 'business', reason: 'no' };
export const NOT_NOW: Outcome = { kind: 'rejected', failure: 'transient', reason: 'not now' };
export const LOST: Outcome = { kind: 'unknown', failure: 'transient', reason: 'lost' };

/** Calls that leave are kept; those for which `answer` gives an outcome are answered at once. */
export class StageTransport implements Transport {
  readonly services = ['shop'];
  readonly calls: { readonly call: Call; readonly answers: InputSink }[] = [];
  answer: (call: Call) => Outcome | undefined = () => APPLIED;

  send(call: Call, answers: InputSink): void {
    this.calls.push({ call, answers });
    const outcome = this.answer(call);
    if (outcome !== undefined) answers.input({ kind: 'reply', call, outcome });
  }

  get keys(): readonly string[] {
    return this.calls.map(({ call }) => `${call.key}#${call.attempt}`);
  }

  /** Answers a call that was kept. */
  reply(index: number, outcome: Outcome): void {
    const { call, answers } = this.calls[index]!;
    answers.input({ kind: 'reply', call, outcome });
  }
}

/** A store in memory that keeps its answers to itself while it is told to. */
export class StageStore implements Store {
  readonly inner = new MemoryStore();
  isHeld = false;
  readonly #held: (() => void)[] = [];

  append(append: AppendOutput, answers: InputSink): void {
    this.#later(() => this.inner.append(append, answers));
  }

  load(load: LoadOutput, answers: InputSink): void {
    this.#later(() => this.inner.load(load, answers));
  }

  open(partition: string, answers: EpochSink): void {
    this.inner.open(partition, answers);
  }

  /** What is held is done and answered. */
  release(): void {
    this.isHeld = false;
    for (const act of this.#held.splice(0)) act();
  }

  #later(act: () => void): void {
    if (this.isHeld) this.#held.push(act);
    else act();
  }
}

export interface Stage<Kept extends Store = StageStore> {
  readonly host: Host;
  readonly store: Kept;
  readonly transport: StageTransport;
  /** But what is said of logs. */
  readonly reports: HostReport[];
  /** What is said of logs. */
  readonly logs: HostReport[];
}

export interface StageOptions<Kept extends Store> extends Partial<HostOptions> {
  readonly store?: Kept;
  readonly transport?: StageTransport;
}

/** A host that has not started. */
export function stage<Kept extends Store = StageStore>(options: StageOptions<Kept> = {}): Stage<Kept> {
  const store = options.store ?? (new StageStore() as Store as Kept);
  const transport = options.transport ?? new StageTransport();
  const [reports, logs] = [[] as HostReport[], [] as HostReport[]];
  const host = new Host({
    definitions: [order],
    policy: quick,
    overridePolicy: true,
    report: (report) => (report.kind === 'written' || report.kind === 'read' ? logs : reports).push(report),
    ...options,
    transport,
    store,
  });
  return { host, store, transport, reports, logs };
}
