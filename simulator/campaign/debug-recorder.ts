// Watches one run and keeps it event by event. It sees what the trace sees, what the judge is told, what the engines take
// in and put out, and where faults could strike; it changes nothing: the fingerprint is that of a run without it.
//
// R1. What is heard before an event is noted belongs to that event (effects, what a log holds), the rest to the event that
//     was noted last: as the world does them.
// R2. After RECORDED_MAX events only those of the saga that is looked for are kept, and those of machines. The changes
//     that the others make are kept with the next one.

import type { SagaDefinition } from '../../engine/core/define-saga.ts';
import type { AppendOutput } from '../../engine/core/orchestrator.ts';
import type { Call, LedgerEntry } from '../../engine/core/protocol.ts';
import type { DebugChange } from '../debug-record.ts';
import type { PointVisitor } from '../faults/injector.ts';
import type { InvariantFactory, WorldView } from '../invariants/invariant.ts';
import { TraceLog } from '../kernel/trace.ts';
import type { Violation } from '../run-result.ts';
import { sagaId } from '../world/saga-register.ts';
import { Changes } from './debug-changes.ts';
import { EngineWatch } from './debug-engines.ts';
import { Lanes, PEOPLE, WORLD } from './debug-lanes.ts';
import { type Leg, Messages } from './debug-messages.ts';
import { kindOf, type Said, type Seen } from './debug-seen.ts';

const RECORDED_MAX = 200_000;
const OUTCOMES = ['applied', 'rejected', 'unknown'] as const;

/** Of no saga: what befalls machines and the world. */
const OF_MACHINES: ReadonlySet<string> = new Set([
  'crash',
  'restart',
  'pause',
  'participant-down',
  'store-restart',
  'heal',
  'takeover',
  'clock',
  'participant-restart',
  'deploy',
  'fenced',
  'service-timer',
  'client-timer',
  'other',
]);

/** The invariant that only watches; it stands in no report. */
export const WATCHER = 'debug-watcher';

export class DebugRecorder extends TraceLog {
  /** By number; those that are not kept are missing (R2). */
  readonly events: (Seen | undefined)[] = [];
  readonly said: Said[] = [];
  readonly messages = new Messages();
  readonly changes = new Changes();
  readonly definitions = new Map<string, SagaDefinition>();
  /** Where faults could strike, and how many events were before it. */
  readonly met = new Map<string, number>();
  readonly lanes: Lanes;
  readonly engines: EngineWatch;
  readonly #wanted: string | undefined;
  #world: WorldView | undefined;
  #count = 0;
  #last: Seen | undefined;
  /** Heard, but the event is still to come (R1). */
  #entry: LedgerEntry | undefined;
  #heard: DebugChange[] = [];
  #unplaced: Said[] = [];
  #landing: AppendOutput | undefined;
  /** The last append to a log, by saga. */
  readonly #logs = new Map<string, number>();
  /** What a life read when it was opened, for the next event in its lane. */
  readonly #read = new Map<string, number[]>();
  /** Requests of people that no orchestrator has shown to have taken yet. */
  readonly #asks = new Map<string, Leg[]>();
  /** An answer or a wake, until the engine that takes it says who it is. */
  #taken: Seen | undefined;

  /** @param wanted the saga that is looked for */
  constructor(orchestrators: number, services: readonly string[], wanted?: string) {
    super();
    this.lanes = new Lanes(orchestrators, services);
    this.#wanted = wanted;
    this.engines = new EngineWatch((epoch, input) => {
      const lane = this.lanes.ofEpoch(epoch);
      if (lane === undefined) return;
      if (input.kind === 'recovered') {
        const logs = input.sagas.map(([row]) => row && this.#logs.get(row.saga));
        this.#read.set(
          lane,
          logs.filter((event) => event !== undefined),
        );
      }
      const seen = this.#taken;
      this.#taken = undefined;
      if (seen === undefined) return;
      if (input.kind === 'reply' && seen.kind !== 'wake') {
        if (seen.kind === 'reply') this.messages.correct(seen.index, input.call);
        seen.call = input.call;
        seen.outcome = input.outcome;
      }
      if ((input.kind === 'reply' || input.kind === 'wake') && seen.lane !== lane) seen.lane = lane;
    });
  }

  /** Events that were noted. */
  override get length(): number {
    return this.#count;
  }

