// The service levels of the scenario, policy by policy: how many each meets, and which it misses.

import type { CompareRecord } from '../../../simulator/compare-record.ts';
import { contendersOf } from '../../compare-rows.ts';
import { type PromiseRow, promiseRowsOf } from '../../promise-rows.ts';
import { dataTable } from '../data-table.ts';
import { html, type Markup } from '../markup.ts';

/** Nothing when the scenario promises nothing in this weather. */
export function promises(record: CompareRecord): Markup | undefined {
  const rows = promiseRowsOf(record);
  if (rows.length === 0) return undefined;
  return dataTable({
    name: 'Service levels',
    columns: [{ title: contendersOf(record).One }, { title: 'Service levels' }, { title: 'Missed' }],
    rows: rows.map((row) => [
      row.policy,
      promiseCell(row),
      { text: listOf(row), value: row.missed.join('; ') },
    ]),
  });
}

/** `✓ 7 of 7 met`, `✗ 5 of 7 met`. */
export function promiseCell({ met, sign, isMissed }: PromiseRow): {
  readonly text: Markup;
  readonly value: string;
} {
  const text = html`<span class="state tone-${isMissed ? 'bad' : 'ok'}"><span aria-hidden="true">${sign}</span> ${met}</span>`;
  return { text, value: met };
}

function listOf({ missed, notMeasured }: PromiseRow): Markup {
  if (missed.length + notMeasured.length === 0) return html`none`;
  return html`<ul class="levels">${missed.map((text) => html`<li>${text}</li>`)}${notMeasured.map((text) => html`<li class="dim">${text}</li>`)}</ul>`;
}

export const PROMISES_STYLE = `
.levels { list-style: none; padding: 0; margin: 0 } .levels li + li { margin-top: .2rem }
`;
