// Root causes, each put into a simulated shop on purpose, one per run: what goes wrong, where and how badly is drawn from the
// number of the run. What the diagnosis is told is what it would know of a real shop: logs, and the books of the services.

import type { Call, Outcome, Participant, ParticipantEnv } from '../../engine/core/protocol.ts';
import type { StoredEvent } from '../../engine/core/saga-event.ts';
import { defineSaga, policies, type SagaDefinition } from '../../engine/index.ts';
import type { DiagnosisClass, StepEffects } from '../../engine/observe/index.ts';
import { inventory, orders, payment } from '../../participants-mock/index.ts';
import { type Happening, logsOf, observed, prepare } from '../../simulator/campaign/index.ts';
import {
  type Capacity,
  defineScenario,
  type Incident,
  type InvariantFactory,
  profiles,
} from '../../simulator/index.ts';

const SAGAS = 60;
const SECOND_US = 1_000_000;
const ITEMS = { 'item-0': 10_000 };
const STEPS = { reserve: 'inventory', charge: 'payment', order: 'orders' } as const;
type Step = keyof typeof STEPS;
const STEP_NAMES = Object.keys(STEPS) as readonly Step[];

/** What the shop's sagas left behind, for the diagnosis. */
export interface LeftBehind {
  readonly logs: ReadonlyMap<string, readonly StoredEvent[]>;
  readonly effects: ReadonlyMap<string, readonly StepEffects[]>;
  readonly nowUs: number;
}

/** How one run is spoilt. */
interface Spoilt {
  readonly definition?: SagaDefinition;
  /** Stands before the participant of a service. */
  readonly services?: Readonly<
    Record<string, (call: Call, env: ParticipantEnv, inner: Participant) => Outcome>
  >;
  readonly incidents?: readonly Incident[];
  readonly capacity?: Readonly<Record<string, Capacity>>;
  /** Messages of each kind that get lost, in thousandths. */
  readonly lostPermille?: number;
  /** What becomes of the logs afterwards. */
  readonly logs?: (logs: LeftBehind['logs']) => LeftBehind['logs'];
  /** When somebody looks; default when all is over. */
  readonly lookAtUs?: number;
  /** The engine dies after so many appends, and it is noticed two minutes later. */
  readonly diesAfter?: number;
}

/** @param draw a number from 0 to `below` - 1 for a purpose, of this run */
type Cause = (draw: (purpose: string, below: number) => number) => Spoilt;

function shop(effectsOfReserve?: 'none'): SagaDefinition {
  return defineSaga({
    name: 'shop',
    version: 1,
    steps: {
      reserve:
        effectsOfReserve === 'none'
          ? { service: 'inventory', action: 'reserve', effects: 'none' }
          : { service: 'inventory', action: 'reserve', compensation: 'release' },
      charge: { service: 'payment', action: 'charge', compensation: 'refund', after: ['reserve'] },
      order: { service: 'orders', action: 'create', compensation: 'cancel', after: ['charge'] },
    },
  });
}

const NO: Outcome = { kind: 'rejected', failure: 'business', reason: 'the customer is on a list' };
const fails = (permille: number) => (call: Call, env: ParticipantEnv, inner: Participant) =>
  call.direction === 'forward' && env.chance('fails', call.saga, permille) ? NO : inner.handle(call, env);
/** Undos are only seen where something is undone. */
const LAST_SAYS_NO = { orders: fails(500) };
const anyStep = (draw: Parameters<Cause>[0], among: readonly Step[] = STEP_NAMES): Step =>
  among[draw('step', among.length)]!;
const incident = (draw: Parameters<Cause>[0]) => ({
  service: STEPS[anyStep(draw)],
  fromMs: 5_000 + draw('from', 10_000),
  forMs: 45_000 + draw('for', 60_000),
});

