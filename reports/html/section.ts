// Sections of a page: a heading that can be linked to, and what stands under it.

import { html, type Markup, type Part } from './markup.ts';

export interface Section {
  /** Anchor of the section, unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly body: Part;
}

export function section({ id, title, body }: Section): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>`;
}

/** Links to all sections, in their order. */
export function contents(sections: readonly Section[]): Markup {
  return html`<nav class="contents" aria-label="Sections"><ul>${sections.map(
    ({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`,
  )}</ul></nav>`;
}

/** Names and what they stand for. */
export function pairs(list: readonly (readonly [name: string, value: Part] | undefined)[]): Markup {
  return html`<dl class="pairs">${list.flatMap((pair) =>
    pair === undefined ? [] : [html`<dt>${pair[0]}</dt><dd>${pair[1]}</dd>`],
  )}</dl>`;
}

/** Where a record lacks what a section would show. */
export function absent(sentence: string): Markup {
  return html`<p class="note">${sentence}</p>`;
}
