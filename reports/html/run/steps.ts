// What each step cost: how often its call and its undo had to be sent until they were settled, how long it took, and what
// of the work was of no use.

import type { RecordedStep, RunRecord } from '../../../simulator/run-record.ts';
import { counted, duration, number, percent } from '../../wording.ts';
import type { Cell } from '../data-table.ts';
import { figure } from '../figure.ts';
import { drawLegend, LEGEND_ROW, legendRows } from '../legend.ts';
import { html, type Markup } from '../markup.ts';
import { type Canvas, label, mark, type Pen, widthOf } from '../pen.ts';
import { absent, type Section } from '../section.ts';
import { boundOf, boundText } from './at-most.ts';

const TIMES = ['once', 'twice', '3 times', '4 times', 'more often'];
const LEGEND = TIMES.map((text, i) => ({ area: `r${i + 1}`, text: i === 0 ? 'sent once' : text }));
/** More would be no picture any more; the table has all. */
const DRAWN_MAX = 60;

interface Bar {
  readonly what: string;
  readonly counts: readonly number[];
}

export function stepsSection(record: RunRecord, pen: Pen): Section {
  const { steps } = record;
  const body =
    steps === undefined || steps.length === 0
      ? absent(
          steps === undefined
            ? 'This record has no steps: it was made by an older version.'
            : 'No step was sent.',
        )
      : html`${wasted(record)}${attempts(steps, record.latencyUs.step.max, pen)}`;
  return { id: 'steps', title: 'Steps', body };
}

function wasted({ load }: RunRecord): Markup | undefined {
  if (load === undefined) return undefined;
  const { callsPerSaga, wastedCalls, circuitOpenUs } = load;
  return html`<p>${callsPerSaga.toFixed(2)} calls per saga; ${percent(wastedCalls)} of all calls did not become an effect of a saga that completed${circuitOpenUs > 0 && `; circuits were open for ${duration(circuitOpenUs)} of a run on average`}.</p>`;
}

function attempts(steps: readonly RecordedStep[], observedMaxUs: number, pen: Pen): Markup {
  const drawn = steps.slice(0, DRAWN_MAX);
  const more =
    steps.length > DRAWN_MAX
      ? ` The first ${DRAWN_MAX} of ${steps.length} steps are drawn; the table has all.`
      : '';
  return figure({
    id: 'attempts',
    title: 'How often a step had to be sent',
    note: `Each bar is all sagas that sent it. The stronger the shade, the more often.${more}`,
    drawing: drawing(drawn, observedMaxUs, pen),
    table: {
      name: 'Attempts by step',
      columns: [
        { title: 'Step' },
        { title: 'Direction' },
        { title: 'Sagas', isNumber: true },
        ...TIMES.map((title) => ({ title, isNumber: true })),
        { title: 'Sent again', isNumber: true, csv: 'sent again, at least' },
        { title: 'p50', isNumber: true, csv: 'p50 in µs, at most' },
        { title: 'p99', isNumber: true, csv: 'p99 in µs, at most' },
      ],
      rows: steps.flatMap((step) => rowsOf(step, observedMaxUs)),
    },
  });
}

function rowsOf(step: RecordedStep, observedMaxUs: number): readonly (readonly Cell[])[] {
  return barsOf(step).map(({ what, counts }) => [
    nameOf(step),
    what,
    { text: number(sum(counts)), value: sum(counts) },
    ...TIMES.map((_, i) => ({ text: number(counts[i] ?? 0), value: counts[i] ?? 0 })),
    { text: `${(counts[4] ?? 0) > 0 ? '≥ ' : ''}${number(sentAgain(counts))}`, value: sentAgain(counts) },
    ...[step.p50Us, step.p99Us].map((us) =>
      us === undefined || what === 'undo'
        ? { text: '–', value: '' }
        : { text: boundText(us, observedMaxUs), value: boundOf(us, observedMaxUs) },
    ),
  ]);
}

