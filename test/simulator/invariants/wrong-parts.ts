// Participants, engines and a store that are wrong on purpose, each in one way: what the judge must see.

import type { SagaDefinition } from '../../../engine/core/define-saga.ts';
import {
  Orchestrator,
  type OrchestratorOptions,
  type OrchestratorOutput,
} from '../../../engine/core/orchestrator.ts';
import type { InputSink } from '../../../engine/core/ports.ts';
import type { SagaEvent } from '../../../engine/core/saga.ts';
import type {
  AppendOutput,
  Call,
  LedgerEntry,
  Outcome,
  Participant,
  ParticipantEnv,
  Policy,
  Touch,
} from '../../../engine/index.ts';
import { Bank, bank, Inventory } from '../../../participants-mock/index.ts';
import { profiles } from '../../../simulator/index.ts';
import type { Actor } from '../../../simulator/kernel/simulation.ts';
import type { Partition } from '../../../simulator/world/sim-saga.ts';
import type { WorldVariant } from '../../../simulator/world/simulation-options.ts';
import { SimStore } from '../../../simulator/world/store.ts';
import type { World } from '../../../simulator/world/world.ts';

const APPLIED: Outcome = { kind: 'applied' };
export const BANK = { accounts: 100, openingBalance: 1_000_00 };

/** A participant whose answers and effects go through `wrong`. */
export function wrapped(
  inner: Participant,
  wrong: (call: Call, env: ParticipantEnv, handle: () => Outcome) => Outcome,
): Participant {
  const { actions, ledger } = inner;
  return { actions, ledger, handle: (call, env) => wrong(call, env, () => inner.handle(call, env)) };
}

/** A bank without a fence: duplicates move the money again, and an undo without a debit pays out. */
export function unfencedBank(): Participant {
  const bank = new Bank(BANK);
  const { actions, ledger } = bank;
  return {
    actions,
    ledger,
    handle: (call, env) =>
      call.direction === 'forward' ? bank.apply(call, env) : bank.undo(call, { kind: 'applied' }),
  };
}

/** Removes duplicates, but leaves no tombstone: a call that comes after its undo takes effect. */
export function bankWithoutTombstones(): Participant {
  const bank = new Bank({ ...BANK, creditFails: { permille: 0, per: 'transfer', answer: 'unknown' } });
  const answered = new Map<string, Outcome>();
  const handle = (call: Call, env: ParticipantEnv): Outcome => {
    const known = answered.get(call.key);
    if (known !== undefined) return known;
    const outcome = call.direction === 'forward' ? bank.apply(call, env) : undo(call);
    if (outcome.kind === 'applied') answered.set(call.key, outcome);
    return outcome;
  };
  const undo = (call: Call): Outcome => {
    const forward = answered.get(call.key.replace('/compensation', '/forward'));
    return forward?.kind === 'applied' ? bank.undo(call, forward) : APPLIED;
  };
  return { actions: bank.actions, ledger: bank.ledger, handle };
}

/** Prints money: each credit pays one minor unit more than was on its way. */
export function generousBank(inner: Participant): Participant {
  const { actions, ledger } = inner;
  return {
    actions,
    ledger: {
      drain: () =>
        ledger.drain().map((entry) =>
          entry.action === 'credit'
            ? {
                ...entry,
                postings: entry.postings!.map(({ account, amount }) => ({
                  account,
                  amount: Math.max(amount, amount + 1),
                })),
              }
            : entry,
        ),
      balances: () => ledger.balances(),
      stock: () => ledger.stock(),
    },
    handle: (call, env) => inner.handle(call, env),
  };
}

/** Checks the stock, but takes what it takes without a fence: reserved twice, released twice. */
export function unfencedInventory(items: Readonly<Record<string, number>>): Participant {
  const inventory = new Inventory({ items });
  const { actions, ledger } = inventory;
  return {
    actions,
    ledger: {
      drain: () =>
        ledger
          .drain()
          .map((entry) =>
            entry.action === 'release'
              ? { ...entry, stock: { ...entry.stock!, onHand: entry.stock!.onHand + 1 } }
              : entry,
          ),
      balances: () => ledger.balances(),
      stock: () => ledger.stock(),
    },
    handle: (call) =>
      call.direction === 'forward' ? inventory.apply(call) : inventory.undo(call, { kind: 'applied' }),
  };
}

/** An engine whose outputs go through `wrong`. */
export function engineThat(
  wrong: (output: OrchestratorOutput) => readonly OrchestratorOutput[],
): WorldVariant {
  return {
    engine: (options) => {
      const inner = new Orchestrator(options);
      return { handle: (input, nowUs) => inner.handle(input, nowUs).flatMap(wrong) };
    },
  };
}

/** An engine that writes one input into the log, and goes on with another. */
export const engineOfTwoInputs: WorldVariant = engineThat((output) => {
  if (output.kind === 'append') return [{ ...output, events: output.events.map(withOtherInput) }];
  return [output.kind === 'answer' ? { ...output, answer: 'accepted' } : output]; // it takes its own saga for another
});

function withOtherInput(event: SagaEvent): SagaEvent {
  return event.kind === 'saga-created' ? { ...event, input: { other: true } } : event;
}

