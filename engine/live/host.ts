// The live host: performs on real clocks, sockets and disks what the orchestrator decides. It decides nothing about
// sagas itself: no retry, no order, no timeout.
//
// H1. Inputs are handled one at a time, outputs performed in their order (E1). What comes meanwhile waits in the inbox.
// H2. After so many inputs the event loop has its turn: no flood of answers keeps timers and sockets from being served.
// H3. Back-pressure: at most `sagasMax` sagas are in memory; more are refused (`overloaded`), not queued. What a policy
//     admits, and how many calls it lets out at once, is the orchestrator's affair.
// H4. A host that stops sends no more calls. Those on the wire are waited for, what they bring is written, and what is
//     then open is handed over: its intents are durable, so whoever opens the partition next sends them (E9).
// H5. A host that was fenced, or whose engine broke an assumption, is over at once: it says so, and answers nothing.

import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { assert, unreachable } from '../core/assert.ts';
import type { SagaDefinition } from '../core/define-saga.ts';
import { Orchestrator, type OrchestratorInput, type OrchestratorOutput } from '../core/orchestrator.ts';
import type { Policy } from '../core/policy.ts';
import type { Clock, InputSink, Store, StoredEvent, Transport } from '../core/ports.ts';
import { checkAct, type RepairAct } from '../core/repair-act.ts';
import { isAtRest, type SagaState } from '../core/saga-state.ts';
import { UserError } from '../core/user-error.ts';
import { policies } from '../policy/index.ts';
import { LiveClock } from './clock.ts';
import { DefinitionShelf } from './definition-shelf.ts';
import { checkSagaId, fenced, jsonOf, notStarted, overloaded, stopped } from './host-refusals.ts';
import { type HostReport, warn } from './host-report.ts';
import { HostRequests } from './host-requests.ts';
import type { LiveEngine, RepairAnswer } from './live-engine.ts';

const INPUTS_PER_TURN = 500;
const RECOVERED_AT_ONCE = 100;
const SAGAS_MAX = 50_000;
export const GRACE_MS = 10_000;

/** What a {@link Host} runs on: its store, its way to the services, its sagas and its limits. */
export interface HostOptions {
  readonly store: Store;
  /** `services`: those that it can reach; a definition that needs another does not start. */
  readonly transport: Transport & { readonly services?: readonly string[] };
  /** Every definition, in every version, that open sagas were created with. */
  readonly definitions: readonly SagaDefinition[];
  /** For definitions that have none; for all when `overridePolicy`. Default `policies.default`. */
  readonly policy?: Policy;
  readonly overridePolicy?: boolean;
  /** Default: a {@link LiveClock} of its own. */
  readonly clock?: Clock;
  /** Which part of the store's sagas it owns; one host at a time has it. Default `main`. */
  readonly partition?: string;
  /** Sagas in memory at most, from 1; default 50,000. One takes some kilobytes. */
  readonly sagasMax?: number;
  /** Told what happens. Must not throw. Default: a process warning when the host is over. */
  readonly report?: (report: HostReport) => void;
}

/** What a start found. */
export interface Started {
  readonly epoch: number;
  /** Sagas of an earlier host that were taken up. */
  readonly recovered: number;
}

/** What a stop left. */
export interface Stopped {
  /** Open sagas; the next host of the partition goes on with them. */
  readonly handedOver: number;
  /** Calls whose answer was not waited for any longer. They are sent again, under the same key. */
  readonly callsCut: number;
}

type Phase = 'new' | 'starting' | 'running' | 'stopping' | 'over';

/**
 * Runs sagas for real.
 *
 * @example
 * const host = new Host({ store: new SqliteStore(), transport, definitions: [transfer] });
 * await host.start();
 * const id = await host.create(transfer, { from: 'a', to: 'b', amount: 10_00 }); // durable from here on
 * const { status } = await host.whenEnded(id);
 * await host.stop();
 */