function barsOf({ forward, undo }: RecordedStep): readonly Bar[] {
  return [
    { what: 'call', counts: forward },
    { what: 'undo', counts: undo },
  ].filter(({ what, counts }) => what === 'call' || sum(counts) > 0);
}

function nameOf({ saga, step, service }: RecordedStep): string {
  return saga === step ? `${step} (${service})` : `${saga} / ${step} (${service})`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** Times that it was sent beyond the first; the last count is of five times and more. */
function sentAgain(counts: readonly number[]): number {
  return counts.reduce((total, count, i) => total + count * i, 0);
}

const HEAD = 20;
const BAR = 24;

function drawing(steps: readonly RecordedStep[], observedMaxUs: number, pen: Pen): Markup {
  const caption = {
    name: 'Attempts by step',
    description: `${steps
      .slice(0, 12)
      .flatMap((step) =>
        barsOf(step).map(
          ({ what, counts }) =>
            `${step.step} ${what}: ${counted(sum(counts), 'saga')}, ${onceShare(counts)} sent once`,
        ),
      )
      .join('; ')}.`,
  };
  const most = Math.max(1, ...steps.flatMap((step) => barsOf(step).map(({ counts }) => sum(counts))));
  const words = LEGEND.map(({ text }) => text);
  const bodyHeight = steps.reduce((height, step) => height + HEAD + barsOf(step).length * BAR + 8, 0);
  const heightOf = (isNarrow: boolean): number => bodyHeight + legendRows(words, isNarrow) * LEGEND_ROW + 8;
  return pen.draw(caption, heightOf, (canvas) => {
    drawLegend(canvas, LEGEND, 12);
    let top = legendRows(words, canvas.isNarrow) * LEGEND_ROW + 8;
    for (const step of steps) {
      drawStep(canvas, step, { most, observedMaxUs, top });
      top += HEAD + barsOf(step).length * BAR + 8;
    }
  });
}

function onceShare(counts: readonly number[]): string {
  const total = sum(counts);
  return total === 0 ? 'none' : percent((counts[0] ?? 0) / total);
}

interface Place {
  /** Sagas of the longest bar. */
  readonly most: number;
  readonly observedMaxUs: number;
  readonly top: number;
}

function drawStep(canvas: Canvas, step: RecordedStep, { most, observedMaxUs, top }: Place): void {
  const { svg, width, isNarrow } = canvas;
  const group = mark(svg, 'g', {});
  label(group, step.step, { class: 'strong', x: 0, y: top + 13 });
  label(group, step.service, { class: 'dimmed', x: widthOf(step.step) * 1.1 + 8, y: top + 13 });
  if (step.p50Us !== undefined && step.p99Us !== undefined) {
    const times = `p50 ${boundText(step.p50Us, observedMaxUs)} · p99 ${boundText(step.p99Us, observedMaxUs)}`;
    label(group, times, { class: 'dimmed', x: width, y: top + 13, 'text-anchor': 'end' });
  }
  const left = 38;
  const room = width - left - (isNarrow ? 56 : 150);
  barsOf(step).forEach(({ what, counts }, i) => {
    const y = top + HEAD + i * BAR;
    label(group, what, { class: 'dimmed', x: 0, y: y + 13 });
    let x = left;
    counts.forEach((count, k) => {
      if (count === 0) return;
      const size = (count / most) * room;
      mark(group, 'rect', {
        class: `r${Math.min(k, 4) + 1} edge`,
        x,
        y,
        width: Math.max(size, 1),
        height: 18,
      })
        .append('title')
        .text(`${TIMES[k]}: ${counted(count, 'saga')}`);
      const text = number(count);
      if (widthOf(text) + 6 < size) {
        label(group, text, {
          class: k >= 3 ? 'on-dark' : 'on-light',
          x: x + size / 2,
          y: y + 13,
          'text-anchor': 'middle',
        });
      }
      x += size;
    });
    const total = sum(counts);
    label(group, isNarrow ? number(total) : counted(total, 'saga'), { x: x + 6, y: y + 13 });
  });
}
