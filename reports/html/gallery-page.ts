// The reports of several campaigns at a glance: a card for each, which leads to its page.

import type { RunRecord, Verdict } from '../../simulator/run-record.ts';
import { counted, duration, number } from '../wording.ts';
import { dataTable } from './data-table.ts';
import { html, lines, type Markup } from './markup.ts';
import { renderPage } from './page.ts';
import { Pen } from './pen.ts';
import { failureAnchor } from './run/failures.ts';
import { sign } from './run/invariants.ts';
import { outcomeBar } from './run/outcomes.ts';
import { timeWord } from './run/summary.ts';
import { extent, sentenceOf, type Tone, VERDICTS } from './run/verdict.ts';
import { type Section, section } from './section.ts';

/** Failures that a card names; its report has all. */
const FAILURES_MAX = 3;

/** How many of them came to which verdict: `2 violated`. */
const WORDS: Readonly<Record<Verdict, string>> = {
  held: 'held',
  violated: 'violated',
  inconclusive: 'inconclusive',
  'slo-missed': 'with a service level missed',
  nondeterministic: 'not deterministic',
};

const STYLE = `
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); gap: 1rem; margin: 1rem 0;
  padding: 0; list-style: none } .cards > li { max-width: none; margin: 0; background: var(--card); border: 1px solid var(--line);
  border-left: .375rem solid var(--tone); border-radius: .625rem; padding: 1rem 1.1rem }
.cards h2 { font-size: 1.125rem; margin: 0 0 .15rem; display: flex; flex-wrap: wrap; gap: .1rem .75rem;
  justify-content: space-between } .cards p { margin: 0 0 .5rem } .cards .chart.wide { display: none }
.cards .chart.narrow { display: block; max-width: none } .cards ul { margin: .25rem 0 0 }
@media print { .cards > li { break-inside: avoid } }
`;

/**
 * Renders several records as one document that links to the report of each; the text ends in a newline.
 *
 * @param hrefOf where that report is, from the gallery; by default `<scenario>/report.html`
 */
export function renderGalleryHtml(
  records: readonly RunRecord[],
  hrefOf: (record: RunRecord, index: number) => string = besideIt,
): string {
  const pen = new Pen();
  const links = records.map(hrefOf);
  const bad = records.filter(({ verdict }) => verdict !== 'held').length;
  const title =
    bad === 0
      ? `✓ ${records.length === 1 ? 'The one scenario' : `All ${counted(records.length, 'scenario')}`} held`
      : `✗ ${number(bad)} of ${counted(records.length, 'scenario')} did not pass`;
  return renderPage({
    title: `${title} · sagastorm`,
    style: STYLE,
    body: html`<header class="masthead"><h1>sagastorm</h1><p>${seeds(records)}</p></header>
<section class="verdict tone-${bad === 0 ? 'ok' : worstTone(records)}" id="verdict" aria-labelledby="verdict-title">
<h2 id="verdict-title">${title}</h2>
<p class="lead">${tally(records)}</p>
</section>
<ul class="cards">
${lines(records.map((record, i) => card(record, links[i]!, pen)))}
</ul>
${section(allOf(records, links))}`,
    meta: {
      body: html`<p>What differs between two runs of the same command: it took ${duration(records.reduce((sum, { meta }) => sum + meta.wallMs, 0) * 1_000)}${records[0] !== undefined && html`, from ${records[0].meta.startedAt}`}.</p>`,
    },
  });
}

function besideIt({ scenario }: RunRecord): string {
  return `${encodeURIComponent(scenario)}/report.html`;
}

/** What all of them share is said once. */
function seeds(records: readonly RunRecord[]): string {
  const shared = (of: (record: RunRecord) => string): readonly string[] => {
    const all = new Set(records.map(of));
    return all.size === 1 ? [...all] : [];
  };
  return [
    ...shared(({ rootSeed }) => `root seed “${rootSeed}”`),
    ...shared(({ profile }) => `${profile} profile`),
    ...shared(({ version }) => `sagastorm ${version}`),
  ].join(' · ');
}

function worstTone(records: readonly RunRecord[]): Tone {
  const tones = records.map(({ verdict }) => VERDICTS[verdict].tone);
  return tones.includes('bad') ? 'bad' : 'warn';
}

/** `8 held, 1 violated`, worst first. */
function tally(records: readonly RunRecord[]): string {
  const order = ['nondeterministic', 'violated', 'slo-missed', 'inconclusive', 'held'] as const;
  const counts = order.map(
    (verdict) => [records.filter((one) => one.verdict === verdict).length, WORDS[verdict]] as const,
  );
  const runs = records.reduce((sum, record) => sum + record.runs.total, 0);
  const sagas = records.reduce((sum, record) => sum + record.sagas.started, 0);
  const told = counts.filter(([count]) => count > 0).map(([count, words]) => `${number(count)} ${words}`);
  return `${told.join(', ')}: ${counted(runs, 'run')}, ${counted(sagas, 'saga')} in all.`;
}

function card(record: RunRecord, href: string, pen: Pen): Markup {
  const { scenario, verdict, latencyUs, violations } = record;
  const { count, p50, p99 } = latencyUs.saga;
  const failures = violations
    .slice(0, FAILURES_MAX)
    .map(
      ({ invariant, message }, i) =>
        html`<li><a href="${href}#${failureAnchor(i + 1)}">${invariant}</a>: ${message}</li>`,
    );
  const more = violations.length - FAILURES_MAX;
  return html`<li class="tone-${VERDICTS[verdict].tone}">
<h2><a href="${href}">${scenario}</a> ${sign(VERDICTS[verdict])}</h2>
<p class="small dim">${extent(record)} · ${record.profile} · ${record.policy} policy</p>
<p class="small">${sentenceOf(record)}</p>
${outcomeBar(record, pen)}
<p class="small">${count === 0 ? 'No saga ended.' : `Half ended within ${duration(p50)}, 99 % within ${duration(p99)} of ${timeWord(record)} time.`}</p>
${failures.length > 0 && html`<ul class="small">${failures}${more > 0 && html`<li>and ${number(more)} more</li>`}</ul>`}
</li>`;
}

function allOf(records: readonly RunRecord[], links: readonly string[]): Section {
  return {
    id: 'all',
    title: 'All in one table',
    body: dataTable({
      name: 'All scenarios',
      columns: [
        { title: 'Scenario' },
        { title: 'Verdict' },
        ...['Runs', 'Sagas', 'Completed', 'Failures'].map((title) => ({ title, isNumber: true })),
        { title: 'p50', isNumber: true, csv: 'p50 in µs' },
        { title: 'p99', isNumber: true, csv: 'p99 in µs' },
      ],
      rows: records.map(({ scenario, verdict, runs, sagas, violations, latencyUs: { saga } }, i) => [
        { text: html`<a href="${links[i]!}">${scenario}</a>`, value: scenario },
        { text: sign(VERDICTS[verdict]), value: verdict },
        ...[runs.total, sagas.started, sagas.completed, violations.length].map((count) => ({
          text: number(count),
          value: count,
        })),
        ...[saga.p50, saga.p99].map((us) =>
          saga.count === 0 ? { text: '–', value: '' } : { text: duration(us), value: us },
        ),
      ]),
    }),
  };
}
