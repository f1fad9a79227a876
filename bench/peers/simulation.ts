// Workload W on sagastorm and on what a TypeScript user would pick instead: `npm run simulation -- [--rounds 5]
// [--sagas N] [--only id,id]`. In every round each contender runs for a second, in turn; only the ratios count.

import { introduced, machine, median, options, progress, ratio, table, times, whole } from './comparison.ts';
import type { Contender } from './contender-process.ts';
import { OURS, peers } from './simulation/peers.ts';

/** Before the first round, as in ../suite.ts: the compiler is still at work. */
const WARM_UP_MS = 4_000;
/** What a measurement takes, at least. */
const LEAST_MS = 1_000;

const { rounds, sagasMax, ids } = options('simulation', Object.keys(peers), [OURS]);
const contenders = await introduced('simulation', ids);
const figures = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
const sagasOf = ({ introduction }: Contender): number => Math.min(sagasMax, introduction?.sagas[0] ?? 0);

for (let round = 0; round <= rounds; round++)
  for (const contender of contenders) {
    progress(`${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}: ${contender.name}`);
    const leastMs = round === 0 ? WARM_UP_MS : LEAST_MS;
    const measured = await contender.measure({ kind: 'simulate', sagas: sagasOf(contender), round, leastMs });
    if (round > 0 && measured !== undefined) figures.get(contender)!.push(measured.perSecond);
  }
progress('');

const ours = figures.get(contenders[0]!)!;
const rows = contenders.map((contender) => {
  const theirs = figures.get(contender)!;
  const { introduction, failure, name } = contender;
  if (failure !== undefined || introduction === undefined)
    return [name, introduction?.version ?? '–', '–', '–', '–', `did not run: ${failure}`];
  const { version, how } = introduction;
  const speed = whole(median(theirs));
  return [name, version, whole(sagasOf(contender)), speed, times(ratio(ours, theirs)), how];
});

console.log(`${machine()}; medians of ${rounds} rounds, interleaved, each contender in a process of its own`);
console.log('Workload W: three steps, 30 % of the credits fail, three attempts, compensation in reverse.\n');
console.log(table(['W', 'version', 'sagas', 'sagas/s', 'ours / it', 'how'], rows));
for (const contender of contenders) await contender.stop();
if (contenders[0]!.failure !== undefined) process.exitCode = 1;
