// The live engine on SQLite with every commit on the disk, by sagas in flight, beside the lean journal on the same disk.

import { loadHost, loadJournal } from '../live-load.ts';
import { type Medium, mediumOf, storeAt } from '../live-medium.ts';
import type { Measure, Suite } from '../suite.ts';

/** In flight → sagas in a round. */
const LOADS: readonly (readonly [inFlight: number, sagas: number])[] = [
  [1, 100],
  [100, 3_000],
  [1_000, 10_000],
  [10_000, 20_000],
];

export const liveSuite: Suite = {
  name: 'live',
  about: 'the live engine on SQLite, every commit on the disk, by sagas in flight',
  async open() {
    const medium = (await mediumOf('sqlite'))!;
    return { measures: LOADS.map((load) => measureOf(medium, ...load)), close: () => medium.close() };
  },
};

function measureOf(medium: Medium, inFlight: number, sagas: number): Measure {
  return {
    id: `live/sqlite-${inFlight}`,
    title: `${inFlight.toLocaleString('en')} in flight`,
    unit: 'sagas',
    count: sagas,
    async run() {
      await loadHost(await storeAt(await medium.place()), sagas, inFlight);
    },
    reference: {
      title: 'lean journal',
      count: sagas,
      async run() {
        await loadJournal(await medium.journal(), sagas, inFlight);
      },
    },
  };
}