export class Host implements InputSink, LiveEngine {
  readonly #store: Store;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #ownClock: LiveClock | undefined;
  readonly #partition: string;
  readonly #sagasMax: number;
  readonly #report: (report: HostReport) => void;
  readonly #options: HostOptions;
  readonly #definitions: DefinitionShelf;
  readonly #requests: HostRequests;
  #orchestrator: Orchestrator | undefined;
  #phase: Phase = 'new';
  #failure: Error | undefined;
  readonly #inbox: OrchestratorInput[] = [];
  #isDraining = false;
  #isDrainDue = false;
  /** Calls on the wire, and appends and loads not yet answered. */
  #calls = 0;
  #storeWork = 0;
  #whenIdle: (() => void) | undefined;
  #stopped: Promise<Stopped> | undefined;

  /** @throws UserError `unknown-service`, `bad-option`. */
  constructor(options: HostOptions) {
    const { store, transport, definitions, clock, partition = 'main', sagasMax = SAGAS_MAX } = options;
    if (!Number.isSafeInteger(sagasMax) || sagasMax < 1) {
      throw new UserError('bad-option', `sagasMax is ${sagasMax}`, 'Give a whole number from 1.');
    }
    this.#options = options;
    this.#store = store;
    this.#transport = transport;
    this.#ownClock = clock === undefined ? new LiveClock() : undefined;
    this.#clock = clock ?? this.#ownClock!;
    this.#partition = partition;
    this.#sagasMax = sagasMax;
    this.#report = options.report ?? warn;
    const { policy = policies.default } = options;
    this.#definitions = new DefinitionShelf(definitions, transport.services, policy);
    this.#requests = new HostRequests(this.#definitions, store);
  }

  /** Sagas in memory: created and not at rest. */
  get size(): number {
    return this.#orchestrator?.size ?? 0;
  }

  /** Calls on the wire. */
  get callsInFlight(): number {
    return this.#calls;
  }

  /**
   * Opens the partition, which ends the epoch of any earlier host of it, and takes up every saga that has not ended.
   * To be called once, before anything else.
   *
   * @throws UserError `unknown-definition`; those of a definition that its policy cannot run (E12); what the store throws.
   */
  async start(): Promise<Started> {
    assert(this.#phase === 'new', 'a host starts once', this.#phase);
    this.#phase = 'starting';
    try {
      const { epoch, logs } = await this.#open();
      this.#definitions.check(logs);
      const { definitions, policy = policies.default, overridePolicy = false } = this.#options;
      const partition = this.#partition;
      this.#orchestrator = new Orchestrator({ epoch, partition, definitions, policy, overridePolicy });
      for (let i = 0; i < logs.length; i += RECOVERED_AT_ONCE) {
        this.input({ kind: 'recovered', sagas: logs.slice(i, i + RECOVERED_AT_ONCE) });
        await turn(); // H2
        if (this.#failure !== undefined) throw this.#failure;
      }
      if (this.#phase === 'starting') this.#phase = 'running';
      return { epoch, recovered: logs.length };
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  #open(): Promise<{ readonly epoch: number; readonly logs: readonly (readonly StoredEvent[])[] }> {
    return new Promise((resolve, reject) => {
      this.#store.open(this.#partition, {
        opened: (epoch, logs) => resolve({ epoch, logs }),
        openFailed: reject,
      });
    });
  }

  /**
   * Begins a saga. Resolves with its id when that is durable: from then on it ends, whatever happens to this process.
   * For a saga that is there already, with the same input, it resolves too, and begins nothing: so a client may ask again.
   *
   * @param input plain JSON; it is copied
   * @throws UserError `refused` (by the schema of the input, or another saga has this id), `overloaded` (H3), `unknown-definition`,
   * `bad-id`, `bad-input`; `stopped` and `fenced`, after which nobody knows: ask again, with the same id.
   */
  async create<Given>(
    definition: SagaDefinition<Given>,
    input: NoInfer<Given>,
    { id = randomUUID() as string }: { readonly id?: string } = {},
  ): Promise<string> {
    this.#assertRunning();
    checkSagaId(id);
    return this.#create(id, this.#definitions.require(definition.name, definition.version), jsonOf(input));
  }

  /**
   * Begins a saga that brings its definition along, as JSON: see `sagaFromJson`. It stands in the saga's log.
   *
   * @throws UserError `bad-json-saga`, `bad-amount`, `unknown-service`, those of a definition; as `create`.
   */
  async createFromJson(
    body: unknown,
    { id = randomUUID() as string }: { readonly id?: string } = {},
  ): Promise<string> {
    this.#assertRunning();
    checkSagaId(id);
    return this.#create(id, this.#definitions.inline(jsonOf(body)), {});
  }

  #create(id: string, definition: SagaDefinition, input: unknown): Promise<string> {
    if (this.size >= this.#sagasMax) throw overloaded(this.#sagasMax);
    return this.#requests.ask(id, (request) =>
      this.input({ kind: 'create', saga: id, definition, input, request }),
    );
  }

  /** Stops forward work; what was done is undone (E7). @throws UserError `refused`, and as `create`. */
  async cancel(id: string): Promise<void> {
    await this.#wish('cancel', id);
  }

  /** A new round for a saga that ended without effect (E4). @throws UserError `refused`, and as `create`. */
  async retry(id: string): Promise<void> {
    await this.#wish('retry', id);
  }

  /** Goes on with an undo that was given up (E7). @throws UserError `refused`, and as `create`. */
  async resume(id: string): Promise<void> {
    await this.#wish('resume', id);
  }

  /** A person's act: once, however often it is asked for. @throws UserError `bad-act`, and as `create` but for `refused`. */
  async repair(id: string, act: RepairAct): Promise<RepairAnswer> {
    this.#assertRunning();
    checkAct(act);
    return this.#requests.repair((request) => this.input({ kind: 'repair', saga: id, act, request }));
  }

  async #wish(kind: 'cancel' | 'retry' | 'resume', saga: string): Promise<void> {
    this.#assertRunning();
    await this.#requests.ask(saga, (request) => this.input({ kind, saga, request }));
  }

