// One run: the world of a scenario, built and run to its end. The host of the engine in virtual time, twin of
// engine/live/host.ts.
//
// S8  Chaos until `healAtUs`, then the world heals; from there every saga must end: see ../run-extent.ts.
// S10 A run that passes a bound is inconclusive.

import type { SagaDefinition } from '../../engine/core/define-saga.ts';
import { Orchestrator } from '../../engine/core/orchestrator.ts';
import type { Participant } from '../../engine/core/protocol.ts';
import { isEnded, type SagaState } from '../../engine/core/saga.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { FaultInjector } from '../faults/injector.ts';
import { LATE_COPY_MAX_US } from '../faults/late-duplicate.ts';
import { machineName } from '../faults/point.ts';
import { CaseBook } from '../invariants/case-book.ts';
import type { WorldView } from '../invariants/invariant.ts';
import { Judge } from '../invariants/judge.ts';
import { withOwn } from '../invariants/own-invariants.ts';
import { Occasions } from '../invariants/sometimes.ts';
import { EventQueue } from '../kernel/event-queue.ts';
import type { LatencyTable } from '../kernel/latency.ts';
import { Seed } from '../kernel/random.ts';
import { type Actor, Simulation, type Stop } from '../kernel/simulation.ts';
import { patienceUs } from '../run-extent.ts';
import type { RunResult } from '../run-result.ts';
import type { Scenario, Variant } from '../scenario.ts';
import { promisesQuiet } from '../service-levels.ts';
import { incidentsEndUs } from '../service-load.ts';
import { StepTally } from '../step-tally.ts';
import { Timeline } from '../timeline.ts';
import { Client } from './client.ts';
import type { Incidents } from './incidents.ts';
import { tableOf } from './latency-tables.ts';
import { LoadMeter } from './load-meter.ts';
import { connect } from './network.ts';
import { Operator } from './operator.ts';
import { byKind, eventsMaxOf, inconclusive } from './outcome.ts';
import { impossibleKinds } from './possible.ts';
import { type ProcessObserver, SimProcess } from './process.ts';
import { SagaRegister, sagaId } from './saga-register.ts';
import { outside } from './sandbox.ts';
import { SendCounts } from './send-counts.ts';
import { NEVER, type Partition, SimSaga, waitsForRefused } from './sim-saga.ts';
import type { SimulationOptions } from './simulation-options.ts';
import { Starts } from './starts.ts';
import { SimStore } from './store.ts';
import { RunTally } from './tally.ts';
import { opened } from './task-desk.ts';
import { endedCode, traceWords } from './trace-words.ts';
import type { SimTransport } from './transport.ts';
import { Versions } from './versions.ts';
import { deliver, TRACE, type World } from './world.ts';

const PROGRESS_STEP = 1_000;
/** In a run of fewer sagas, what participants remember is little: telling them to forget it costs more than it saves. */
const FORGET_FROM = 50_000;
const HEAL = 0;

const queue = new EventQueue();

/** A run that was stopped leaves events behind, and they lead to all of it. */
export function forgetRun(): void {
  queue.clear();
}

