// A small run on a real host, and everything that it left behind: what tests of the audit tamper with.

import type { Call, LedgerEntry, Participant, StoredEvent } from '../../../engine/index.ts';
import { Host, LocalTransport, MemoryStore } from '../../../engine/live/index.ts';
import scenario from '../../../scenarios/bank-transfer.ts';
import type { AskedSaga, Evidence, HandledCall } from '../../../simulator/audit/evidence.ts';
import { Seed } from '../../../simulator/kernel/random.ts';
import { Workload } from '../../../simulator/world/workload.ts';
import { quick } from '../../engine/live/stage.ts';

export { quick, scenario };

const SAGAS = 20;
const OPTIONS = { sagas: SAGAS };

/** Microseconds that no two things of a run share. */
function clock(): () => number {
  let nowUs = 1_000_000;
  return () => (nowUs += 10);
}

function witnessed(bank: Participant, nowUs: () => number, handled: HandledCall[]): Participant {
  return {
    ...bank,
    handle: (call: Call, env) => {
      const outcome = bank.handle(call, env);
      handled.push({ atUs: nowUs(), call: { ...call }, outcome, entries: bank.ledger.drain() });
      return outcome;
    },
  };
}

/** Twenty transfers, of which about a third are undone. */
export async function realRun(): Promise<Evidence> {
  const nowUs = clock();
  const handled: HandledCall[] = [];
  const closing = scenario.participants(OPTIONS).bank!;
  const store = new MemoryStore();
  const asked: AskedSaga[] = [];
  const host = new Host({
    store,
    transport: new LocalTransport({ participants: { bank: witnessed(closing, nowUs, handled) } }),
    definitions: scenario.sagas,
    policy: quick,
    overridePolicy: true,
    clock: {
      nowUs,
      wake: (saga, _atUs, answers) => setImmediate(() => answers.input({ kind: 'wake', saga })),
      cancel: () => undefined,
    },
  });
  await host.start();
  const workload = new Workload(new Seed('audit'), SAGAS);
  for (let index = 0; index < SAGAS; index++) {
    workload.index = index;
    const start = scenario.workload(workload);
    const saga = `s-${index}`;
    asked.push({ saga, start, askedAtUs: nowUs(), isAcknowledged: true });
    await host.create(start.saga, start.input, { id: saga });
    await host.whenEnded(saga);
  }
  await host.stop();
  const logs = new Map<string, readonly StoredEvent[]>();
  for (const { saga } of asked) logs.set(saga, await store.logOf(saga));
  const opening = scenario.participants(OPTIONS).bank!;
  const endedAtUs = nowUs();
  return {
    asked,
    logs,
    services: { bank: { opening, closing, handled } },
    faults: [],
    beganAtUs: 1_000_000,
    healedAtUs: 1_000_000,
    endedAtUs,
  };
}

/** Evidence in which one saga's log is another. */
export function withLog(
  evidence: Evidence,
  saga: string,
  change: (log: readonly StoredEvent[]) => readonly StoredEvent[],
): Evidence {
  const log = change(evidence.logs.get(saga)!);
  const logs = new Map(evidence.logs);
  if (log.length === 0) logs.delete(saga);
  else logs.set(saga, log);
  return { ...evidence, logs };
}

/** Evidence in which the bank's calls are others. */
export function withCalls(
  evidence: Evidence,
  change: (handled: readonly HandledCall[]) => readonly HandledCall[],
): Evidence {
  const { bank } = evidence.services;
  return { ...evidence, services: { bank: { ...bank!, handled: change(bank!.handled) } } };
}

/** The first saga that ended so. */
export function sagaThat(evidence: Evidence, last: StoredEvent['event']['kind']): string {
  for (const [saga, log] of evidence.logs) if (log.at(-1)!.event.kind === last) return saga;
  throw new Error(`no saga ended ${last}`);
}

export function entryOf(handled: HandledCall): LedgerEntry {
  return handled.entries[0]!;
}
