// One process of `sagastorm bench`: times the measures of some suites, and tells its parent of each.

import type { FromChild } from './bench-record.ts';
import { timeRounds } from './rounds.ts';
import { SUITES } from './suites.ts';

/** What the parent asks for. */
export interface ChildTask {
  readonly suites: readonly string[];
  readonly rounds: number;
  readonly warmUp: number;
}

process.once('message', async (task: ChildTask) => {
  try {
    for (const suite of SUITES) if (task.suites.includes(suite.name)) await timeSuite(suite, task);
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
});
process.on('disconnect', () => process.exit());

async function timeSuite(suite: (typeof SUITES)[number], task: ChildTask): Promise<void> {
  const { measures, close } = await suite.open();
  for (const measure of measures) {
    const times = await timeRounds(measure, task);
    const { id, title, unit, count, reference } = measure;
    const about = { id, title, unit, count, reference: { title: reference.title, count: reference.count } };
    tell({ kind: 'measured', measure: { ...about, ...times } });
  }
  await close();
}

function tell(message: FromChild): void {
  process.send!(message);
}
