// One process of `sagastorm bench`: times the measures of one suite, and tells its parent of each.

import type { FromChild } from './bench-record.ts';
import { timeRounds } from './rounds.ts';
import { SUITES } from './suites.ts';

/** What the parent asks for. */
export interface ChildTask {
  readonly suite: string;
  readonly rounds: number;
  readonly warmUpMs: number;
}

process.once('message', async (task: ChildTask) => {
  try {
    await timeSuite(SUITES.find(({ name }) => name === task.suite)!, task);
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
