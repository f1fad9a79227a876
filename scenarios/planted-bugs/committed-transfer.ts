// A transfer under two-phase commit, for the planted bugs of that protocol: a debit and a credit are prepared, then both are
// committed or both rolled back. 30 % of the credits cannot be prepared, so that rolling back is part of every run.

import { defineSaga, type OrchestratorOptions, type Participant } from '../../engine/index.ts';
import { ResourceManager, twoPhaseCommit } from '../../engine/two-phase-commit/index.ts';
import { bank } from '../../participants-mock/index.ts';
import { defineScenario, type Engine, type Scenario } from '../../simulator/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { SAGAS } from './planted-bug.ts';

const transfer = twoPhaseCommit(
  defineSaga({
    name: 'transfer',
    version: 1,
    deadlineMs: 300_000,
    steps: {
      debit: {
        service: 'bank',
        action: 'debit',
        compensation: 'compensate_debit',
        payload: ({ saga }) => ({ account: `a-${numberOf(saga)}`, amount: 10 }),
      },
      credit: {
        service: 'bank',
        action: 'credit',
        compensation: 'compensate_credit',
        after: ['debit'],
        payload: ({ saga }) => ({ account: `a-${numberOf(saga) + SAGAS}`, amount: 10 }),
      },
    },
  }),
);

/** Every transfer has accounts of its own: none waits for the locks of another. */
function numberOf(saga: string): number {
  return Number(/\d+$/.exec(saga)?.[0] ?? 0) % SAGAS;
}

export interface CommittedTransfers {
  readonly name: string;
  readonly title: string;
  /** The coordinator. Default: the plain engine. */
  engine?(options: OrchestratorOptions): Engine;
  /** What stands between the bank and its coordinator. Default: a resource manager. */
  manage?(bank: Participant): Participant;
}

export function committedTransfers(spec: CommittedTransfers): Scenario {
  const { name, title, engine, manage } = spec;
  return defineScenario({
    name,
    title,
    sagas: [transfer],
    participants: () => {
      const accounts = bank({ accounts: 2 * SAGAS, openingBalance: 1_000_00 });
      return { bank: manage?.(accounts) ?? new ResourceManager(accounts) };
    },
    workload: () => ({ saga: transfer, input: {} }),
    sagasPerRun: SAGAS,
    variant: { engine: (options) => engine?.(options) ?? new PlainEngine(options) },
  });
}
