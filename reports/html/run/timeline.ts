// A campaign over time, all runs one above the other: what was asked for and ended, how long it took, what was sent and
// injected; with the time of chaos and the incidents shaded.

import type { RecordedTimeline, RunRecord } from '../../../simulator/run-record.ts';
import type { IncidentResult, TimelineBucket } from '../../../simulator/run-result.ts';
import { counted, duration, number } from '../../wording.ts';
import { type Cell, dataTable } from '../data-table.ts';
import { figure } from '../figure.ts';
import { html, type Markup } from '../markup.ts';
import type { Pen } from '../pen.ts';
import { absent, type Section } from '../section.ts';
import { boundOf, boundText } from './at-most.ts';
import { timeWord } from './summary.ts';
import { drawPanels, heightOf, type Panel, type Series, type Window } from './timeline-panels.ts';

const SECOND_US = 1_000_000;

export function timelineSection(record: RunRecord, pen: Pen): Section {
  const { timeline } = record;
  const body =
    timeline === undefined || timeline.buckets.length === 0
      ? absent('This record has no timeline: it was made by an older version, or nothing happened.')
      : html`${chart(record, timeline, pen)}${incidents(record)}`;
  return { id: 'timeline', title: 'Over time', body };
}

function chart(record: RunRecord, timeline: RecordedTimeline, pen: Pen): Markup {
  const { bucketUs } = timeline;
  const observedMaxUs = record.latencyUs.saga.max;
  const panels = panelsOf(timeline, observedMaxUs);
  const windows = windowsOf(record, timeline);
  const caption = { name: 'The campaign over time', description: describe(record, timeline, windows) };
  return figure({
    id: 'over-time',
    title:
      record.runs.total > 1
        ? `${counted(record.runs.total, 'run')}, one above the other`
        : 'From the first saga to the last',
    note: `By stretches of ${duration(bucketUs)} of ${timeWord(record)} time.${shadedText(record, windows)}`,
    drawing: pen.draw(caption, heightOf(panels), (canvas) =>
      drawPanels(canvas, { panels, windows, bucketUs, buckets: lastAlive(timeline) + 1 }),
    ),
    table: {
      name: 'The campaign over time',
      columns: [
        { title: 'From', csv: 'from in µs' },
        ...['Started', 'Completed', 'Did not complete', 'Calls', 'Faults'].map((title) => ({
          title,
          isNumber: true,
        })),
        { title: 'p50', isNumber: true, csv: 'p50 in µs, at most' },
        { title: 'p99', isNumber: true, csv: 'p99 in µs, at most' },
      ],
      rows: timeline.buckets.map((bucket, i) => rowOf(bucket, i * bucketUs, observedMaxUs)),
    },
  });
}

/** The last bucket in which anything but late faults happened; the table has those after it, too. */
function lastAlive({ buckets }: RecordedTimeline): number {
  const last = buckets.findLastIndex(
    ({ started, completed, undone, calls }) => started + completed + undone + calls > 0,
  );
  return last < 0 ? buckets.length - 1 : last;
}

function rowOf(
  { started, completed, undone, calls, faults, p50Us, p99Us }: TimelineBucket,
  fromUs: number,
  observedMaxUs: number,
): readonly Cell[] {
  return [
    { text: fromUs === 0 ? '0' : duration(fromUs), value: fromUs },
    ...[started, completed, undone, calls, faults].map((count) => ({ text: number(count), value: count })),
    ...[p50Us, p99Us].map((us) =>
      us === undefined
        ? { text: '–', value: '' }
        : { text: boundText(us, observedMaxUs), value: boundOf(us, observedMaxUs) },
    ),
  ];
}

function panelsOf({ bucketUs, buckets }: RecordedTimeline, observedMaxUs: number): readonly Panel[] {
  const perSecond = (name: string, series: number, count: (bucket: TimelineBucket) => number): Series => ({
    name,
    series,
    values: buckets.map((bucket) => (count(bucket) * SECOND_US) / bucketUs),
  });
  const time = (
    name: string,
    series: number,
    of: (bucket: TimelineBucket) => number | undefined,
  ): Series => ({
    name,
    series,
    values: buckets.map((bucket) => {
      const us = of(bucket);
      return us === undefined ? undefined : boundOf(us, observedMaxUs);
    }),
  });
  return [
    {
      title: 'sagas per second',
      kind: 'rate',
      series: [
        perSecond('started', 5, ({ started }) => started),
        perSecond('completed', 1, ({ completed }) => completed),
        perSecond('did not complete', 2, ({ undone }) => undone),
      ],
    },
    {
      title: 'how long sagas took that ended then, at most',
      kind: 'time',
      series: [time('p50', 1, ({ p50Us }) => p50Us), time('p99', 4, ({ p99Us }) => p99Us)],
    },
    {
      title: 'per second',
      kind: 'rate',
      series: [
        perSecond('calls', 1, ({ calls }) => calls),
        ...(buckets.some(({ faults }) => faults > 0) ? [perSecond('faults', 4, ({ faults }) => faults)] : []),
      ],
    },
  ];
}

