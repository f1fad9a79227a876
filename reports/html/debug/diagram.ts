// The space-time diagram of a run, drawn beforehand: who did what when, and which message went where.
//
// S1. A message that arrives is an arrow from row to row; one that is lost ends in a cross between the lanes; a copy that the
//     network made is dashed. One whose other end is not shown is a short stub.
// S2. Rows have the id `event-<number>` in the wide drawing, which is the one that links lead to.

import type { DebugMessage, DebugRecord, DebugSpan } from '../../../simulator/debug-record.ts';
import { escaped, html, type Markup, textOf, trusted } from '../markup.ts';
import { type Layout, LINE, layoutOf, NARROW, type Proportions, type Row, timeText, WIDE } from './layout.ts';
import { alarmAt, flashAt, markAt, signOf } from './marks.ts';

const HEAD_HEIGHT = 100;

/** These events, for wide and for narrow pages. */
export function diagram(record: DebugRecord, shown: ReadonlySet<number>, name: string): Markup {
  return html`${drawing(record, shown, WIDE, name)}
${drawing(record, shown, NARROW, name)}`;
}

function drawing(
  record: DebugRecord,
  shown: ReadonlySet<number>,
  proportions: Proportions,
  name: string,
): Markup {
  const layout = layoutOf(record, shown, proportions);
  const { width } = proportions;
  const size = proportions.isNarrow ? 'narrow' : 'wide';
  return trusted(`<div class="space-time ${size}">
<svg class="lane-heads" viewBox="0 0 ${width} ${HEAD_HEIGHT}" width="${width}" height="${HEAD_HEIGHT}" aria-hidden="true">${heads(layout)}</svg>
<svg class="lanes" viewBox="0 0 ${width} ${layout.height}" width="${width}" height="${layout.height}" role="img" aria-label="${escaped(name)}">
<rect class="cursor" x="0" y="-100" width="${width}" height="20" rx="3"/>
${laneLines(record, layout)}
${record.spans.map((span) => spanBar(record, layout, span)).join('')}
${record.messages.map((message) => arrow(layout, message)).join('')}
${layout.rows.map((row) => rowOf(record, layout, row)).join('\n')}
</svg>
</div>`);
}

function heads({ lanes }: Layout): string {
  return [...lanes.values()]
    .map(({ name, x, epochs }) => {
      const [first, second] = name.split('+');
      const worker = second === undefined ? '' : `, worker ${Number(second) + 1}`;
      const below =
        epochs === undefined ? '' : `<tspan class="epoch" x="4" dy="13">epoch ${epochs.join(', ')}</tspan>`;
      return `<text class="lane-name" transform="translate(${x - 3},${HEAD_HEIGHT - 8}) rotate(-38)">${escaped(first! + worker)}${below}</text>`;
    })
    .join('');
}

/** The lane of a worker that took over begins when it does. */
function laneLines({ lanes: all }: DebugRecord, { lanes, rows, height }: Layout): string {
  return [...lanes]
    .map(([index, { x }]) => {
      const isLater = all[index]!.tookOverFrom !== undefined;
      const from = isLater ? (rows.find(({ event }) => event.lane === index)?.y ?? 0) : 0;
      return `<path class="lane" d="M${x},${from}V${height}"/>`;
    })
    .join('');
}

function spanBar({ events }: DebugRecord, { rows, rowOf, lanes, height }: Layout, span: DebugSpan): string {
  const begin = rowOf.get(span.from);
  const lane = lanes.get(span.lane);
  if (begin === undefined || lane === undefined) return '';
  const back = events.find(
    ({ index, lane, kind, atUs }) =>
      index > span.from && lane === span.lane && (kind === 'restart' || atUs >= span.untilUs),
  );
  const end = rows.find(({ event }) => event.index >= (back?.index ?? Number.POSITIVE_INFINITY));
  const bottom = end === undefined ? height : end.event.lane === span.lane ? end.y : end.top;
  return `<rect class="span-${span.kind}" x="${lane.x - 7}" y="${begin.y}" width="14" height="${Math.max(8, bottom - begin.y)}" rx="3"/>`;
}

