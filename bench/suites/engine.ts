// The engine by itself, without a simulator and without a disk: the orchestrator as a state machine whose every output is
// answered at once, and the fold of a log to a state.

import { Orchestrator, type OrchestratorInput } from '../../engine/core/orchestrator.ts';
import type { StoredEvent } from '../../engine/core/ports.ts';
import { fold, type SagaEvent } from '../../engine/core/saga.ts';
import { policies } from '../../engine/index.ts';
import { APPLIED, transfer } from '../live-transfer.ts';
import { leanKernel } from '../reference.ts';
import { suite } from '../suite.ts';

const SAGAS = 5_000;
const FOLDS = 20_000;

export const engineSuite = suite('engine', 'decide, evolve and pending, without a host', () => {
  const log = logOfOne();
  return [
    {
      id: 'engine/orchestrator',
      title: 'a saga of three steps, all its inputs',
      unit: 'sagas',
      count: SAGAS,
      run: drive,
      reference: leanKernel,
    },
    {
      id: 'engine/fold',
      title: `a log of ${log.length} events to a state`,
      unit: 'folds',
      count: FOLDS,
      run() {
        for (let i = 0; i < FOLDS; i++) {
          if (fold(transfer, 's', log).status !== 'completed') throw new Error('the fold is wrong');
        }
      },
      reference: leanKernel,
    },
  ];
});

function drive(): void {
  if (sagasThrough(SAGAS, () => undefined) !== SAGAS) throw new Error('not every saga completed');
}

/** Runs sagas to their end; how many completed. */
function sagasThrough(sagas: number, appended: (events: readonly SagaEvent[]) => void): number {
  const machine = new Orchestrator({ epoch: 1, policy: policies.default, definitions: [transfer] });
  let completed = 0;
  const inputs: OrchestratorInput[] = [];
  for (let i = 0; i < sagas; i++) {
    inputs.push({ kind: 'create', saga: `s-${i}`, definition: transfer, input: { amount: i } });
    for (let input = inputs.pop(); input !== undefined; input = inputs.pop()) {
      for (const output of machine.handle(input, i)) {
        if (output.kind === 'append') {
          appended(output.events);
          inputs.push({ kind: 'appended', append: output });
        } else if (output.kind === 'call') inputs.push({ kind: 'reply', call: output, outcome: APPLIED });
        else if (output.kind === 'ended' && output.status === 'completed') completed++;
      }
    }
  }
  return completed;
}

function logOfOne(): readonly StoredEvent['event'][] {
  const log: SagaEvent[] = [];
  sagasThrough(1, (events) => log.push(...events));
  return log;
}
