// A card per distinct failure: what is wrong, the smallest story that shows it, and how to see it again.

import type {
  FaultMark,
  RecordedViolation,
  RunRecord,
  ShrunkFailure,
} from '../../../simulator/run-record.ts';
import type { PlannedFault } from '../../../simulator/run-result.ts';
import { alikeWords, counted, duration, FAULTS_SHOWN_MAX, number, oftenWords } from '../../wording.ts';
import { command } from '../command.ts';
import { type Cell, dataTable } from '../data-table.ts';
import { html, lines, type Markup, type Part } from '../markup.ts';
import { pairs, type Section } from '../section.ts';

/** Faults of a failure that are listed; those of one that was not made small can be thousands. */
const FAULTS_MAX = 40;
const INCONCLUSIVE_MAX = 50;

/** Where the debugger page of a failure is, as a link. */
export type DebuggerOf = (violation: RecordedViolation) => string | undefined;

/** Nothing where nothing failed. */
export function failuresSection(record: RunRecord, debuggerOf: DebuggerOf): Section | undefined {
  const { violations, determinism, inconclusive } = record;
  const parts = [
    ...(determinism.equal < determinism.checked ? [divergence(record)] : []),
    ...violations.map((violation, i) => card(violation, i + 1, record, debuggerOf(violation))),
    ...(inconclusive.length > 0 ? [unanswered(record)] : []),
  ];
  if (parts.length === 0) return undefined;
  const title = violations.length > 0 ? counted(violations.length, 'distinct failure') : 'What went wrong';
  return { id: 'failures', title: title.charAt(0).toUpperCase() + title.slice(1), body: lines(parts) };
}

/** Anchor of the failure of this number, from 1; the debugger and other reports link to it. */
export function failureAnchor(place: number): string {
  return `failure-${place}`;
}

function card(
  violation: RecordedViolation,
  place: number,
  { runs, live }: RunRecord,
  link: string | undefined,
): Markup {
  const {
    invariant,
    statement,
    message,
    saga,
    seed,
    atUs,
    replay,
    also,
    alike,
    runTest,
    test,
    notShrunk,
    shrunk,
    faults,
    debug,
  } = violation;
  const id = failureAnchor(place);
  return html`<article class="failure tone-bad" id="${id}" tabindex="-1" aria-labelledby="${id}-title">
<h3 id="${id}-title"><a class="anchor" href="#${id}">${place}</a> <span class="state"><span aria-hidden="true">✗</span> ${invariant}</span> <span class="often">${violation.pinned !== true && 'in '}${oftenWords(violation, runs.total)}</span></h3>
<p class="message">${message}</p>
<p class="note">It should hold that: ${statement}.${also !== undefined && ` The same faults also break ${also.join(', ')}.`}${alike !== undefined && ` There ${alike === 1 ? 'is' : 'are'} ${alikeWords(alike)}.`}</p>
${shrunk !== undefined && story(shrunk, faults)}
${pairs([
  [
    'Where',
    `${saga === undefined ? '' : `saga ${saga}, `}at ${duration(atUs)} of ${live === undefined ? 'virtual' : 'real'} time`,
  ],
  ['Seed', html`<code>${seed}</code>`],
  shrunk === undefined ? undefined : ['Made small', size(shrunk)],
  notShrunk === undefined ? undefined : ['Not made small', notShrunk],
  debug === undefined ? undefined : ['Event by event', debuggerLink(debug, link)],
])}
<h4>See it again</h4>
${command(replay, `Replay failure ${place}`)}
${runTest !== undefined && html`<p class="small dim">A test that fails until the bug is mended${test !== undefined && html`, in <code>${test}</code>`}:</p>${command(runTest, `Run the test of failure ${place}`)}`}
${faultList(faults, place, shrunk === undefined)}
</article>`;
}

function debuggerLink(path: string, link: string | undefined): Markup {
  return link === undefined ? html`<code>${path}</code>` : html`<a href="${link}">Open in the debugger</a>`;
}