  /** The state that a log folds to; undefined for an empty one. @throws UserError `unknown-definition` */
  fold(log: readonly StoredEvent[]): SagaState | undefined {
    return this.#definitions.fold(log);
  }

  /** What the log of a saga says so far; empty when there is none. @throws UserError `store-failed`. */
  log(id: string): Promise<readonly StoredEvent[]> {
    return this.#requests.log(id);
  }

  /** The durable state of a saga, or undefined when there is none. @throws UserError `store-failed`, `unknown-definition`. */
  state(id: string): Promise<SagaState | undefined> {
    return this.#requests.state(id);
  }

  /**
   * Resolves when the saga has ended, or waits for a person (`compensation_failed`), and that is durable; at once if it
   * has. The saga must be one of this host's.
   *
   * @throws UserError `unknown-saga`, `store-failed`; `stopped` or `fenced` when this host will not see the end.
   */
  async whenEnded(id: string): Promise<SagaState> {
    if (this.#phase === 'over') throw this.#failure ?? stopped();
    return this.#requests.whenEnded(id, this.#orchestrator?.isOpen(id) === true);
  }

  /**
   * Ends the host: no new sagas, no new calls (H4). Waits until what is under way is answered and written, at most
   * `graceMs` (default 10,000); told so again, at most for that time from then on. The store and the transport stay
   * open: they belong to whoever made them.
   */
  stop({ graceMs = GRACE_MS }: { readonly graceMs?: number } = {}): Promise<Stopped> {
    if (this.#stopped === undefined) this.#stopped = this.#stop(graceMs);
    else setTimeout(() => this.#whenIdle?.(), graceMs).unref();
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<Stopped> {
    if (this.#phase === 'over') return { handedOver: 0, callsCut: 0 };
    this.#phase = 'stopping';
    if (this.#calls > 0 || this.#storeWork > 0 || this.#inbox.length > 0) await this.#idle(graceMs);
    const left = { handedOver: this.size, callsCut: this.#calls };
    this.#end(undefined);
    return left;
  }

  #idle(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#whenIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** For the store, the transport and the clock: what happened. H1. */
  input(input: OrchestratorInput): void {
    if (this.#phase === 'over') return;
    this.#count(input);
    this.#inbox.push(input);
    if (!this.#isDraining && !this.#isDrainDue) this.#drain();
  }

  #count({ kind }: OrchestratorInput): void {
    if (kind === 'reply')
      this.#calls = Math.max(0, this.#calls - 1); // a transport may answer twice
    else if (kind === 'loaded' || kind === 'load-failed' || kind.startsWith('append')) this.#storeWork--;
  }

  /** H1, H2, H5. */
  #drain(): void {
    this.#isDraining = true;
    try {
      let taken = 0;
      while (taken < this.#inbox.length && taken < INPUTS_PER_TURN && this.#phase !== 'over') {
        const input = this.#inbox[taken++]!;
        this.#tell(input);
        this.#perform(this.#orchestrator!.handle(input, this.#clock.nowUs()));
        if (input.kind === 'append-gone') this.#requests.gone(input.append.saga);
      }
      if (taken === this.#inbox.length) this.#inbox.length = 0;
      else this.#inbox.splice(0, taken);
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
    }
    this.#isDraining = false;
    if (this.#inbox.length > 0) this.#drainLater();
    else if (this.#calls === 0 && this.#storeWork === 0) this.#whenIdle?.();
  }

  /** What is known to stand in the log. */
  #tell(input: OrchestratorInput): void {
    if (input.kind === 'appended') this.#report({ kind: 'written', batch: input.append });
    else if (input.kind === 'loaded') this.#report({ kind: 'read', log: input.events });
    else if (input.kind === 'recovered') for (const log of input.sagas) this.#report({ kind: 'read', log });
  }

  #drainLater(): void {
    this.#isDrainDue = true;
    setImmediate(() => {
      this.#isDrainDue = false;
      if (this.#phase !== 'over') this.#drain();
    });
  }

  #perform(outputs: readonly OrchestratorOutput[]): void {
    for (let i = 0; i < outputs.length && this.#phase !== 'over'; i++) this.#performOne(outputs[i]!);
  }

  #performOne(output: OrchestratorOutput): void {
    switch (output.kind) {
      case 'append':
        this.#storeWork++;
        return this.#store.append(output, this);
      case 'call':
        if (this.#phase === 'stopping') return; // H4
        this.#calls++;
        return this.#transport.send(output, this);
      case 'load':
        this.#storeWork++;
        return this.#store.load(output, this);
      case 'wake':
        return this.#clock.wake(output.saga, output.atUs, this);
      case 'ended':
        return this.#ended(output.saga, output.state);
      case 'answer':
        return this.#requests.answered(output);
      case 'circuit':
        return this.#report(output);
      case 'halt':
        return this.#end(fenced(this.#partition, output.saga));
      default:
        return unreachable(output);
    }
  }

  #ended(saga: string, state: SagaState): void {
    this.#clock.cancel(saga);
    assert(isAtRest(state.status), 'an end that is none', saga);
    this.#requests.ended(saga, state);
    this.#report({ kind: 'ended', saga, status: state.status });
  }

  /** H5; or, without a failure, what a stop ends with. */
  #end(failure: Error | undefined): void {
    if (this.#phase === 'over') return;
    const isTold = this.#phase === 'starting'; // by start()
    this.#phase = 'over';
    this.#failure = failure;
    this.#orchestrator?.dispose();
    this.#inbox.length = 0;
    this.#ownClock?.close();
    this.#whenIdle?.();
    this.#requests.end(failure ?? stopped());
    if (failure !== undefined && !isTold) this.#report({ kind: 'halted', error: failure });
  }

  #assertRunning(): void {
    if (this.#phase === 'running') return;
    if (this.#phase === 'new' || this.#phase === 'starting') throw notStarted();
    throw this.#failure ?? stopped();
  }
}
