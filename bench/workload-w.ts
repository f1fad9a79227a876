// Workload W: what every kernel in BENCHMARKS.md is measured on. N sagas of three steps begin at once; 30 % of the
// credit attempts fail; money and stock must add up at the end. Here as a scenario for the full engine, and as
// plain numbers for the lean reference.

import { definePolicy, defineSaga, type SagaDefinition } from '../engine/index.ts';
import { bank, inventory } from '../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../simulator/index.ts';

export interface WorkloadInput {
  readonly item: number;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

export interface Workload {
  readonly items: number;
  /** On each side: money goes from one of the first thousand to one of the second. */
  readonly accounts: number;
  readonly openingBalance: number;
  input(i: number): WorkloadInput;
}

export const workloadW: Workload = {
  items: 100,
  accounts: 1_000,
  openingBalance: 1_000_000_000,
  input: (i) => ({
    item: i % 100,
    from: i % 1_000,
    to: 1_000 + ((7 * i + 3) % 1_000),
    amount: 1 + (i % 50),
  }),
};

/** 4,096 quantiles of a lognormal latency, median 5 ms, sigma 0.5, in microseconds. */
export const latencyTable: readonly number[] = Array.from({ length: 4096 }, (_, i) =>
  Math.round(5_000 * Math.exp(0.5 * normalQuantile((i + 0.5) / 4096))),
);

/** P. Acklam's idea of a rational approximation, in its simplest form: Abramowitz and Stegun 26.2.23, error < 4.5e-4. */
function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return above / below - t;
}

/** Three attempts, 10 ms doubled, times 0.5 to 1.5. */
const policy = definePolicy({
  name: 'workload-w',
  callTimeoutMs: 10_000,
  retry: { transient: { attemptsMax: 3, initialMs: 10, maxMs: 1_000, factorPermille: 2_000 } },
  jitter: [500, 1_500],
});

export const sagaW: SagaDefinition = defineSaga({
  name: 'workload-w',
  version: 1,
  policy,
  steps: {
    reserve: {
      service: 'inventory',
      action: 'reserve',
      compensation: 'release',
      payload: ({ input }) => ({ productId: (input as Input).item, quantity: 1 }),
    },
    debit: {
      service: 'bank',
      action: 'debit',
      compensation: 'compensate_debit',
      after: ['reserve'],
      payload: ({ input }) => ({ account: (input as Input).from, amount: (input as Input).amount }),
    },
    credit: {
      service: 'bank',
      action: 'credit',
      compensation: 'compensate_credit',
      after: ['debit'],
      payload: ({ input }) => ({ account: (input as Input).to, amount: (input as Input).amount }),
    },
  },
});

interface Input {
  readonly item: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/** When the next sagas begin: the last of those before has ended by then, also in a slow case. */
const WAVE_US = 600_000;
export const CONCURRENT_DEFAULT = 10_000;

/**
 * W for the full engine: log, all invariants, fingerprint. More sagas than `concurrent` begin in waves, each when the
 * one before is over.
 */
export function scenarioW(sagas: number, concurrent = CONCURRENT_DEFAULT): Scenario {
  const items = Object.fromEntries(Array.from({ length: workloadW.items }, (_, i) => [`item-${i}`, sagas]));
  const accounts = Array.from({ length: 2 * workloadW.accounts }, (_, i) => `a-${i}`);
  const names = Object.keys(items);
  return defineScenario({
    name: 'workload-w',
    title: 'Reserve, debit, credit: the workload of the benchmarks',
    sagas: [sagaW],
    sagasPerRun: sagas,
    latency: latencyTable,
    participants: () => ({
      inventory: inventory({ items }),
      bank: bank({
        accounts: accounts.length,
        openingBalance: workloadW.openingBalance,
        creditFails: { permille: 300, per: 'attempt', answer: 'rejected' },
      }),
    }),
    workload: ({ index }) => {
      const { item, from, to, amount } = workloadW.input(index);
      const input: Input = { item: names[item]!, from: accounts[from]!, to: accounts[to]!, amount };
      return { saga: sagaW, input, startAtUs: Math.floor(index / concurrent) * WAVE_US };
    },
  });
}
