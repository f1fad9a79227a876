// Service levels: how near each came to its limit, all drawn on one scale, on which the limit is 100 %.

import type { Objective, RunRecord } from '../../../simulator/run-record.ts';
import { limitText, measuredText } from '../../objectives.ts';
import { number } from '../../wording.ts';
import type { Cell } from '../data-table.ts';
import { figure } from '../figure.ts';
import type { Markup } from '../markup.ts';
import { type Canvas, label, mark, type Pen, rounded, widthOf } from '../pen.ts';
import { absent, type Section } from '../section.ts';
import { sign } from './invariants.ts';
import type { Tone } from './verdict.ts';

const ROW = 46;
/** What is further off is drawn here, with an arrow. */
const MOST = 2;

const STATES: Readonly<
  Record<Objective['state'], { readonly sign: string; readonly words: string; readonly tone: Tone }>
> = {
  met: { sign: '✓', words: 'met', tone: 'ok' },
  missed: { sign: '✗', words: 'missed', tone: 'bad' },
  'not-measured': { sign: '○', words: 'not measured', tone: 'none' },
};

export function serviceLevelsSection({ slo }: RunRecord, pen: Pen): Section {
  const body =
    slo === undefined
      ? absent('The scenario declares no service levels, or none for this profile.')
      : figure({
          id: 'slo-margins',
          title: 'How near each came to its limit',
          note: 'Each bar is the measured value as a share of its limit, which is the upright line.',
          drawing: drawing(slo, pen),
          table: {
            name: 'Service levels',
            columns: [
              { title: 'Level' },
              { title: 'Limit', isNumber: true },
              { title: 'Measured', isNumber: true },
              { title: 'Margin', isNumber: true },
              { title: 'Outcome' },
            ],
            rows: slo.map(rowOf),
          },
        });
  return { id: 'service-levels', title: 'Service levels', body };
}

function rowOf(objective: Objective): readonly Cell[] {
  const { statement, limit, actual, state } = objective;
  return [
    statement,
    { text: limitText(objective), value: limit },
    { text: measuredText(objective), value: actual ?? '' },
    marginOf(objective),
    { text: sign(STATES[state]), value: STATES[state].words },
  ];
}

/** Whether more is better: only of what must be reached "at least". */
function isFloor({ statement }: Objective): boolean {
  return statement.startsWith('at least');
}

/** `42 % to spare`, `3.1 × the limit`. */
function marginOf(objective: Objective): string {
  const { actual, limit, state } = objective;
  if (actual === undefined) return '–';
  if (actual < 0) return 'never';
  if (limit === 0) return actual === 0 ? 'at the limit' : 'above 0';
  const share = actual / limit;
  if (state === 'missed') return `${share >= 10 ? number(share) : share.toFixed(2)} × the limit`;
  const spare = Math.round(100 * (isFloor(objective) ? share - 1 : 1 - share));
  return `${spare} % to spare`;
}

function drawing(slo: readonly Objective[], pen: Pen): Markup {
  const missed = slo.filter(({ state }) => state === 'missed').length;
  const caption = {
    name: 'Service levels against their limits',
    description: `${slo.length - missed} of ${slo.length} not missed. ${slo.map((one) => `${one.statement}: ${STATES[one.state].words}, ${marginOf(one)}`).join('; ')}.`,
  };
  return pen.draw(caption, slo.length * ROW + 16, (canvas) => {
    const track = canvas.width - (canvas.isNarrow ? 106 : 130);
    label(canvas.svg, 'limit', { class: 'dimmed', x: track / MOST, y: 10, 'text-anchor': 'middle' });
    for (const [i, objective] of slo.entries()) drawLevel(canvas, objective, i * ROW + 18, track);
  });
}

/** What it says on one line, the bar with its margin on the next. */
function drawLevel({ svg, width }: Canvas, objective: Objective, top: number, track: number): void {
  const { statement, state } = objective;
  const { sign, tone } = STATES[state];
  const group = mark(svg, 'g', {});
  label(group, shortened(`${sign} ${statement}`, width), { class: 'halo', x: 0, y: top + 8 });
  const [y, height] = [top + 14, 12];
  mark(group, 'rect', { class: 'track', x: 0, y, width: track, height, rx: 2 });
  const share = shareOfLimit(objective);
  const end = (Math.min(share, MOST) / MOST) * track;
  if (end > 0)
    mark(group, 'rect', { class: state === 'missed' ? 'a4' : 'a1', x: 0, y, width: end, height, rx: 2 });
  mark(group, 'path', { class: 'limit', d: `M${rounded(track / MOST)},${y - 3}v${height + 6}` });
  label(group, `${share > MOST ? '→ ' : ''}${marginOf(objective)}`, {
    class: `strong t-${tone === 'none' ? 'dim' : tone}`,
    x: track + 8,
    y: y + 10,
  });
}

/** 1 is the limit. */
function shareOfLimit({ actual, limit }: Objective): number {
  if (actual === undefined) return 0;
  if (actual < 0) return Number.POSITIVE_INFINITY;
  if (limit === 0) return actual === 0 ? 1 : Number.POSITIVE_INFINITY;
  return actual / limit;
}

function shortened(text: string, width: number): string {
  const most = Math.floor(width / widthOf('x'));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
