// Times a measure and its reference, round by round in turn, with tinybench as the clock.

import { Bench } from 'tinybench';
import type { MeasuredRounds } from './bench-record.ts';
import type { Measure, Work } from './suite.ts';

/** One call, no warm-up of its own: rounds and their order are ours. */
const ONCE = { iterations: 1, time: 0, warmup: false, retainSamples: true, throws: true } as const;

/**
 * @param warmUpMs for so long rounds are thrown away, and at least one: the compiler is still at work
 * @throws Error of the work
 */
export async function timeRounds(
  measure: Measure,
  { rounds, warmUpMs }: { readonly rounds: number; readonly warmUpMs: number },
): Promise<MeasuredRounds> {
  const oursMs: number[] = [];
  const referenceMs: number[] = [];
  const begin = performance.now();
  let warming = 0;
  do await timeBoth(measure, measure.reference, --warming);
  while (performance.now() - begin < warmUpMs);
  for (let round = 0; round < rounds; round++) {
    const [ours, reference] = await timeBoth(measure, measure.reference, round);
    oursMs.push(ours);
    referenceMs.push(reference);
  }
  return { oursMs, referenceMs };
}

/** Who goes first changes from round to round. */
async function timeBoth(ours: Work, reference: Work, round: number): Promise<readonly [number, number]> {
  const bench = new Bench(ONCE);
  const order = round % 2 === 0 ? [ours, reference] : [reference, ours];
  // Said to be asynchronous: of any other function tinybench finds out by calling it, and what it began then would go on
  // beside what is timed.
  for (const [i, work] of order.entries()) bench.add(`${i}`, async () => work.run(round));
  const tasks = await bench.run();
  const times = tasks.map(({ result }) => {
    if (result.state !== 'completed') throw new Error(`a round ended ${result.state}`);
    return result.latency.mean;
  });
  return round % 2 === 0 ? [times[0]!, times[1]!] : [times[1]!, times[0]!];
}
