// Tables of a page: numbers to the right, wide ones scrolled in a box that the keyboard reaches, each to be had as CSV.

import { html, lines, type Markup, type Part } from './markup.ts';

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
  /** What the column is called in CSV, with its unit. */
  readonly csv?: string;
}

/** What stands in a cell; `value` is what CSV says instead of the text. */
export type Cell = string | number | Markup | { readonly text: Part; readonly value: string | number };

export interface DataTable {
  /** What the table is of; also its name for those who do not see it, and that of its CSV file. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** The first cell of each names the row. */
  readonly rows: readonly (readonly Cell[])[];
}

/** The table, in a box that scrolls when it is too wide. The section around it may have the same name: the box says that it is a table. */
export function dataTable({ name, columns, rows }: DataTable): Markup {
  return html`<div class="table" role="region" aria-label="Table: ${name}" tabindex="0"><table data-name="${name}">
<thead><tr>${columns.map(headCell)}</tr></thead>
<tbody>
${lines(rows.map((cells) => html`<tr>${cells.map((cell, i) => bodyCell(cell, i, columns[i]!))}</tr>`))}
</tbody></table></div>
<p class="tools needs-js"><button type="button" class="quiet" data-csv>Save as CSV<span class="unseen">: ${name}</span></button></p>`;
}

function headCell({ title, isNumber = false, csv }: Column): Markup {
  return html`<th scope="col"${isNumber && html` class="number"`}${csv !== undefined && html` data-csv-name="${csv}"`}>${title}</th>`;
}

function bodyCell(cell: Cell, index: number, { isNumber = false }: Column): Markup {
  const [text, value] = contentOf(cell);
  const attributes = html`${isNumber && html` class="number"`}${value !== undefined && html` data-value="${value}"`}`;
  return index === 0 ? html`<th scope="row"${attributes}>${text}</th>` : html`<td${attributes}>${text}</td>`;
}

function contentOf(cell: Cell): readonly [text: Part, value?: string | number] {
  if (typeof cell !== 'object') return [cell];
  return 'value' in cell ? [cell.text, cell.value] : [cell];
}
