// Logs and books of simulated runs, as they are at a moment of virtual time: what somebody who reconciles would find.

import type { StoredEvent } from '../../../engine/core/saga-event.ts';
import type { Book, LedgerEntry, SagaDefinition } from '../../../engine/index.ts';
import { logsOf, observed, prepare } from '../../../simulator/campaign/index.ts';
import type { InvariantFactory, Scenario } from '../../../simulator/index.ts';

export interface RunOfBooks {
  readonly definitions: readonly SagaDefinition[];
  /** Of the last thing that was written. */
  readonly endUs: number;
  /** As it is when nothing after this moment has happened. */
  at(atUs: number): { readonly logs: readonly (readonly StoredEvent[])[]; readonly books: readonly Book[] };
}

export interface RunOptions {
  readonly seed: string;
  readonly profile?: 'calm' | 'breeze' | 'storm';
  readonly sagas?: number;
}

/** @param name of a scenario that comes with sagastorm, or the scenario itself */
export async function runOfBooks(
  name: string | Scenario,
  { seed, profile = 'storm', sagas }: RunOptions,
): Promise<RunOfBooks> {
  const job = await prepare({ scenario: typeof name === 'string' ? name : 'bank-transfer', profile });
  const scenario = typeof name === 'string' ? job.scenario : name;
  const entries: { readonly atUs: number; readonly service: string; readonly entry: LedgerEntry }[] = [];
  const keeper: InvariantFactory = (_report, world) => ({
    id: 'bookkeeper',
    statement: 'Nothing: it only keeps books',
    onEffect: (entry, _step, _file, service) => {
      entries.push({ atUs: world.nowUs(), service, entry });
    },
  });
  const kept = { ...scenario, invariants: [...scenario.invariants, keeper] };
  const { happenings } = observed(
    { ...job, scenario: kept, ...(sagas === undefined ? {} : { sagas }) },
    seed,
    {},
  );
  const services = Object.keys(scenario.participants({ sagas: 1 }));
  return {
    definitions: scenario.sagas,
    endUs: happenings.at(-1)?.atUs ?? 0,
    at: (atUs) => ({
      logs: [...logsOf(happenings.filter((one) => one.atUs <= atUs)).values()],
      books: services.map((service) => ({
        service,
        entries: entries
          .filter((one) => one.service === service && one.atUs <= atUs)
          .map(({ entry }) => entry),
      })),
    }),
  };
}
