// The page of a comparison: the recommendation first, then its evidence, then where it loses, then what it rests on.

import type { CompareRecord } from '../../../simulator/compare-record.ts';
import { verdicts } from '../../compare.ts';
import { blocksOf, contendersOf } from '../../compare-rows.ts';
import { promiseRowsOf } from '../../promise-rows.ts';
import { counted, curly, duration, number, percent } from '../../wording.ts';
import { dataTable } from '../data-table.ts';
import { html, lines, type Markup } from '../markup.ts';
import { renderPage } from '../page.ts';
import { Pen } from '../pen.ts';
import { contents, pairs, type Section, section } from '../section.ts';
import { latencies } from './curves.ts';
import { FOREST_STYLE, forest, forestNote } from './forest.ts';
import { front } from './front.ts';
import { losses, paired } from './paired.ts';
import { PROMISES_STYLE, promiseCell, promises } from './promises.ts';
import { SENSITIVITY_STYLE, sensitivity } from './sensitivity.ts';
import { toneOf } from './tone.ts';

/** A self-contained HTML page of one comparison. */
export function renderComparisonHtml(record: CompareRecord): string {
  const pen = new Pen();
  const [baseline] = record.policies;
  const sections: readonly Section[] = [
    { id: 'policies', title: contendersOf(record).Many, body: ranking(record) },
    ...some({ id: 'service-levels', title: 'Service levels', body: promises(record) }),
    ...some({ id: 'trade-off', title: 'What each gives and takes', body: front(pen, record) }),
    {
      id: 'differences',
      title: `Against “${baseline!.name}”`,
      body: lines([forestNote(baseline!.name), forest(pen, record)]),
    },
    ...some({ id: 'latency', title: 'Latency', body: latencies(pen, record) }),
    ...some({ id: 'sensitivity', title: 'In other weather', body: sensitivity(record) }),
    { id: 'seeds', title: 'Seed by seed', body: paired(pen, record) },
    { id: 'losses', title: 'Where it loses', body: losses(record) },
    { id: 'assumptions', title: 'What this rests on', body: assumptions(record) },
  ];
  return renderPage({
    title: `${contendersOf(record).Many} for ${record.scenario}`,
    body: lines([
      masthead(record),
      verdict(record),
      contents(sections),
      ...sections.map(section),
      save(record),
    ]),
    data: { record: withoutMeta(record) },
    meta: { body: made(record), data: { 'record-rest': { node: record.node, meta: record.meta } } },
    style: FOREST_STYLE + SENSITIVITY_STYLE + PROMISES_STYLE,
  });
}

function save({ scenario }: CompareRecord): Markup {
  return html`<p class="tools needs-js"><button type="button" data-json="record" data-json-rest="record-rest" data-file="${scenario}.compare.json">Save the record as JSON</button></p>`;
}

function some(one: Omit<Section, 'body'> & { readonly body: Markup | undefined }): readonly Section[] {
  return one.body === undefined ? [] : [one];
}

function masthead(record: CompareRecord): Markup {
  const { scenario, policies, seeds, sagasPerRun, rootSeed, profile } = record;
  const { many, Many } = contendersOf(record);
  const contenders = policies.filter(({ role }) => role !== 'control').length;
  return html`<header class="masthead"><h1>${Many} for ${scenario}</h1>
<p>${number(contenders)} ${many} over the same ${counted(seeds, 'seed')} of ${counted(sagasPerRun, 'saga')} · root seed “${rootSeed}” · ${profile}</p></header>`;
}

function verdict(record: CompareRecord): Markup {
  const isKept = record.recommended === record.policies[0]!.name;
  return html`<section class="verdict ${toneOf(record)}" id="verdict" aria-labelledby="verdict-title">
<h2 id="verdict-title">${isKept ? `Keep “${record.recommended}”` : `Take “${record.recommended}”`}</h2>
<p class="lead">${curly(record.sentence)}</p>
${lines(verdicts(record).map((line) => html`<p>${curly(line)}</p>`))}
</section>`;
}

/** The metrics that decide, a policy a row; the whole of it stands below. */
const SHOWN = ['completed', 'latency-mean', 'latency-p99', 'calls'];

function ranking(record: CompareRecord): Markup {
  const blocks = blocksOf(record);
  const shown = SHOWN.flatMap((id) => {
    const i = record.metrics.findIndex((metric) => metric.id === id);
    return i < 0 ? [] : [{ metric: record.metrics[i]!, block: blocks[i]! }];
  });
  const kept = promiseRowsOf(record);
  const order = record.policies.map((_, i) => i).sort((a, b) => rankOf(record, a) - rankOf(record, b));
  return dataTable({
    name: `${contendersOf(record).Many} and what decides between them`,
    columns: [
      { title: contendersOf(record).One },
      ...(kept.length === 0 ? [] : [{ title: 'service levels' }]),
      ...shown.map(({ metric }) => ({ title: metric.title, isNumber: true })),
    ],
    rows: order.map((i) => [
      { text: policyText(record, i), value: blocks[0]!.rows[i]!.policy },
      ...(kept.length === 0 ? [] : [promiseCell(kept[i]!)]),
      ...shown.map(({ block }) => {
        const { value, difference } = block.rows[i]!;
        return { text: html`${value}<div class="dim small">${difference}</div>`, value };
      }),
    ]),
  });
}

function policyText({ policies, recommended }: CompareRecord, i: number): Markup {
  const { name, role, isOnFront } = policies[i]!;
  if (role === 'control') return html`${name} again`;
  const marks = [
    name === recommended && 'recommended',
    role === 'baseline' && 'baseline',
    isOnFront && 'on the front',
  ];
  const said = marks.filter((one) => one !== false).join(', ');
  return html`${name}${said !== '' && html` <span class="dim">(${said})</span>`}`;
}

/** The recommended first, then by sagas that completed; the control last. */
function rankOf({ policies, recommended }: CompareRecord, i: number): number {
  const { name, role, metrics } = policies[i]!;
  if (role === 'control') return 3;
  if (name === recommended) return -1;
  return 1 - (metrics.find(({ id }) => id === 'completed')?.value ?? 0);
}

function assumptions({ assumptions: list, statistics }: CompareRecord): Markup {
  const { resamples, familyError, seedsNeeded } = statistics;
  return html`<ul>${list.map((one) => html`<li>${one}</li>`)}</ul>
<p class="note">${number(resamples)} resamples, over seeds; told apart at ${percent(familyError)} after Holm’s correction. Under ${number(seedsNeeded)} seeds no interval is shown.</p>`;
}

function made({ version, node, scenarioHash, policies, meta }: CompareRecord): Markup {
  return html`<h2>Made by</h2>
${pairs([
  ['sagastorm', version],
  ['Node', node],
  ['Scenario', html`<code>${scenarioHash}</code>`],
  [
    'Fingerprints',
    html`${policies.map(({ name, role, fingerprint }) => html`<div>${name}${role === 'control' && ' again'} <code>${fingerprint}</code></div>`)}`,
  ],
  ['Took', duration(meta.wallMs * 1_000)],
  ['At', meta.startedAt],
])}`;
}

/** Equal results have equal data. */
function withoutMeta({ meta: _, node: __, ...record }: CompareRecord): object {
  return record;
}