/** An engine that does not know which step comes after which, so it undoes all at once. */
export const engineWithoutOrder: WorldVariant = {
  engine: (options: OrchestratorOptions) => {
    const flat = new Map(options.definitions.map((definition) => [definition, withoutOrder(definition)]));
    const inner = new Orchestrator({ ...options, definitions: [...flat.values()] });
    return {
      handle: (input, nowUs) =>
        inner.handle(
          input.kind === 'create' ? { ...input, definition: flat.get(input.definition)! } : input,
          nowUs,
        ),
    };
  },
};

function withoutOrder(definition: SagaDefinition): SagaDefinition {
  return { ...definition, steps: definition.steps.map((step) => ({ ...step, descendants: [] })) };
}

/** An engine that takes any epoch it likes. */
export function engineOfEpoch(epoch: number): WorldVariant {
  return {
    engine: (options) => new Orchestrator({ ...options, epoch: options.epoch === 1 ? epoch : options.epoch }),
  };
}

/** A store that says "appended" when it has only heard of it. */
class HastyStore extends SimStore implements Actor {
  readonly #world: World;
  readonly #number: number;

  constructor(world: World, partitions: readonly Partition[]) {
    super(world, partitions);
    this.#world = world;
    this.#number = world.sim.add({
      happen: (_, item) => this.#say(item as readonly [AppendOutput, InputSink]),
    });
  }

  override append(append: AppendOutput, answers: InputSink): void {
    super.append(append, { input: () => undefined });
    const { sim } = this.#world;
    sim.schedule(sim.nowUs, this.#number, 0, [append, answers]);
  }

  #say([append, answers]: readonly [AppendOutput, InputSink]): void {
    const { saga, expectedVersion, events } = append;
    const known = this.#world.sagas.get(saga);
    if (known !== undefined) this.#world.judge.acknowledged(expectedVersion + events.length, known);
    answers.input({ kind: 'appended', append });
  }
}

export const hastyStore: WorldVariant = { store: (world, partitions) => new HastyStore(world, partitions) };

/** A bank that keeps a fee for an undo, of which the saga knows nothing. */
export function stingyBank(): Participant {
  const inner = bank(BANK);
  return {
    actions: inner.actions,
    ledger: inner.ledger,
    handle(call: Call, env: ParticipantEnv) {
      if (call.action !== 'compensate_debit') return inner.handle(call, env);
      const { account, amount } = call.payload as { account: string; amount: number };
      return inner.handle({ ...call, payload: { account, amount: amount - 2 } }, env);
    },
  };
}

/** A store that takes whatever it is given. */
class CarelessStore extends SimStore {
  protected override refusal(): undefined {
    return undefined;
  }
}

export const carelessStore: WorldVariant = {
  store: (world, partitions) => new CarelessStore(world, partitions),
};

/** A bank that says that it locks what it debits, and never that it gives it free. */
export function lockingBank(): Participant {
  const inner = bank(BANK);
  const { actions, ledger } = inner;
  const locked = (entry: LedgerEntry): LedgerEntry =>
    entry.action === 'debit'
      ? { ...entry, lock: { is: 'taken', by: [entry.step], records: ['a-0'] } }
      : entry;
  return {
    actions,
    ledger: {
      drain: () => ledger.drain().map(locked),
      balances: () => ledger.balances(),
      stock: () => ledger.stock(),
    },
    handle: (call, env) => inner.handle(call, env),
  };
}

/** A bank that tells each of two sagas, when they ask first, that the other holds the lock. */
export function waitingBank(): Participant {
  return wrapped(bank(BANK), (call, _env, handle) => {
    if (call.action !== 'debit' || call.attempt > 1) return handle();
    const heldBy = call.saga.replace(/\d+$/, (number) => String(Number(number) ^ 1));
    return { kind: 'rejected', failure: 'transient', reason: `a-0 is pending for ${heldBy}`, heldBy };
  });
}

/** A bank that says what it read before it wrote; an undo writes down what it remembers, or what is there. */
export function tellingBank(undoReads: 'what it remembers' | 'what is there'): Participant {
  const inner = bank(BANK);
  const { actions, ledger } = inner;
  const balances = new Map<string, number>(ledger.balances());
  const remembered = new Map<string, number>();
  const tell = (entry: LedgerEntry): LedgerEntry => {
    const touched = entry.postings!.map(({ account, amount }): Touch => {
      const there = balances.get(account)!;
      const written = there + amount;
      balances.set(account, written);
      const operation = `${entry.saga} ${entry.step} ${account}`;
      const known = entry.direction === 'compensation' ? remembered.get(operation) : undefined;
      remembered.set(operation, written);
      return { record: account, read: undoReads === 'what it remembers' ? (known ?? there) : there, written };
    });
    return { ...entry, touched };
  };
  return {
    actions,
    ledger: {
      drain: () => ledger.drain().map(tell),
      balances: () => ledger.balances(),
      stock: () => ledger.stock(),
    },
    handle: (call, env) => inner.handle(call, env),
  };
}

/** An engine that runs under a policy of its own. */
export function engineUnder(policy: Policy): WorldVariant {
  return { engine: (options) => new Orchestrator({ ...options, policy, overridePolicy: true }) };
}

/** An engine that sends each call `times` times, once the storm is over. */
export function engineThatInsists(times: number): WorldVariant {
  return {
    engine: (options) => {
      const inner = new Orchestrator(options);
      return {
        handle: (input, nowUs) =>
          inner
            .handle(input, nowUs)
            .flatMap((output) =>
              output.kind === 'call' && nowUs >= profiles.storm.chaosUs
                ? new Array<OrchestratorOutput>(times).fill(output)
                : [output],
            ),
      };
    },
  };
}
