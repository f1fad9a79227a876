// Which fault struck a saga in which phase: a map of counts, each cell with the seed that hit it first.

import type { CellHit, RunRecord } from '../../../simulator/run-record.ts';
import { counted, number, percent } from '../../wording.ts';
import { command, copyButton } from '../command.ts';
import { type Cell, dataTable } from '../data-table.ts';
import { html, lines, type Markup } from '../markup.ts';
import { absent, type Section } from '../section.ts';
import { seedCommandOf } from './verdict.ts';

/** Between the phase and the fault in the name of a cell. */
const CROSS = ' × ';
const PHASES = ['running', 'compensating', 'ended'];

interface Hit extends CellHit {
  readonly phase: string;
  readonly fault: string;
}

export function coverageSection(record: RunRecord): Section {
  const { cells, hit, missing } = record.coverage;
  const body =
    cells === 0
      ? absent('No fault was to be delivered, so there is nothing to cover.')
      : html`<p>${number(hit)} of ${counted(cells, 'cell')} hit.${missing.length > 0 && ' A dash is a cell that was never hit; where nothing stands, the fault was not counted on to strike in that phase.'}</p>
${map(record)}${examples(record)}${never(record)}`;
  return { id: 'coverage', title: 'Faults by phase of the saga', body };
}

function split(name: string): readonly [phase: string, fault: string] {
  const [phase = '', fault = ''] = name.split(CROSS);
  return [phase, fault];
}

function hitsOf({ coverage: { examples = {} } }: RunRecord): readonly Hit[] {
  return Object.entries(examples).map(([name, hit]) => {
    const [phase, fault] = split(name);
    return { ...hit, phase, fault };
  });
}

function map(record: RunRecord): Markup {
  const { coverage, faults } = record;
  if (coverage.examples === undefined) return delivered(record);
  const hits = hitsOf(record);
  const missing = coverage.missing.map(split);
  const named = [...hits.map(({ fault }) => fault), ...missing.map(([, fault]) => fault)];
  const order = [...Object.keys(faults.delivered), ...Object.keys(faults.configured)];
  const rows = [...new Set([...order.filter((fault) => named.includes(fault)), ...named.toSorted()])];
  const seen = new Set([...hits.map(({ phase }) => phase), ...missing.map(([phase]) => phase)]);
  const phases = [
    ...PHASES.filter((phase) => seen.has(phase)),
    ...[...seen].filter((phase) => !PHASES.includes(phase)),
  ];
  const cellOf = (phase: string, fault: string): Markup => {
    const hit = hits.find((one) => one.phase === phase && one.fault === fault);
    if (hit !== undefined) return hitCell(hit, idOf(hit));
    const isMissing = missing.some(([p, f]) => p === phase && f === fault);
    return isMissing
      ? html`<td class="heat miss"><span aria-hidden="true">–</span><span class="unseen">never</span></td>`
      : html`<td class="heat"></td>`;
  };
  return html`<div class="table" role="region" aria-label="Faults by phase" tabindex="0"><table class="heatmap" data-name="Faults by phase">
<thead><tr><th scope="col">Fault</th>${phases.map((phase) => html`<th scope="col">${phase}</th>`)}<th scope="col" class="number extra">Delivered</th><th scope="col" class="number extra">Rate at most</th></tr></thead>
<tbody>
${lines(
  rows.map(
    (fault) =>
      html`<tr><th scope="row">${fault}</th>${phases.map((phase) => cellOf(phase, fault))}<td class="number extra" data-value="${faults.delivered[fault] ?? 0}">${number(faults.delivered[fault] ?? 0)}</td><td class="number extra" data-value="${faults.configured[fault] ?? ''}">${faults.configured[fault] === undefined ? '–' : percent(faults.configured[fault])}</td></tr>`,
  ),
)}
</tbody></table></div>
<p class="tools needs-js"><button type="button" class="quiet" data-csv>Save as CSV<span class="unseen">: faults by phase</span></button></p>`;
}

/** The shade tells the power of ten; the number tells the rest. */
function hitCell({ times, seed }: Hit, id: string): Markup {
  const shade = Math.min(5, String(times).length);
  return html`<td class="heat h${shade}" data-value="${times}"><a href="#${id}" title="first hit by seed ${seed}">${number(times)}</a></td>`;
}

function idOf({ phase, fault }: Hit): string {
  return `cell-${phase}-${fault}`.replace(/[^\w-]+/g, '-');
}

function examples(record: RunRecord): Markup | undefined {
  const hits = hitsOf(record);
  if (hits.length === 0) return undefined;
  const [first] = hits;
  const general = seedCommandOf(record, first!.seed);
  const seeds = [...Map.groupBy(hits, ({ seed }) => seed)];
  return html`<details class="data" id="cell-seeds"><summary>A seed for each cell</summary>
${general === undefined ? html`<p class="note">${record.live === undefined ? 'Replay the scenario with the seed.' : 'A run for real does not come out the same a second time.'}</p>` : html`<p class="note">${counted(seeds.length, 'seed')} hit them all first. To run one again:</p>${lines(seeds.slice(0, 8).map(([seed, of]) => html`${command(seedCommandOf(record, seed)!, `Run seed ${seed} again, the first to hit ${counted(of.length, 'cell')}`)}`))}${seeds.length > 8 && html`<p class="note">… and so on with the seeds of the table.</p>`}`}
<div class="table" role="region" aria-label="A seed for each cell" tabindex="0"><table data-name="A seed for each cell">
<thead><tr><th scope="col">Cell</th><th scope="col" class="number">Times</th><th scope="col">First seed</th></tr></thead>
<tbody>
${lines(hits.map((hit) => html`<tr id="${idOf(hit)}"><th scope="row">${hit.phase}${CROSS}${hit.fault}</th><td class="number" data-value="${hit.times}">${number(hit.times)}</td><td><code>${hit.seed}</code>${againButton(record, hit)}</td></tr>`))}
</tbody></table></div>
</details>`;
}

function againButton(record: RunRecord, { seed, phase, fault }: Hit): Markup | undefined {
  const line = seedCommandOf(record, seed);
  return line === undefined
    ? undefined
    : html` ${copyButton(line, `the command for ${phase}${CROSS}${fault}`)}`;
}

/** Older records know no cells: then what was delivered, by kind. */
function delivered({ faults }: RunRecord): Markup {
  return html`${absent('This record has no counts by cell: it was made by an older version.')}${dataTable({
    name: 'Faults delivered',
    columns: [
      { title: 'Fault' },
      { title: 'Delivered', isNumber: true },
      { title: 'Rate at most', isNumber: true },
    ],
    rows: Object.entries(faults.delivered).map(([fault, count]): readonly Cell[] => [
      fault,
      { text: number(count), value: count },
      { text: percent(faults.configured[fault] ?? 0), value: faults.configured[fault] ?? 0 },
    ]),
  })}`;
}

function never({ coverage: { missing }, faults: { undelivered } }: RunRecord): Markup | undefined {
  if (missing.length + undelivered.length === 0) return undefined;
  return html`${undelivered.length > 0 && html`<p>Enabled and never delivered: ${undelivered.join(', ')}.</p>`}${
    missing.length > 0 &&
    html`<details class="data"><summary>${counted(missing.length, 'cell')} never hit</summary><ul>${missing.map((cell) => html`<li>${cell}</li>`)}</ul></details>`
  }`;
}