  override note(atUs: number, code: number, x: number, y: number, z: number): void {
    const kind = kindOf(code);
    const index = this.#count++;
    const seen: Seen = { index, atUs, kind, x, y, z, lane: WORLD, after: [] };
    if (!OF_MACHINES.has(kind)) seen.saga = sagaId(x);
    if (kind !== 'lose') this.messages.goOn();
    this.#taken = undefined;
    seen.lane = this.#laneOf(seen);
    this.#complete(seen);
    this.#last = seen;
    if (index < RECORDED_MAX || seen.saga === undefined || seen.saga === this.#wanted) this.#keep(seen);
  }

  #keep(seen: Seen): void {
    if (this.#heard.length > 0) seen.changes = this.#heard;
    this.#heard = [];
    this.events[seen.index] = seen;
  }

  /** The lane, and the messages that arrive or leave with the event. */
  #laneOf(seen: Seen): string {
    const { messages } = this;
    const { kind, x, index, atUs } = seen;
    switch (kind) {
      case 'create':
      case 'resume':
      case 'cancel':
      case 'retry':
      case 'repair': {
        const leg = messages.asked(index, this.#present(x));
        this.#asks.set(sagaId(x), [...(this.#asks.get(sagaId(x)) ?? []), leg]);
        return PEOPLE;
      }
      case 'send':
        return this.#present(x); // until onSent tells
      case 'deliver':
      case 'refused':
      case 'queued': {
        const key = this.#keyOf(seen);
        const call = messages.callOf(key);
        if (call === undefined) return WORLD;
        seen.call = call;
        messages.arrived(key, index, atUs, kind === 'queued');
        return call.service;
      }
      case 'effect': {
        const handled = this.#handledIn(seen);
        if (handled?.call !== undefined) seen.call = handled.call;
        return handled?.lane ?? WORLD;
      }
      case 'lose':
        return this.#lost(seen);
      case 'reply':
        return this.#answered(seen);
      case 'client-done':
        this.#taken = seen;
        return this.#present(x);
      case 'append':
      case 'append-lost':
      case 'ended':
        return this.#written(seen);
      default:
        return this.#machineOf(seen);
    }
  }

  #machineOf(seen: Seen): string {
    const { lanes } = this;
    const { kind, x, atUs } = seen;
    const isNow = this.#last?.atUs === atUs;
    switch (kind) {
      case 'wake':
        this.#taken = seen;
        return this.#present(x);
      case 'takeover':
        if (isNow) seen.after.push(this.#last!.index);
        return lanes.tookOver(x);
      case 'pause':
        if (isNow && this.#last!.kind === 'takeover') return lanes.before(x);
        return isNow && lanes.isOrchestrator(this.#last!.lane) ? this.#last!.lane : lanes.present(x);
      case 'crash':
      case 'fenced':
        return lanes.ofEpoch(this.engines.lastDisposed() ?? -1) ?? lanes.present(x);
      case 'restart':
        lanes.opened(x);
        return lanes.present(x);
      case 'deploy':
      case 'client-timer':
        return lanes.present(x);
      case 'participant-down':
      case 'participant-restart':
      case 'service-timer':
        return lanes.participant(x);
      case 'clock':
        return lanes.ofMachine(x);
      default:
        return WORLD;
    }
  }

  /** What was heard before it, what was read from the log, what people had asked. */
  #complete(seen: Seen): void {
    const { index, lane, saga } = seen;
    if (seen.kind === 'effect' && this.#entry !== undefined) {
      seen.entry = this.#entry;
      this.#entry = undefined;
    }
    for (const said of this.#unplaced.splice(0)) said.event = index;
    const read = this.#read.get(lane);
    if (read !== undefined) {
      seen.after.push(...read);
      this.#read.delete(lane);
    }
    const asks = saga === undefined ? undefined : this.#asks.get(saga);
    if (asks === undefined || !this.lanes.isOrchestrator(lane)) return;
    for (const leg of asks) leg.to = index;
    this.#asks.delete(saga!);
  }

  #present(saga: number): string {
    return this.lanes.present(this.lanes.orchestratorOf(saga));
  }

  #keyOf({ x, y, z }: Seen): string {
    const definition = this.definitions.get(sagaId(x));
    const step = definition?.steps[y >> 1]?.name ?? '';
    const direction = (y & 1) === 0 ? 'forward' : 'compensation';
    return Messages.key({ saga: sagaId(x), step, direction } as Call, z);
  }

  #handledIn({ atUs }: Seen): Seen | undefined {
    const handling = this.messages.handling(atUs);
    return handling === undefined ? this.#last : this.events[handling.event];
  }

