// What a run record tells of load, as rows of the terminal report: how much of the work was of use, and how each
// incident was noticed and overcome, with the course of the load drawn.

import type { RecordedLoad, RunRecord } from '../simulator/run-record.ts';
import { counted, duration, percent } from './wording.ts';

type Row = readonly [label: string, text: string];

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const COURSE_COLUMNS = 48;

/** No rows where nothing is told that is not told elsewhere. */
export function loadRows({ load, runs }: RunRecord): readonly Row[] {
  if (load === undefined || (load.incidents === undefined && load.circuitOpenUs === 0)) return [];
  return [['LOAD', work(load)], ...incidents(load, runs.total), ...courseRow(load)];
}

function work({ callsPerSaga, wastedCalls, circuitOpenUs }: RecordedLoad): string {
  const open = circuitOpenUs === 0 ? [] : [`circuits open for ${duration(circuitOpenUs)} of a run`];
  return [`${callsPerSaga.toFixed(2)} calls per saga`, `${percent(wastedCalls)} of no use`, ...open].join(
    ' · ',
  );
}

function incidents({ incidents: all = [], recovery }: RecordedLoad, runs: number): readonly Row[] {
  const unnoticed = runs === 1 ? 'never noticed' : 'not noticed in every run';
  return all.map(({ kind, service, fromUs, untilUs, requestsHurt, noticedAfterUs }, i) => {
    const when = `${kind} of ${service} from ${duration(fromUs)} to ${duration(untilUs)}`;
    const hurt = requestsHurt === 0 ? 'hurt nobody' : `hurt ${counted(requestsHurt, 'request')}`;
    const noticed = noticedAfterUs === undefined ? unnoticed : `noticed within ${duration(noticedAfterUs)}`;
    const back = i === all.length - 1 && recovery !== undefined ? [recovered(recovery)] : [];
    return [i === 0 ? 'INCIDENTS' : '', [when, hurt, noticed, ...back].join(' · ')];
  });
}

function recovered({ runs, recovered: back, longestUs }: NonNullable<RecordedLoad['recovery']>): string {
  if (back < runs) return `THE LOAD NEVER FELL BACK in ${runs - back} of ${counted(runs, 'run')}`;
  return longestUs === 0 ? 'the load was back at once' : `the load was back within ${duration(longestUs)}`;
}

/** Calls over time, while sagas were asked for. */
function courseRow({ course }: RecordedLoad): readonly Row[] {
  if (course === undefined) return [];
  const { bucketUs, buckets } = course;
  const last = buckets.findLastIndex(([started]) => started > 0);
  if (last < 1) return [];
  const perColumn = Math.ceil((last + 1) / COURSE_COLUMNS);
  const columns: number[] = [];
  for (let at = 0; at <= last; at += perColumn) {
    const part = buckets.slice(at, Math.min(at + perColumn, last + 1));
    columns.push(part.reduce((sum, [, , calls]) => sum + calls, 0) / part.length);
  }
  const most = Math.max(...columns);
  const bars = columns.map((calls) => BARS[Math.floor((calls / most) * (BARS.length - 1))]).join('');
  return [['', `calls, ${duration(bucketUs * perColumn)} a column: ${bars}`]];
}
