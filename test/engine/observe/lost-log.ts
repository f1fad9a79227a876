// A storm in which the orchestrators die for good at some moment, and what is there then: the services as they are when nothing
// is on its way any more, their books, and whatever is left of the log. And how sagas are ended from there by a live engine.

import type {
  Call,
  LedgerEntry,
  Outcome,
  Participant,
  ParticipantEnv,
} from '../../../engine/core/protocol.ts';
import {
  type BookEntry,
  fold,
  Orchestrator,
  type Reconciliation,
  reconcile,
  type SagaDefinition,
  type SagaState,
  type StoredEvent,
} from '../../../engine/index.ts';
import { Host, LocalTransport, MemoryStore } from '../../../engine/live/index.ts';
import { rebuiltLog } from '../../../engine/observe/index.ts';
import { logsOf, observed, prepare } from '../../../simulator/campaign/index.ts';
import { foldChecked } from '../../../simulator/invariants/legal-transitions.ts';
import { quick } from '../live/stage.ts';
import { appendAll, appendOf } from '../live/store-asking.ts';

export interface LostLog {
  readonly scenario: string;
  readonly seed: string;
  readonly sagas: number;
  /** When the orchestrators die, in microseconds of virtual time. */
  readonly diesAtUs: number;
  /** Up to when a backup has the log, in microseconds of virtual time; below 0: nothing is left of it. */
  readonly keptUntilUs: number;
}

/** What became of the sagas. */
export interface Recovered {
  readonly states: readonly SagaState[];
  readonly reconciliation: Reconciliation;
  /** Total of all accounts of each service, before and after. */
  readonly totals: readonly (readonly [before: number, after: number])[];
  /** Left in clearing accounts. */
  readonly inFlight: number;
  readonly lostEvents: number;
  /** First events that are against the table of legal transitions, in words. */
  readonly illegal: readonly string[];
  /** Sagas of which the lost log said that they completed, or were undone after an effect, and that ended otherwise. */
  readonly turned: readonly string[];
  readonly entriesBefore: number;
}

/** Keeps the books of a participant, with results. */
class Bookkeeper implements Participant {
  readonly entries: BookEntry[] = [];
  readonly #inner: Participant;
  #drained: LedgerEntry[] = [];

  constructor(inner: Participant) {
    this.#inner = inner;
  }

  get actions(): readonly string[] {
    return this.#inner.actions;
  }

