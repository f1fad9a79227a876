// Keeps a number of sagas in flight and takes the time of each: from the moment somebody asks for it until that somebody
// knows that it has ended.

import type { Durations } from '../../lean-journal.ts';

export async function inLanes(
  sagas: number,
  inFlight: number,
  first: number,
  saga: (number: number) => PromiseLike<unknown>,
): Promise<Durations> {
  const each = new Float64Array(sagas);
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < sagas) {
      const at = begun++;
      const begin = performance.now();
      await saga(first + at);
      each[at] = performance.now() - begin;
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: Math.min(inFlight, sagas) }, lane));
  return { each, allMs: performance.now() - begin };
}
