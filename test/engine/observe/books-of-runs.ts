// Logs and books of simulated runs, as they are at a moment of virtual time: what somebody who reconciles would find.

import type { StoredEvent } from '../../../engine/core/saga-event.ts';
import type { Book, SagaDefinition } from '../../../engine/index.ts';
import { logsOf, observed, prepare } from '../../../simulator/campaign/index.ts';
import type { Scenario } from '../../../simulator/index.ts';

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
  const { happenings, booked } = observed(
    { ...job, scenario, ...(sagas === undefined ? {} : { sagas }) },
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
        entries: booked
          .filter((one) => one.service === service && one.atUs <= atUs)
          .map(({ entry }) => entry),
      })),
    }),
  };
}