/** Of a run for real it is not recorded when faults struck. */
function windowsOf({ faults, load, live }: RunRecord, { healAtUs }: RecordedTimeline): readonly Window[] {
  const hasChaos = live === undefined && Object.keys(faults.delivered).length > 0;
  return [
    ...(hasChaos ? [{ kind: 'chaos', name: 'chaos', fromUs: 0, untilUs: healAtUs } as const] : []),
    ...(load?.incidents ?? []).map(
      ({ kind, service, fromUs, untilUs }) =>
        ({ kind: 'incident', name: `${kind} of ${service}`, fromUs, untilUs }) as const,
    ),
  ];
}

function shadedText({ live }: RunRecord, windows: readonly Window[]): string {
  const shaded = windows.length === 0 ? '' : ` Shaded: ${windows.map(windowText).join('; ')}.`;
  return live === undefined ? shaded : `${shaded} When each fault struck is not recorded of a run for real.`;
}

function windowText({ name, fromUs, untilUs }: Window): string {
  return fromUs === 0
    ? `${name} until ${duration(untilUs)}`
    : `${name} from ${duration(fromUs)} to ${duration(untilUs)}`;
}

function describe(
  record: RunRecord,
  { buckets, bucketUs }: RecordedTimeline,
  windows: readonly Window[],
): string {
  const busiest = buckets.reduce((most, { calls }, i) => (calls > buckets[most]!.calls ? i : most), 0);
  return [
    `${counted(buckets.length, 'stretch').replace('stretchs', 'stretches')} of ${duration(bucketUs)} of ${timeWord(record)} time`,
    `most calls, ${number(buckets[busiest]!.calls)}, in the one from ${duration(busiest * bucketUs)}`,
    ...windows.map(windowText),
  ].join('; ');
}

/** How each incident was noticed and overcome. */
function incidents({ load, runs }: RunRecord): Markup | undefined {
  const all = load?.incidents ?? [];
  if (all.length === 0) return undefined;
  const rows = all.map((incident): readonly Cell[] => [
    `${incident.kind} of ${incident.service}`,
    { text: duration(incident.fromUs), value: incident.fromUs },
    { text: duration(incident.untilUs), value: incident.untilUs },
    { text: number(incident.requestsHurt), value: incident.requestsHurt },
    noticed(incident, runs.total),
  ]);
  return html`<section id="incidents" aria-labelledby="incidents-title"><h3 id="incidents-title">Incidents</h3>
${dataTable({
  name: 'Incidents',
  columns: [
    { title: 'Incident' },
    { title: 'From', isNumber: true, csv: 'from in µs' },
    { title: 'To', isNumber: true, csv: 'to in µs' },
    { title: 'Requests hurt', isNumber: true },
    { title: 'Noticed', isNumber: true, csv: 'noticed after, in µs' },
  ],
  rows,
})}
${recovery(load)}</section>`;
}

function noticed({ noticedAfterUs }: IncidentResult, runs: number): Cell {
  if (noticedAfterUs === undefined) return { text: runs === 1 ? 'never' : 'not in every run', value: '' };
  return { text: `within ${duration(noticedAfterUs)}`, value: noticedAfterUs };
}

function recovery(load: RunRecord['load']): Markup | undefined {
  if (load?.recovery === undefined) return undefined;
  const { runs, recovered, longestUs } = load.recovery;
  if (recovered < runs)
    return html`<p><strong>The load never fell back</strong> in ${runs - recovered} of ${counted(runs, 'run')}.</p>`;
  return html`<p>${longestUs === 0 ? 'When the last incident ended the load was back at once' : `The load was back within ${duration(longestUs)} of the last incident`}.</p>`;
}
