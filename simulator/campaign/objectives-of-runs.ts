// Service levels of a policy that is compared, judged over its runs as a campaign of the same seeds is.

import type { Objective } from '../run-record.ts';
import type { SagaCounts } from '../run-result.ts';
import type { ServiceLevels } from '../service-levels.ts';
import { Durations } from './durations.ts';
import { LoadSummary } from './load-summary.ts';
import type { SeedMeasure } from './measure.ts';
import { objectivesOf } from './objectives.ts';

/**
 * Empty when nothing is promised.
 *
 * @param runs measured for it: see `MeasureTask.judgesPromises`
 */
export function objectivesOfRuns(
  levels: ServiceLevels,
  runs: readonly SeedMeasure[],
  sagas: SagaCounts,
): readonly Objective[] {
  if (Object.keys(levels).length === 0) return [];
  const [saga, compensation, step] = [new Durations(), new Durations(), new Durations()];
  const summary = new LoadSummary();
  for (const { sagaUs, compensationUs, promised, ...run } of runs) {
    saga.record(sagaUs);
    compensation.record(compensationUs);
    if (promised === undefined) continue;
    step.record(promised.stepUs);
    summary.addRun({ ...run, load: promised.load });
  }
  const load = summary.record();
  return objectivesOf(levels, {
    sagas,
    latencyUs: {
      saga: saga.percentiles(),
      compensation: compensation.percentiles(),
      step: step.percentiles(),
    },
    ...(load === undefined ? {} : { load }),
  });
}
