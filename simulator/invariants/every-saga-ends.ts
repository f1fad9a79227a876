// every-saga-ends. Liveness, judged once the world has healed (S8). A saga whose participant refuses it, faults
// aside, could not have progressed: that is no liveness bug, and the run is inconclusive instead.

import type { InvariantFactory } from './invariant.ts';

export const everySagaEnds: InvariantFactory = (report) => {
  let exercised = false;
  return {
    id: 'every-saga-ends',
    statement: 'Once the world heals, each saga ends or asks for a person within a bound',
    isExercised: () => exercised,
    onQuiescence(world) {
      exercised = true; // a run has at least one saga, and one that was forgotten has ended
      for (const file of world.files()) {
        if (file.ending === undefined && !world.isRefused(file.saga)) {
          const last = world.log(file.saga).at(-1)?.event.kind;
          report.violated(last === undefined ? 'was never begun' : `stands still after ${last}`, file);
        }
      }
    },
  };
};
