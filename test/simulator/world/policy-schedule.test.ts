// The simulator goes by policies as every host does.

import { type AppendOutput, Orchestrator } from '../../../engine/core/orchestrator.ts';
import type { Participant } from '../../../engine/core/protocol.ts';
import { defineScenario, profiles, simulate } from '../../../simulator/index.ts';
import { policyScheduleContract, type Schedule } from '../../contracts/policy-schedule.ts';

/** Longer than any of the sagas takes. */
const APART_US = 60_000_000;

async function simulated({ definition, policy, sagas, answer }: Schedule): Promise<readonly AppendOutput[]> {
  const appends: AppendOutput[] = [];
  const payment: Participant = {
    actions: ['charge', 'refund'],
    ledger: { drain: () => [], balances: () => [], stock: () => [] },
    handle: answer,
  };
  const scenario = defineScenario({
    name: 'schedule',
    title: 'Charges one after another',
    sagas: [definition],
    orchestrators: 1,
    policy,
    participants: () => ({ payment }),
    workload: ({ index }) => ({ saga: definition, input: {}, startAtUs: index * APART_US }),
    variant: {
      engine(options) {
        const machine = new Orchestrator(options);
        return {
          handle(input, nowUs) {
            if (input.kind === 'appended') appends.push(input.append);
            return machine.handle(input, nowUs);
          },
        };
      },
    },
  });
  simulate(scenario, { seed: 'schedule', sagas, profile: profiles.calm });
  return appends;
}

policyScheduleContract('the simulator', simulated);