/** By the class that the diagnosis should come to. */
export const CAUSES: Readonly<Partial<Record<DiagnosisClass, Cause>>> = {
  'slow-service': (draw) => {
    const one = incident(draw);
    const serviceTime = { p50Us: 130_000, p90Us: 200_000, p99Us: 300_000, maxUs: 400_000 };
    return {
      capacity: { [one.service]: { concurrency: 500, serviceTime } },
      incidents: [{ kind: 'brown-out', ...one, slowerPermille: 40_000 + draw('slower', 50_000) }],
    };
  },
  'resource-contention': (draw) => ({ incidents: [{ kind: 'throttling', ...incident(draw), perSecond: 1 }] }),
  deadlock: (draw) => ({
    services: {
      [STEPS[anyStep(draw)]]: (call, env, inner) =>
        call.direction === 'forward' && env.chance('lock', call.key, 300 + draw('permille', 400))
          ? { kind: 'rejected', failure: 'transient', reason: 'deadlock detected (40P01)' }
          : inner.handle(call, env),
    },
  }),
  'inconsistent-state': (draw) => {
    const step = anyStep(draw, ['reserve', 'charge']);
    return {
      services: {
        ...LAST_SAYS_NO,
        [STEPS[step]]: (call, env, inner) =>
          call.direction === 'compensation' && env.chance('forgets', call.saga, 700)
            ? { kind: 'applied' }
            : inner.handle(call, env),
      },
    };
  },
  'missing-events': (draw) => ({
    services: {
      [STEPS[anyStep(draw)]]: (call, env, inner) =>
        call.direction === 'forward' && env.chance('forgets', call.key, 100 + draw('permille', 300))
          ? { kind: 'applied' }
          : inner.handle(call, env),
    },
  }),
  'duplicate-processing': (draw) => ({
    services: {
      [STEPS[anyStep(draw)]]: (call, env, inner) => {
        const outcome = inner.handle({ ...call, key: `${call.key}#${call.attempt}` }, env);
        const isLost = call.attempt === 1 && env.chance('lost', call.key, 100 + draw('permille', 300));
        return isLost ? { kind: 'unknown', failure: 'transient', reason: 'connection reset' } : outcome;
      },
    },
  }),
  'incomplete-rollback': () => ({ definition: shop('none'), services: LAST_SAYS_NO }),
  'compensating-failure': (draw) => ({
    services: {
      ...LAST_SAYS_NO,
      [STEPS[anyStep(draw, ['reserve', 'charge'])]]: (call, env, inner) =>
        call.direction === 'compensation' && env.nowUs < 600 * SECOND_US
          ? { kind: 'rejected', failure: 'invalid_request', reason: 'no such transaction' }
          : inner.handle(call, env),
    },
    lookAtUs: 300 * SECOND_US,
  }),
  'log-corruption': (draw) => ({
    logs: (logs) => altered(logs, draw, (log) => log.toSpliced(1 + draw('row', log.length - 2), 1)),
  }),
  'state-loss': (draw) => ({
    logs: (logs) =>
      altered(logs, draw, (log) =>
        log.slice(
          0,
          log.findIndex(({ event }) => event.kind === 'step-applied'),
        ),
      ),
  }),
  'engine-away': (draw) => ({ diesAfter: 20 + draw('appends', 150) }),
  'service-unavailable': (draw) => ({ incidents: [{ kind: 'outage', ...incident(draw) }] }),
  'network-timeout': (draw) => ({ lostPermille: 200 + draw('permille', 300) }),
  'business-refusal': (draw) => ({
    services: { [STEPS[anyStep(draw)]]: fails(200 + draw('permille', 500)) },
  }),
};

/** A part of the logs, made worse. */
function altered(
  logs: LeftBehind['logs'],
  draw: Parameters<Cause>[0],
  alter: (log: readonly StoredEvent[]) => readonly StoredEvent[],
): LeftBehind['logs'] {
  return new Map([...logs].map(([saga, log], i) => [saga, draw(`log-${i}`, 3) === 0 ? alter(log) : log]));
}

/** Runs the shop with a cause in it. The same number gives the same run. */
export async function runWith(cause: DiagnosisClass, number: number): Promise<LeftBehind> {
  const seed = `${cause}-${number}`;
  const spoilt = CAUSES[cause]!((purpose, below) => drawn(`${seed}/${purpose}`, below));
  const books = new Books();
  const job = await prepare({ scenario: 'bank-transfer', profile: 'calm' });
  const rate = (spoilt.lostPermille ?? 0) * 1_000;
  const ceilingPpm = rate === 0 ? {} : { 'drop-request': rate, 'drop-reply': rate };
  const profile = { ...profiles.calm, ceilingPpm, chaosUs: 180 * SECOND_US };
  const scenario = scenarioOf(spoilt, books.watcher);
  const { happenings } = observed({ ...job, scenario, profile, sagas: SAGAS }, seed, {});
  const seen = happenings.slice(0, seenOf(happenings, spoilt));
  const lastUs = spoilt.lookAtUs ?? seen.at(-1)?.atUs ?? 0;
  const logs = logsOf(seen);
  return {
    logs: spoilt.logs?.(logs) ?? logs,
    effects: books.upTo(lastUs),
    nowUs: spoilt.diesAfter === undefined ? lastUs : lastUs + 120 * SECOND_US,
  };
}