/** The faults that are left, in words: numbered, each with what the search found out about it. */
function story(
  { faults, marks, sentence, isMinimal }: ShrunkFailure,
  planned: readonly PlannedFault[],
): Markup {
  if (faults.length === 0) return html`<p>${sentence}</p>`;
  return html`<h4>${isMinimal ? 'The smallest story that shows it' : 'A story that shows it, and could be smaller'}</h4>
<ol class="story">${faults
    .slice(0, FAULTS_SHOWN_MAX)
    .map(
      (words, i) =>
        html`<li>${words}<small>${planned[i] !== undefined && html`<code>${planned[i].kind}</code>`}${markOf(marks[i])}</small></li>`,
    )}</ol>${faults.length > FAULTS_SHOWN_MAX && html`<p class="note">And ${number(faults.length - FAULTS_SHOWN_MAX)} more, listed below.</p>`}`;
}

function markOf(found: FaultMark | undefined): Part {
  if (found === undefined || !found.isNecessary) return undefined;
  return found.needsItsParameters ? ' · necessary, and 5 % milder is not enough' : ' · necessary';
}

function size({ from, faults, sagas, events, isMinimal, attempts }: ShrunkFailure): string {
  const sizes = [
    `${number(from.faults)} → ${counted(faults.length, 'fault')}`,
    `${number(from.sagas)} → ${counted(sagas, 'saga')}`,
    `${number(from.events)} → ${counted(events, 'event')}`,
  ];
  const end = isMinimal ? 'nothing can be left out' : 'the budget was spent before nothing could be left out';
  return `${sizes.join(', ')}, in ${counted(attempts, 'attempt')}; ${end}`;
}

function faultList(faults: readonly PlannedFault[], place: number, isOpen: boolean): Markup | undefined {
  if (faults.length === 0) return undefined;
  const more =
    faults.length > FAULTS_MAX
      ? html`<p class="note">The first ${FAULTS_MAX} of ${number(faults.length)}; the record has all.</p>`
      : undefined;
  const rows = faults.slice(0, FAULTS_MAX).map(({ kind, at, params }): readonly Cell[] => [
    kind,
    html`<code>${at}</code>`,
    Object.entries(params)
      .map(([name, value]) => `${name} ${number(value)}`)
      .join(', ') || '–',
  ]);
  return html`<details class="data"${isOpen && faults.length <= 5 && html` open`}><summary>${counted(faults.length, 'fault')} as data</summary>
${dataTable({ name: `Faults of failure ${place}`, columns: [{ title: 'Fault' }, { title: 'Strikes at' }, { title: 'With' }], rows })}
${more}</details>`;
}

function divergence({ determinism: { checked, equal, divergence: found } }: RunRecord): Markup {
  const where =
    found === undefined
      ? html`<p>Traced again, the runs agreed or were too large: try more seeds with fewer sagas.</p>`
      : pairs([
          ['Seed', html`<code>${found.seed}</code>`],
          ['Differs first', `in event ${number(found.index)}`],
          ['Once', html`<code>${found.first}</code>`],
          ['Again', html`<code>${found.second}</code>`],
        ]);
  return html`<article class="failure tone-bad" id="divergence" tabindex="-1"><h3><span class="state"><span aria-hidden="true">≠</span> not deterministic</span> <span class="often">${number(checked - equal)} of ${counted(checked, 'repeated run')} differed</span></h3>
${where}
<p>Look for state that outlives a run: variables of a module, caches, counters.</p></article>`;
}

function unanswered({ inconclusive }: RunRecord): Markup {
  const shown = inconclusive.slice(0, INCONCLUSIVE_MAX);
  return html`<article class="failure tone-warn" id="inconclusive" tabindex="-1"><h3><span class="state"><span aria-hidden="true">?</span> inconclusive</span> <span class="often">${counted(inconclusive.length, 'reason')}</span></h3>
${dataTable({
  name: 'Inconclusive runs',
  columns: [{ title: 'Seed' }, { title: 'Reason' }],
  rows: shown.map(({ seed, reason }) => [html`<code>${seed}</code>`, reason]),
})}
${inconclusive.length > shown.length && html`<p class="note">The first ${shown.length} of ${number(inconclusive.length)}; the record has all.</p>`}</article>`;
}