/** One run: the world, its parts, and what is counted. */
export class Run implements World, ProcessObserver, Actor, WorldView {
  readonly sim: Simulation;
  readonly seed: Seed;
  readonly injector: FaultInjector;
  readonly judge: Judge;
  readonly messageLatency: LatencyTable;
  readonly storeLatency: LatencyTable;
  readonly sagas = new SagaRegister();
  readonly sends = new SendCounts();
  readonly participants: Readonly<Record<string, Participant>>;
  /** Who is told when nothing more can come of a saga. */
  readonly #forgetful: readonly Participant[];
  readonly healAtUs: number;
  readonly #scenario: Scenario;
  readonly #options: SimulationOptions;
  /** What each saga is, for the names of points; by index. */
  readonly #definitions: SagaDefinition[];
  readonly #partitions: readonly Partition[];
  readonly #processes: SimProcess[];
  readonly #store: SimStore;
  readonly #client: Client;
  readonly conflicted = (saga: SimSaga): void => this.#client.conflicted(saga);
  readonly #operator: Operator;
  readonly #versions: Versions;
  readonly #starts: Starts;
  /** How long after the world has healed, or the last saga began, the run may take. */
  readonly #patienceUs: number;
  #lastStartUs = 0;
  /** Something was still to happen when the run was stopped. */
  #goesOn = false;
  #begun = 0;
  readonly #cases = new CaseBook();
  readonly tally = new RunTally();
  readonly load: LoadMeter;
  readonly timeline = new Timeline();
  readonly steps = new StepTally();
  readonly incidents: Incidents;
  readonly #occasions: Occasions;
  // Fields, not assigned in the constructor: V8 would keep such a function, and with it the run, until the next full collection.
  readonly #processOf = (saga: SimSaga): SimProcess => this.#processes[saga.index % this.#processes.length]!;
  readonly policyOf: WorldView['policyOf'] = ({ policy }) =>
    this.#options.policy ?? this.#scenario.policy ?? policy ?? this.#scenario.sagas[0]!.policy!;
  readonly nowUs = (): number => this.sim.nowUs;