  #lost(seen: Seen): string {
    const key = this.#keyOf(seen);
    const call = this.messages.callOf(key);
    if (call === undefined) return WORLD;
    seen.call = call;
    const sender = this.engines.laneOfCall(call, this.lanes) ?? this.#present(seen.x);
    const handled = this.#handledIn(seen);
    seen.lost = this.messages.lost(key, seen.index, seen.atUs, sender);
    if (seen.lost === 'reply') {
      seen.outcome = handled?.outcome;
      return call.service;
    }
    const isAtOnce = this.#last?.kind === 'send' && this.#last.call === call && this.#last.atUs === seen.atUs;
    return isAtOnce ? sender : call.service;
  }

  #answered(seen: Seen): string {
    const attempt = seen.z >> 2;
    const kind = OUTCOMES[(seen.z & 3) as 0 | 1 | 2];
    const definition = this.definitions.get(seen.saga!);
    const step = definition?.steps[seen.y >> 1]?.name;
    const direction = (seen.y & 1) === 0 ? 'forward' : 'compensation';
    const call =
      step === undefined
        ? undefined
        : this.messages.came({ saga: seen.saga!, step, direction }, attempt, seen.index);
    seen.outcome = { kind, failure: 'transient', reason: '' } as Seen['outcome'];
    this.#taken = seen;
    if (call === undefined) return this.#present(seen.x);
    seen.call = call;
    return this.engines.laneOfCall(call, this.lanes) ?? this.#present(seen.x);
  }

  /** The end of a saga is noted before the append that holds it. */
  #written(seen: Seen): string {
    const { x, y, z, kind, index, saga } = seen;
    const before = this.#logs.get(saga!);
    if (before !== undefined) seen.after.push(before);
    this.#logs.set(saga!, index);
    const durable = this.#landing;
    if (kind === 'append') this.#landing = undefined;
    const append =
      kind === 'ended' ? durable : this.engines.landed(saga!, y, kind === 'append' ? z >> 3 : -1, durable);
    if (append === undefined) return this.#present(x);
    seen.written = append.events;
    return this.lanes.ofEpoch(this.engines.epochOf(append)) ?? this.#present(x);
  }

  /** To be told of every point of the run. */
  readonly visit: PointVisitor = (_kind, at) => {
    if (!this.met.has(at)) this.met.set(at, this.#count);
    if (!at.endsWith(':reply')) return;
    const key = at.slice(0, -':reply'.length);
    const call = this.messages.callOf(key);
    if (call === undefined) return;
    this.messages.replies(key, this.#nowUs, this.engines.laneOfCall(call, this.lanes) ?? WORLD);
  };

  /** To be told of every violation. */
  readonly onViolation = ({ invariant, statement, message, saga, atUs }: Violation): void => {
    const said = { invariant, statement, message, ...(saga === undefined ? {} : { saga }), atUs, event: -1 };
    this.said.push(said);
    this.#unplaced.push(said);
  };

  /** To be told that the run is over: what was thrown ended it, and no event came after. */
  over(): void {
    this.#placeAtLast();
  }

  get #nowUs(): number {
    return this.#world?.nowUs() ?? 0;
  }

  #placeAtLast(): void {
    for (const said of this.#unplaced.splice(0)) said.event = this.#last?.index ?? 0;
  }

  /** An invariant that judges nothing, and is asked after all others. */
  readonly watcher: InvariantFactory = (_report, world) => {
    this.#world = world;
    this.changes.open(world.participants);
    return {
      id: WATCHER,
      statement: 'Nothing: it only watches',
      onSent: (call, _step, file) => {
        this.definitions.set(file.saga, file.definition);
        const seen = this.#last;
        if (seen?.kind !== 'send') return;
        seen.call = call;
        seen.lane = this.engines.laneOfCall(call, this.lanes) ?? seen.lane;
        this.messages.sent(this.#keyOf(seen), call, seen.index);
        this.#placeAtLast();
      },
      onCall: () => this.#placeAtLast(),
      onOutcome: (_call, outcome) => {
        this.messages.answered(outcome);
        const handled = this.messages.handling(this.#nowUs);
        const seen = handled === undefined ? undefined : this.events[handled.event];
        if (seen !== undefined) seen.outcome = outcome;
        this.#placeAtLast();
      },
      onEffect: (entry, _step, _file, service) => {
        this.#entry = entry;
        this.#heard.push(...this.changes.committed(entry, service));
      },
      onAppended: (append, _log, file) => {
        this.definitions.set(file.saga, file.definition);
        this.#landing = append;
        this.#heard.push(...this.changes.appended(file.saga, file.definition, append.events));
      },
      onReleased: () => this.#placeAtLast(),
      onRecovered: () => this.#placeAtLast(),
      onQuiescence: () => this.#quiet(),
    };
  };

  /** Nothing more happens (D1 in debug-record.ts). */
  #quiet(): void {
    const index = this.#count++;
    const seen: Seen = { index, atUs: this.#nowUs, kind: 'quiet', x: 0, y: 0, z: 0, lane: WORLD, after: [] };
    const last = new Map<string, number>();
    for (const event of this.events) if (event !== undefined) last.set(event.lane, event.index);
    seen.after.push(...last.values());
    for (const said of this.#unplaced.splice(0)) said.event = index;
    this.#keep(seen);
  }
}
