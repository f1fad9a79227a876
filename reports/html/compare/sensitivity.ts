// Sensitivity: how the recommended policy does when faults are rarer or more frequent, and with other timeouts.

import type { CompareRecord } from '../../../simulator/compare-record.ts';
import {
  gridsOf,
  type SensitivityEntry,
  type SensitivityGrid,
  SHADES,
  sensitivityNote,
} from '../../sensitivity-rows.ts';
import { curly } from '../../wording.ts';
import { HEATMAP_STYLE } from '../heatmap.ts';
import { html, lines, type Markup } from '../markup.ts';

/** Nothing when the comparison was not asked for it. */
export function sensitivity(record: CompareRecord): Markup | undefined {
  const grids = gridsOf(record);
  if (grids.length === 0) return undefined;
  return lines([
    html`<p class="note">${curly(sensitivityNote(record))}</p>`,
    legend(grids),
    ...grids.map(heatmap),
  ]);
}

/** Samples of the shades: whether worse is darker or lighter depends on the scheme of the page. */
function legend(grids: readonly SensitivityGrid[]): Markup {
  const entries = grids.flatMap(({ rows }) => rows.flatMap((row) => row.entries));
  const shades = Array.from({ length: SHADES }, (_, i) => swatch(i + 1));
  const isUnknown = entries.some(({ shade }) => shade === 0);
  return html`<p class="note">From best<span class="swatches" aria-hidden="true">${shades}</span>to worst${isUnknown && html` · <span class="swatches" aria-hidden="true">${swatch(0)}</span>too few runs to say`}</p>`;
}

function swatch(shade: number): Markup {
  return html`<span class="swatch h${shade}"></span>`;
}

function heatmap({ title, unit, columns, rows }: SensitivityGrid): Markup {
  const name = `${title} by fault rate and timeout`;
  const heads = columns.map(
    (column) => html`<th scope="col" data-csv-name="${`${column}, ${unit}`}">${column}</th>`,
  );
  return html`<h3>${title}</h3>
<div class="table" role="region" aria-label="${name}" tabindex="0"><table class="heatmap grid" data-name="${name}">
<thead><tr><th scope="col">Faults</th>${heads}</tr></thead>
<tbody>
${lines(rows.map((row) => html`<tr><th scope="row">${row.name}</th>${row.entries.map(cell)}</tr>`))}
</tbody></table></div>
<p class="tools needs-js"><button type="button" class="quiet" data-csv>Save as CSV<span class="unseen">: ${name}</span></button></p>`;
}

function cell({ text, value, shade, isOwn }: SensitivityEntry): Markup {
  const own = isOwn ? ' own' : '';
  return html`<td class="heat h${shade}${own}" data-value="${value ?? ''}">${text}</td>`;
}

export const SENSITIVITY_STYLE = `${HEATMAP_STYLE}
.grid td.heat { padding: .35rem .5rem; font-variant-numeric: tabular-nums } .grid td.own { font-weight: 700; outline: 2px solid
  var(--ink); outline-offset: -2px }
`;