/** How many happenings there have been when somebody looks. */
function seenOf(happenings: readonly Happening[], { lookAtUs, diesAfter }: Spoilt): number {
  if (lookAtUs !== undefined) return happenings.filter(({ atUs }) => atUs <= lookAtUs).length;
  if (diesAfter === undefined) return happenings.length;
  const goesOn = (one: Happening): boolean =>
    one.kind === 'written' && one.batch.events.at(-1)!.kind !== 'saga-completed';
  return happenings.findIndex((one, i) => i >= diesAfter && goesOn(one)) + 1;
}

function scenarioOf(
  { definition = shop(), services = {}, incidents = [], capacity = {} }: Spoilt,
  watcher: InvariantFactory,
) {
  const spoil = (name: string, inner: Participant): Participant => {
    const handle = services[name];
    return handle === undefined ? inner : new Spoil(inner, handle);
  };
  return defineScenario({
    name: 'spoilt-shop',
    title: 'A shop in which one thing goes wrong',
    sagas: [definition],
    policy: policies.default,
    incidents,
    capacity,
    invariants: [watcher],
    participants: () => ({
      inventory: spoil('inventory', inventory({ items: ITEMS })),
      payment: spoil('payment', payment({ customers: 1 })),
      orders: spoil('orders', orders()),
    }),
    workload: ({ index, int }) => ({
      saga: definition,
      input: { productId: 'item-0', quantity: 1, amount: 10_00, customer: 'c-0' },
      startAtUs: index * SECOND_US + int('arrival', SECOND_US),
    }),
  });
}

class Spoil implements Participant {
  readonly #inner: Participant;
  readonly #handle: NonNullable<Spoilt['services']>[string];

  constructor(inner: Participant, handle: NonNullable<Spoilt['services']>[string]) {
    this.#inner = inner;
    this.#handle = handle;
  }

  get actions(): readonly string[] {
    return this.#inner.actions;
  }

  get ledger(): Participant['ledger'] {
    return this.#inner.ledger;
  }

  handle(call: Call, env: ParticipantEnv): Outcome {
    return this.#handle(call, env, this.#inner);
  }

  restart(): void {
    this.#inner.restart?.();
  }
}

/** What the services wrote into their ledgers, and when. */
class Books {
  readonly #entries: {
    readonly atUs: number;
    readonly saga: string;
    readonly step: string;
    readonly isUndo: boolean;
  }[] = [];

  readonly watcher: InvariantFactory = (_report, world) => ({
    id: 'bookkeeper',
    statement: 'Nothing: it only keeps books',
    onEffect: ({ saga, step, direction }) => {
      this.#entries.push({ atUs: world.nowUs(), saga, step, isUndo: direction === 'compensation' });
    },
  });

  upTo(atUs: number): LeftBehind['effects'] {
    const until = this.#entries.filter((entry) => entry.atUs <= atUs);
    const count = (saga: string, step: string, isUndo: boolean): number =>
      until.filter((entry) => entry.saga === saga && entry.step === step && entry.isUndo === isUndo).length;
    const sagas = Array.from({ length: SAGAS }, (_, i) => `s-${i}`);
    return new Map(
      sagas.map((saga) => [
        saga,
        STEP_NAMES.map((step) => ({
          step,
          forward: count(saga, step, false),
          undone: count(saga, step, true),
        })),
      ]),
    );
  }
}

/** FNV-1a and a finishing mix, as a keyed draw. */
function drawn(text: string, below: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 15)) >>> 0) % Math.max(1, below);
}

export function serviceOf(step: string): string {
  return STEPS[step as Step] ?? step;
}
