// How long the sagas of a process that was killed wait for the next one:
// `node bench/recovery.bench.ts [--store sqlite|postgres] [--sagas 10000] [--rounds 3]`. A process with so many sagas in
// flight, and more coming, is killed with SIGKILL; a new host starts on its store. Exits with 1 when a saga was lost.

import { parseArgs } from 'node:util';
import { mediumOf } from './live-medium.ts';
import { type Figure, liveAndDie, recover } from './recovery.ts';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite' },
    sagas: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
  },
});
const [sagas, rounds] = [Number(values.sagas), Number(values.rounds)];
const isUsable = [sagas, rounds].every((number) => Number.isInteger(number) && number > 0);
const medium = isUsable ? await mediumOf(values.store) : undefined;
if (medium === undefined) {
  const usage = 'node bench/recovery.bench.ts [--store sqlite|postgres] [--sagas 10000] [--rounds 3]';
  console.error(`this is not to be had. Usage: ${usage}`);
  process.exit(64);
}

const figures: Figure[] = [];
for (let round = 0; round < rounds; round++) {
  const place = await medium.place();
  figures.push(await recover(place, await liveAndDie(place, sagas), sagas));
}
await medium.close();

const median = (of: (figure: Figure) => number): string =>
  `${figures
    .map(of)
    .toSorted((a, b) => a - b)
    [figures.length >> 1]!.toFixed(2)} s`;
const lost = figures.reduce((sum, figure) => sum + figure.lost, 0);
console.log(
  `${sagas.toLocaleString('en')} sagas in flight, ${values.store}, medians of ${rounds} after SIGKILL`,
);
console.log(`  start() has resolved    ${median(({ started }) => started)}`);
console.log(`  all calls sent again    ${median(({ sent }) => sent)}`);
console.log(`  all sagas have ended    ${median(({ ended }) => ended)}`);
console.log(`  sagas lost, all rounds  ${lost}`);
process.exitCode = lost === 0 ? 0 : 1;
