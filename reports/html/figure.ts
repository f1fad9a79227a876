// A chart with what belongs to it: what it shows, the drawing, and all of it as a table.

import { type DataTable, dataTable } from './data-table.ts';
import { html, type Markup, type Part } from './markup.ts';

export interface Figure {
  /** Anchor of the figure, unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What to look for, or how to read it. */
  readonly note?: Part;
  readonly drawing: Markup;
  readonly table: DataTable;
}

/** The figure; its table is closed until it is asked for, or printed. */
export function figure({ id, title, note, drawing, table }: Figure): Markup {
  return html`<figure id="${id}">
<figcaption><h3>${title}</h3>${note !== undefined && html`<p class="note">${note}</p>`}</figcaption>
${drawing}
<details class="data"><summary>As a table<span class="unseen">: ${table.name}</span></summary>
${dataTable(table)}
</details>
</figure>`;
}