  constructor(scenario: Scenario, options: SimulationOptions) {
    this.#options = options;
    this.#scenario = scenario;
    this.#definitions = new Array<SagaDefinition>(options.sagas).fill(scenario.sagas[0]!);
    this.sim = new Simulation(queue, options.trace);
    this.seed = new Seed(options.seed);
    this.messageLatency = tableOf(scenario.latency);
    this.storeLatency = tableOf(scenario.storeLatency);
    this.participants = opened(scenario.participants({ sagas: options.sagas }), options.seed);
    this.#forgetful = options.sagas < FORGET_FROM ? [] : Object.values(this.participants);
    this.healAtUs = Math.max(options.profile.chaosUs, incidentsEndUs(scenario.incidents));
    this.load = new LoadMeter(scenario.incidents, promisesQuiet(scenario.slo));
    this.#versions = new Versions(scenario.sagas);
    this.injector = new FaultInjector({
      seed: this.seed,
      profile: options.profile,
      sagas: options.sagas,
      keepPlan: options.keepPlan ?? true,
      names: {
        saga: sagaId,
        step: (saga, step) => this.#definitions[saga]!.steps[step]!.name,
        machine: (machine) => machineName(machine, Object.keys(this.participants)),
      },
      impossible: impossibleKinds(this.participants, this.#versions),
      ...(options.plan === undefined ? {} : { plan: options.plan }),
      ...(options.visit === undefined ? {} : { visit: options.visit }),
    });
    options.trace?.describeWith(traceWords(sagaId, this.#definitions, Object.keys(this.participants)));
    this.#occasions = new Occasions(scenario.sometimes);
    this.judge = new Judge(withOwn(scenario.invariants), this, this.nowUs, options.onViolation);
    this.#partitions = Array.from({ length: scenario.orchestrators }, (_, i) => ({
      name: `partition-${i}`,
      number: i,
      epoch: 0,
    }));
    const variant = { ...scenario.variant, ...options.variant };
    this.#store =
      variant.store?.(this, this.#partitions) ?? new SimStore(this, this.#partitions, variant.accepts);
    this.#client = new Client(this, this.#processOf);
    this.#operator = new Operator(this, this.#processOf, scenario.repairs);
    const { transport, incidents } = connect(this, this.participants, scenario);
    this.incidents = incidents;
    this.#processes = this.#startProcesses(scenario, transport, variant.engine);
    incidents.orchestrators(this.#processes);
    this.#patienceUs = patienceUs(scenario.sagas);
    const latestUs = this.healAtUs + this.#patienceUs;
    this.#starts = new Starts(scenario, this.seed, this.injector, options.sagas, latestUs);
    this.#scheduleSagas();
    this.sim.schedule(this.healAtUs, this.sim.add(this), HEAL, undefined);
  }

  #startProcesses(
    scenario: Scenario,
    transport: SimTransport,
    engine: Variant['engine'] = (options) => new Orchestrator(options),
  ): SimProcess[] {
    const override = this.#options.policy ?? scenario.policy;
    const policy = override ?? scenario.sagas[0]?.policy;
    if (policy === undefined) {
      throw new UserError(
        'no-policy',
        `scenario "${scenario.name}" has no policy`,
        'Give it, or its sagas, one.',
      );
    }
    const options = { policy, overridePolicy: override !== undefined };
    const versions = this.#versions;
    const parts = { world: this, store: this.#store, transport, observer: this, options, versions, engine };
    const processes = this.#partitions.map((partition) => new SimProcess(parts, partition));
    for (const process of processes) process.start();
    return processes;
  }

  /** Asks the workload when each saga begins. Nothing else is kept of a saga before its time. */
  #scheduleSagas(): void {
    const { sagas, only = Array.from({ length: sagas }, (_, index) => index) } = this.#options;
    for (const index of only) {
      const atUs = this.#starts.askAtUs(index, this.healAtUs);
      if (atUs > this.#lastStartUs) this.#lastStartUs = atUs;
      this.#client.startAt(index, atUs);
    }
  }

  run(): RunResult {
    let stop: Stop = 'events-max';
    try {
      stop = this.#toTheEnd();
    } catch (error) {
      this.judge.thrown(error);
    }
    return this.#result(stop);
  }

  #toTheEnd(): Stop {
    const eventsMax = eventsMaxOf(this.#options.sagas);
    let stop = this.sim.run({ eventsMax, untilUs: this.#untilUs });
    if (stop === 'time-max' && this.tally.ended === this.#expected) {
      // All is said and done but for late copies. The event that was taken belongs to them, or is a wake in vain.
      queue.schedule(queue.timeUs, queue.target, queue.code, queue.item, queue.detail);
      stop = this.sim.run({ eventsMax, untilUs: this.#untilUs + LATE_COPY_MAX_US });
    }
    this.#goesOn = stop === 'time-max';
    if (stop !== 'events-max') this.judge.quiescence(this);
    return stop;
  }

  /** How many sagas are to begin. */
  get #expected(): number {
    return this.#options.only?.length ?? this.#options.sagas;
  }

  get #untilUs(): number {
    return Math.max(this.healAtUs, this.#lastStartUs) + this.#patienceUs;
  }

  #result(stop: Stop): RunResult {
    const { injector, judge, sim } = this;
    const { repairsGivenUp } = this.#operator;
    const counts = { expected: this.#expected, begun: this.#begun, ended: this.tally.ended, repairsGivenUp };
    const reason = inconclusive(stop, sim, this.#untilUs, counts);
    const violated = judge.violationsTotal > 0;
    return {
      seed: this.#options.seed,
      verdict: violated ? 'violated' : reason !== undefined ? 'inconclusive' : 'held',
      ...(violated || reason === undefined ? {} : { inconclusive: reason }),
      sagas: this.tally.counts(this.#expected),
      faultsEnabled: byKind(injector.enabledPpm),
      faultsDelivered: byKind(injector.delivered),
      violations: judge.violations,
      violationsTotal: judge.violationsTotal,
      coverage: injector.coverage,
      sometimes: this.#occasions.times,
      invariantsExercised: judge.exercised,
      latencyUs: this.tally.latencyUs,
      ...this.tally.locks.result(sim.nowUs),
      stopReasons: this.tally.stopReasons,
      fingerprint: sim.fingerprint.hex(),
      events: sim.events,
      calls: this.sends.total,
      load: this.load.result(this.incidents.results(), this.#lastStartUs),
      timeline: this.timeline.result(),
      steps: this.steps.results(),
      virtualUs: sim.nowUs,
      plan: injector.plan(),
    };
  }

  happen(): void {
    this.sim.note(TRACE.heal, 0, 0, 0);
    this.injector.heal();
  }

  // --- ProcessObserver ------------------------------------------------------------------------------------

  accepted(saga: SimSaga): void {
    this.#client.accepted(saga);
    this.settle(saga);
  }

  refused(saga: SimSaga, reason: string): void {
    this.#client.refused(saga, reason);
  }

  shed(saga: SimSaga): void {
    if (saga.isShed || !this.#client.shed(saga)) return;
    this.tally.shed();
    this.load.shed(saga);
    saga.isShed = true;
  }

  cancel(saga: SimSaga, times: number, afterUs: number): void {
    this.#operator.cancel(saga, times, afterUs);
  }

  ready(process: SimProcess): void {
    this.#client.ready(process);
  }

  // --- World ----------------------------------------------------------------------------------------------

  begin(index: number): SimSaga {
    const { nowUs } = this.sim;
    const { start: asked, faults } = this.#starts.ask(index, nowUs);
    const partition = this.#partitions[index % this.#partitions.length]!;
    const start = this.#processes[partition.number]!.startOf(asked);
    this.#begun++;
    this.load.started(nowUs);
    this.timeline.add('started', nowUs);
    this.#definitions[index] = start.saga;
    const saga = new SimSaga(this.#cases, sagaId(index), index, partition, start, nowUs);
    deliver(this, faults, saga);
    this.sends.clear(saga);
    this.sagas.add(saga);
    this.#operator.begun(saga);
    return saga;
  }

  ended(saga: SimSaga): void {
    const ending = this.judge.ended(saga.log, saga);
    const { status, state } = ending;
    this.#occasions.ended(ending, saga.log, saga);
    this.sim.note(TRACE.ended, saga.index, endedCode(status), state.version);
    if (!isEnded(status)) {
      saga.resumed = true;
      this.#operator.ended(saga, state);
      return this.#client.help(saga);
    }
    if (saga.isShed) this.tally.begunAfterAll();
    saga.isShed = false;
    this.load.ended(saga, state, this.sim.nowUs);
    this.#chronicle(saga, state, this.sim.nowUs);
    this.tally.end(saga, state, this.sim.nowUs);
    this.#operator.ended(saga, state);
    const { onProgress } = this.#options;
    const { ended } = this.tally;
    if (onProgress !== undefined && ended % PROGRESS_STEP === 0) outside(() => onProgress(ended));
  }

  /** How long a person took to retry it says nothing. */
  #chronicle(saga: SimSaga, { status }: SagaState, nowUs: number): void {
    this.timeline.add(status === 'completed' ? 'completed' : 'undone', nowUs);
    if (saga.wasTallied) return;
    this.timeline.took(nowUs - saga.startAtUs, nowUs);
    this.steps.ended(saga, this.sends);
  }

  reopened(saga: SimSaga): void {
    this.tally.reopen(saga);
  }

  released(saga: SimSaga, believed?: SagaState): void {
    if (believed !== undefined) this.judge.released(believed, saga.log, saga);
    saga.released = true;
    this.settle(saga);
  }

  /** Memory stays flat: a saga of which nothing more can come is forgotten. */
  settle(saga: SimSaga): void {
    const { ending } = saga;
    if (ending === undefined || !isEnded(ending.status) || ending.status === 'resolved' || !saga.released)
      return;
    if (saga.underWay > 0 || saga.start !== undefined) return;
    if (saga.wake !== NEVER) this.sim.cancel(saga.wake);
    saga.wake = NEVER;
    if (!this.sagas.forget(saga)) return;
    this.#cases.close(saga);
    for (const participant of this.#forgetful) participant.forget?.(saga.id);
  }

  // --- WorldView ------------------------------------------------------------------------------------------

  /** Those that are not forgotten, and were not turned away: nothing is owed to who was told so. */
  *files(): Generator<SimSaga> {
    for (const saga of this.sagas.values()) if (!saga.isShed || saga.log.length > 0) yield saga;
  }

  log(saga: string) {
    return this.sagas.get(saga)?.log.rows() ?? [];
  }

  epochOf(saga: string): number {
    return this.sagas.get(saga)?.partition.epoch ?? 0;
  }

  /** Only while the engine keeps asking: what nobody asks for any more was not refused. */
  isRefused(id: string): boolean {
    return this.#goesOn && waitsForRefused(this.sagas.get(id));
  }
}
