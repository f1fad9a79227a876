// The brief for architects as a page that prints on one sheet of A4.

import type { CompareRecord } from '../../../simulator/compare-record.ts';
import { briefOf } from '../../brief.ts';
import { command } from '../command.ts';
import { html, lines, type Markup } from '../markup.ts';
import { renderPage } from '../page.ts';
import { Pen } from '../pen.ts';
import { section } from '../section.ts';
import { FOREST_STYLE } from './forest.ts';
import { front } from './front.ts';
import { toneOf } from './tone.ts';

/** On paper the chart is enough: its numbers stand in the evidence, and in the comparison. */
const BRIEF_STYLE = `
@page { size: A4; margin: 12mm 14mm }
@media print { body { font-size: 9.5pt; line-height: 1.3 } .masthead { margin-bottom: .3rem } section { margin: .5rem 0 } h2 { font-size: 1.05rem;
  margin: 0 0 .2rem } .verdict { padding: .4rem .9rem } .verdict h2 { font-size: 1.2rem } .verdict .lead { font-size: 10.5pt }
  p, li { max-width: none } p, ul { margin-bottom: .2rem } li { margin: .05rem 0 } .note, .small { font-size: 8.5pt }
  h3 { font-size: 10pt } details.data { display: none } figure { margin: .4rem 0 0 } .chart { max-width: 34rem;
  max-height: 11.5rem }
  .command { margin: .1rem 0 } .command code { padding: .15rem .5rem } }
`;

/** A self-contained HTML page. */
export function renderBriefHtml(record: CompareRecord): string {
  const { title, decision, why, changes, promises, evidence, caveats, replays, noReplays, method } =
    briefOf(record);
  const list = (texts: readonly string[], none: string): Markup =>
    texts.length === 0 ? html`<p>${none}</p>` : html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
  const drawn = front(new Pen(), record);
  const commands = replays.map((text) => command(text, 'Run it again'));
  const change = changes.map(({ words, typed }) =>
    typed === undefined ? html`<li>${words}</li>` : html`<li>${words} <code>${typed}</code></li>`,
  );
  return renderPage({
    title,
    style: FOREST_STYLE + BRIEF_STYLE,
    body: lines([
      html`<header class="masthead"><h1>${title}</h1></header>`,
      html`<section class="verdict ${toneOf(record)}" id="verdict" aria-labelledby="decision"><h2 id="decision">${decision}</h2><p class="lead">${why}</p></section>`,
      change.length > 0 &&
        section({ id: 'changes', title: 'What to change', body: html`<ul>${change}</ul>` }),
      promises.length > 0 &&
        section({ id: 'service-levels', title: 'Service levels', body: list(promises, '') }),
      section({
        id: 'evidence',
        title: 'Evidence',
        body: lines([list(evidence, 'No difference can be told apart from noise.'), drawn]),
      }),
      section({ id: 'caveats', title: 'What speaks against it', body: list(caveats, 'Nothing was found.') }),
      section({
        id: 'seeds',
        title: 'Look for yourself',
        body: commands.length === 0 ? html`<p>${noReplays}</p>` : lines(commands),
      }),
      html`<p class="small dim" id="method">${method}</p>`,
    ]),
  });
}