  get ledger(): Participant['ledger'] {
    const { ledger } = this.#inner;
    return {
      balances: () => ledger.balances(),
      stock: () => ledger.stock(),
      drain: () => {
        const drained = [...this.#drained, ...ledger.drain()];
        this.#drained = [];
        return drained;
      },
    };
  }

  handle(call: Call, env: ParticipantEnv): Outcome {
    const outcome = this.#inner.handle(call, env);
    const drained = this.#inner.ledger.drain();
    const result = outcome.kind === 'applied' ? outcome.result : undefined;
    this.entries.push(...drained.map((entry) => (result === undefined ? entry : { ...entry, result })));
    this.#drained.push(...drained);
    return outcome;
  }

  restart(): void {
    this.#inner.restart?.();
  }
}

/** Loses the log, rebuilds it from the books and from what is left, and lets an engine end all sagas. */
export async function recovered(lost: LostLog): Promise<Recovered> {
  const { definitions, keeperOf, logs, endUs } = await stormUntil(lost);
  const keepers = [...keeperOf.values()];
  const before = keepers.map(totalOf);
  const entries = keepers.flatMap((keeper) => keeper.entries);
  const entriesBefore = entries.length;
  const bySaga = Map.groupBy(entries, ({ saga }) => saga);
  const store = new MemoryStore();
  let epoch = 0;
  store.open('main', { opened: (opened) => (epoch = opened) });
  let lostEvents = 0;
  const nowUs = Date.now() * 1_000;
  for (const [saga, log] of logs) {
    const end = log.findIndex(({ atUs }) => atUs > lost.keptUntilUs); // clocks differ: what is kept is a beginning
    const kept = log.slice(0, end < 0 ? log.length : end).map(({ event }) => event);
    lostEvents += log.length - kept.length;
    const first = log[0]!.event;
    if (first.kind !== 'saga-created') throw new Error('a log begins with saga-created');
    const definition = definitions.find(({ name }) => name === first.definition)!;
    const own = bySaga.get(saga) ?? [];
    const { events } = rebuiltLog({ saga, definition, input: first.input, log: kept, entries: own, nowUs });
    if (kept.length > 0) await appendAll(store, [appendOf(saga, epoch, kept, { atUs: nowUs })]);
    if (events.length > 0)
      await appendAll(store, [appendOf(saga, epoch, events, { atUs: nowUs, expectedVersion: kept.length })]);
  }
  await ended(store, definitions, keeperOf, [...logs.keys()], endUs);
  const after = await Promise.all([...logs.keys()].map((saga) => store.logOf(saga)));
  const books = [...keeperOf].map(([service, keeper]) => ({ service, entries: keeper.entries }));
  return {
    illegal: after.flatMap((log) => {
      const events = log.map(({ event }) => event);
      return foldChecked(folded(log, definitions).definition, log[0]!.saga, events).illegal ?? [];
    }),
    turned: after.flatMap((log) => {
      const { saga, status } = folded(log, definitions);
      const was = logs.get(saga)!.at(-1)!.event.kind;
      const turned =
        (was === 'saga-completed' && status !== 'completed') ||
        (was === 'saga-compensated' && status === 'completed');
      return turned ? [`${saga}: ${was}, and now ${status}`] : [];
    }),
    states: after.map((log) => folded(log, definitions)),
    reconciliation: reconcile({ logs: after, books }),
    totals: keepers.map((keeper, i) => [before[i]!, totalOf(keeper)]),
    inFlight: keepers.flatMap(clearingOf).reduce((sum, balance) => sum + Math.abs(balance), 0),
    lostEvents,
    entriesBefore,
  };
}

async function stormUntil({ scenario: name, seed, sagas, diesAtUs }: LostLog) {
  const job = await prepare({ scenario: name, profile: 'storm' });
  const { scenario } = job;
  let keepers: ReadonlyMap<string, Bookkeeper> = new Map();
  let isDead = false;
  const dying = {
    ...scenario,
    participants: (run: { readonly sagas: number }) => {
      const made = Object.entries(scenario.participants(run));
      keepers = new Map(made.map(([service, inner]) => [service, new Bookkeeper(inner)]));
      return Object.fromEntries(keepers);
    },
    variant: {
      engine: (options: ConstructorParameters<typeof Orchestrator>[0]) => {
        const engine = new Orchestrator(options);
        return {
          handle: (...[input, nowUs]: Parameters<Orchestrator['handle']>) => {
            isDead ||= nowUs >= diesAtUs;
            return isDead ? [] : engine.handle(input, nowUs);
          },
        };
      },
    },
  };
  const { happenings, result } = observed({ ...job, scenario: dying, sagas }, seed, {});
  return {
    definitions: scenario.sagas,
    keeperOf: keepers,
    logs: logsOf(happenings),
    endUs: result.virtualUs,
  };
}

/** By a live engine; whoever is asked for helps once more. */
async function ended(
  store: MemoryStore,
  definitions: readonly SagaDefinition[],
  keeperOf: ReadonlyMap<string, Bookkeeper>,
  sagas: readonly string[],
  nowUs: number,
): Promise<void> {
  const participants = Object.fromEntries(keeperOf);
  // Services are on the time that they had: to a fence, years would have passed, and it would have forgotten.
  const transport = new LocalTransport({ participants, nowUs: () => nowUs });
  const host = new Host({ store, transport, definitions, policy: quick, overridePolicy: true });
  await host.start();
  for (const saga of sagas) {
    for (let helped = 0; helped < 20; helped++) {
      const { status } = await host.whenEnded(saga);
      if (status !== 'compensation_failed') break;
      await host.resume(saga);
    }
  }
  await host.stop();
}

function folded(log: readonly StoredEvent[], definitions: readonly SagaDefinition[]): SagaState {
  const first = log[0]!;
  const name = first.event.kind === 'saga-created' ? first.event.definition : '';
  const definition = definitions.find((one) => one.name === name)!;
  return fold(
    definition,
    first.saga,
    log.map(({ event }) => event),
  );
}

function totalOf({ ledger }: Participant): number {
  return [...ledger.balances()].reduce((sum, [, balance]) => sum + balance, 0);
}

function clearingOf({ ledger }: Participant): readonly number[] {
  return [...ledger.balances()].flatMap(([account, balance]) =>
    account.startsWith('clearing:') ? [balance] : [],
  );
}
