// The brief for architects as a page that prints on one sheet.

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

/** A self-contained HTML page. */
export function renderBriefHtml(record: CompareRecord): string {
  const { title, decision, why, evidence, caveats, replays, noReplays, method } = briefOf(record);
  const list = (texts: readonly string[], none: string): Markup =>
    texts.length === 0 ? html`<p>${none}</p>` : html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
  const drawn = front(new Pen(), record);
  const commands = replays.map((text) => command(text, 'Run it again'));
  return renderPage({
    title,
    style: FOREST_STYLE,
    body: lines([
      html`<header class="masthead"><h1>${title}</h1><p>${method}</p></header>`,
      html`<section class="verdict ${toneOf(record)}" id="verdict" aria-labelledby="decision"><h2 id="decision">${decision}</h2><p class="lead">${why}</p></section>`,
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
    ]),
  });
}
