// The live host goes by policies as every host does, in real time.

import type { AppendOutput } from '../../../engine/core/orchestrator.ts';
import type { InputSink } from '../../../engine/core/ports.ts';
import { Host, MemoryStore } from '../../../engine/live/index.ts';
import { policyScheduleContract, type Schedule } from '../../contracts/policy-schedule.ts';

/** Notes what is asked of it; it writes everything. */
class NotingStore extends MemoryStore {
  readonly appends: AppendOutput[] = [];

  override append(append: AppendOutput, answers: InputSink): void {
    this.appends.push(append);
    super.append(append, answers);
  }
}

async function live({ definition, policy, sagas, answer }: Schedule): Promise<readonly AppendOutput[]> {
  const store = new NotingStore();
  const transport = {
    services: ['payment'],
    send: (call: Parameters<typeof answer>[0], answers: InputSink) =>
      answers.input({ kind: 'reply', call, outcome: answer(call) }),
  };
  const host = new Host({ store, transport, definitions: [definition], policy, overridePolicy: true });
  await host.start();
  for (let i = 0; i < sagas; i++) {
    await host.create(definition, {}, { id: `s-${i}` });
    await host.whenEnded(`s-${i}`);
  }
  await host.stop();
  return store.appends;
}

policyScheduleContract('the live host', live);
