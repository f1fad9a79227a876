// How sagas ended, as one bar, and why forward work ended early.

import type { RunRecord } from '../../../simulator/run-record.ts';
import { counted, number, percent } from '../../wording.ts';
import { type Cell, dataTable } from '../data-table.ts';
import { figure } from '../figure.ts';
import { drawLegend, legendRows } from '../legend.ts';
import { html, type Markup } from '../markup.ts';
import { mark, type Pen } from '../pen.ts';
import type { Section } from '../section.ts';

interface Outcome {
  readonly name: string;
  readonly sagas: number;
  /** Class of its area. */
  readonly area: string;
}

/** How sagas can end, the wanted end first. */
export function outcomesOf({ sagas }: RunRecord): readonly Outcome[] {
  return [
    { name: 'completed', sagas: sagas.completed, area: 'a1' },
    { name: 'compensated', sagas: sagas.compensated, area: 'a2' },
    { name: 'failed, nothing to undo', sagas: sagas.failed, area: 'a3' },
    { name: 'compensation failed', sagas: sagas.compensationFailed, area: 'a4' },
    ...(sagas.resolved === undefined
      ? []
      : [{ name: 'resolved by hand', sagas: sagas.resolved, area: 'a4' }]),
    { name: 'still open', sagas: sagas.open, area: 'a5' },
  ];
}

export function outcomesSection(record: RunRecord, pen: Pen): Section {
  const { sagas } = record;
  const rest = [
    ...(sagas.resumed > 0
      ? [`${counted(sagas.resumed, 'saga')} asked for a person on the way and went on after one helped`]
      : []),
    ...(sagas.shed > 0
      ? [`${counted(sagas.shed, 'saga')} turned away for want of room before they began`]
      : []),
  ];
  return {
    id: 'outcomes',
    title: 'Outcomes',
    body: html`${figure({
      id: 'outcome-shares',
      title: `How ${counted(sagas.started, 'saga')} ended`,
      ...(rest.length === 0 ? {} : { note: `${rest.join('; ')}.` }),
      drawing: outcomeBar(record, pen),
      table: {
        name: 'Outcomes of sagas',
        columns: [
          { title: 'Outcome' },
          { title: 'Sagas', isNumber: true },
          { title: 'Share', isNumber: true },
        ],
        rows: outcomesOf(record).map(({ name, sagas: count }) => [
          name,
          { text: number(count), value: count },
          shareOf(count, sagas.started),
        ]),
      },
    })}
${stopped(record)}`,
  };
}

function shareOf(count: number, all: number): string {
  return all === 0 ? '–' : percent(count / all);
}

/** One bar of all sagas, with its parts named beneath. */
export function outcomeBar(record: RunRecord, pen: Pen): Markup {
  const { started } = record.sagas;
  const shown = outcomesOf(record).filter(({ sagas }) => sagas > 0);
  const words = shown.map(({ name, sagas }) => `${name} ${shareOf(sagas, started)} (${number(sagas)})`);
  const caption = {
    name: `Outcomes of ${record.scenario}`,
    description: `${words.join(', ') || 'no saga ended'}.`,
  };
  const heightOf = (isNarrow: boolean): number => 30 + 20 * legendRows(words, isNarrow);
  return pen.draw(caption, heightOf, (canvas) => {
    let x = 0;
    for (const { sagas, area, name } of shown) {
      const width = (sagas / Math.max(1, started)) * canvas.width;
      mark(canvas.svg, 'rect', { class: `${area} edge`, x, y: 2, width: Math.max(width, 1), height: 20 })
        .append('title')
        .text(`${name}: ${number(sagas)}`);
      x += width;
    }
    drawLegend(
      canvas,
      shown.map(({ area }, i) => ({ area, text: words[i]! })),
      40,
    );
  });
}

function stopped({ stopped: reasons = [], sagas }: RunRecord): Markup | undefined {
  if (reasons.length === 0) return undefined;
  const rows = reasons.map(({ reason, sagas: count }): readonly Cell[] => [
    reason,
    { text: number(count), value: count },
    shareOf(count, sagas.started),
  ]);
  return html`<section id="stopped" aria-labelledby="stopped-title"><h3 id="stopped-title">Why forward work ended early</h3>
<p class="note">The most frequent reasons.</p>
${dataTable({
  name: 'Why forward work ended early',
  columns: [{ title: 'Reason' }, { title: 'Sagas', isNumber: true }, { title: 'Of all', isNumber: true }],
  rows,
})}</section>`;
}