/** S1. */
function arrow({ rowOf, lanes }: Layout, message: DebugMessage): string {
  const { from, to, lost, toLane, kind, isCopy, turnedAway } = message;
  const [begin, end] = [rowOf.get(from), to === undefined ? undefined : rowOf.get(to)];
  const target = lanes.get(toLane);
  if (begin === undefined || target === undefined) return '';
  const look = `message ${kind}${isCopy === true ? ' copy' : ''}`;
  const head = kind === 'reply' ? 'head-reply' : 'head';
  if (end !== undefined) {
    const via = turnedAway === true ? `L${(begin.x + target.x) / 2},${(begin.y + end.y) / 2}` : '';
    const [x2, y2] = shortened(begin.x, begin.y, end.x, end.y);
    return `<path class="${look}" marker-end="url(#${head})" d="M${begin.x},${begin.y}${via}L${x2},${y2}"/>`;
  }
  const gone = lost === undefined ? undefined : rowOf.get(lost);
  if (gone !== undefined)
    return `<path class="${look}" d="M${begin.x},${begin.y}L${lostX(begin.x, target.x)},${gone.y}"/>`;
  if (kind === 'reply') return '';
  const stub = begin.x + Math.sign(target.x - begin.x) * 26;
  return `<path class="${look} stub" d="M${begin.x},${begin.y}L${stub},${begin.y + 9}"/>`;
}

/** Where the head of an arrow touches the mark. */
function shortened(x1: number, y1: number, x2: number, y2: number): readonly [number, number] {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length < 14) return [x2, y2];
  const share = (length - 7) / length;
  return [round(x1 + (x2 - x1) * share), round(y1 + (y2 - y1) * share)];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function lostX(from: number, to: number): number {
  return round(from + (to - from) * 0.5);
}

function rowOf(record: DebugRecord, layout: Layout, row: Row): string {
  const { event, y, top, height, notes } = row;
  const { proportions, wordsX } = layout;
  const { width, isNarrow } = proportions;
  const struck = notes.some(({ kind }) => kind === 'fault');
  const broken = notes.some(({ kind }) => kind === 'violation');
  const x = markX(record, layout, row);
  const wordsY = isNarrow ? y + 23 : y + 4;
  const tint = broken ? 'row-broken' : struck ? 'row-struck' : 'row-plain';
  const id = isNarrow ? '' : ` id="event-${event.index}"`;
  const time = isNarrow
    ? ''
    : `<text class="time" x="96" y="${y + 4}" text-anchor="end">${timeText(event.atUs)}</text>`;
  const number = `<text class="index" x="${isNarrow ? 22 : 30}" y="${y + (isNarrow ? 4 : 4)}" text-anchor="end">${event.index}</text>`;
  const look = `words${event.kind === 'effect' ? ' strong' : ''}`;
  const said = [
    ...row.words.map((text) => [look, text] as const),
    ...notes.map(({ kind, text }) => [`words note-${kind}`, text] as const),
  ].map(
    ([name, text], i) =>
      `<text class="${name}" x="${wordsX}" y="${wordsY + LINE * i}">${escaped(text)}</text>`,
  );
  return [
    `<g class="row"${id} data-event="${event.index}"><rect class="${tint}" x="0" y="${top}" width="${width}" height="${height}" rx="3"/>`,
    isNarrow ? '' : time,
    number,
    broken ? alarmAt(x, y) : '',
    markAt(signOf(event.kind, event.outcome), x, y),
    struck ? flashAt(x + (isNarrow ? 15 : 17), y) : '',
    ...said,
    '</g>',
  ].join('');
}

/** A lost message is marked where it was lost: between two lanes. */
function markX({ messages }: DebugRecord, { rowOf, lanes }: Layout, { event, x }: Row): number {
  if (event.kind !== 'lose') return x;
  const message = messages.find(({ lost }) => lost === event.index);
  const begin = message === undefined ? undefined : rowOf.get(message.from);
  const target = message === undefined ? undefined : lanes.get(message.toLane);
  return begin === undefined || target === undefined ? x : lostX(begin.x, target.x);
}

/** A sign by itself, for the legend. */
export function signAlone(inner: string): Markup {
  return trusted(
    `<svg class="sign" viewBox="-13 -13 26 26" width="22" height="22" aria-hidden="true">${inner}</svg>`,
  );
}

/** The text of markup, for a template element. */
export function asText(markup: Markup): string {
  return textOf(markup);
}
