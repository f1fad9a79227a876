// Where everything stands in a space-time diagram: a column per lane, a row per event, time downwards. Rows are as high
// as what is said in them; a column that nothing happens in is left out.

import type { DebugEvent, DebugLane, DebugRecord } from '../../../simulator/debug-record.ts';

/** What the two widths of a diagram differ in. */
export interface Proportions {
  readonly isNarrow: boolean;
  readonly width: number;
  /** Of the first lane. */
  readonly left: number;
  /** Between two lanes, at most. */
  readonly gap: number;
  readonly rowHeight: number;
}

export const WIDE: Proportions = { isNarrow: false, width: 784, left: 124, gap: 84, rowHeight: 30 };
export const NARROW: Proportions = { isNarrow: true, width: 350, left: 44, gap: 64, rowHeight: 46 };

/** Of one line of words. */
export const LINE = 17;
/** Of a letter, on average, at the size of the words. */
const LETTER = 6.4;
const BOLD_LETTER = 7.1;
/** The room beside the lanes that words need. */
const WORDS_MIN = 250;

/** A further line of a row: a fault that struck, or a violation. */
export interface Note {
  readonly kind: 'fault' | 'violation';
  readonly text: string;
}

export interface Row {
  readonly event: DebugEvent;
  /** Its middle. */
  readonly y: number;
  readonly top: number;
  readonly height: number;
  readonly x: number;
  readonly words: readonly string[];
  readonly notes: readonly Note[];
}

export interface Layout {
  readonly proportions: Proportions;
  readonly rows: readonly Row[];
  readonly rowOf: ReadonlyMap<number, Row>;
  /** Lanes that are shown, by their index in the record. */
  readonly lanes: ReadonlyMap<number, Pick<DebugLane, 'name' | 'epochs'> & { readonly x: number }>;
  /** Where the words of wide rows begin. */
  readonly wordsX: number;
  readonly height: number;
}

/** Lays out these events. */
export function layoutOf(record: DebugRecord, shown: ReadonlySet<number>, proportions: Proportions): Layout {
  const events = record.events.filter(({ index }) => shown.has(index));
  const used = new Set(events.map(({ lane }) => lane));
  for (const { from, toLane } of record.messages) if (shown.has(from)) used.add(toLane);
  const { left, width, isNarrow } = proportions;
  const room = isNarrow ? width - left - 40 : width - left - WORDS_MIN;
  const gap = Math.min(proportions.gap, Math.floor(room / Math.max(1, used.size - (isNarrow ? 1 : 0))));
  const indexes = record.lanes.flatMap((_, i) => (used.has(i) ? [i] : []));
  const lanes = new Map(indexes.map((i, at) => [i, { ...record.lanes[i]!, x: left + at * gap }]));
  const wordsX = isNarrow ? left - 28 : left + (used.size - 1) * gap + 34;
  const [letters, bold] = [LETTER, BOLD_LETTER].map((size) => Math.floor((width - wordsX - 6) / size)) as [
    number,
    number,
  ];
  let top = 4;
  const rows = events.map((event): Row => {
    const words = linesOf(withSaga(record, event), event.kind === 'effect' ? bold : letters);
    const notes = notesOf(record, event).flatMap(({ kind, text }) =>
      linesOf(text, bold).map((line): Note => ({ kind, text: line })),
    );
    const height = proportions.rowHeight + (words.length - 1 + notes.length) * LINE;
    const y = top + (isNarrow ? 14 : proportions.rowHeight / 2);
    const row = { event, y, top, height, x: lanes.get(event.lane)!.x, words, notes };
    top += height;
    return row;
  });
  return {
    proportions,
    rows,
    rowOf: new Map(rows.map((row) => [row.event.index, row])),
    lanes,
    wordsX,
    height: top + 6,
  };
}

/** Where several sagas are in the run, each event says which it is of. */
function withSaga({ sagas }: DebugRecord, { saga, brief }: DebugEvent): string {
  return sagas.length > 1 && saga !== undefined && !brief.startsWith(saga) ? `${saga}: ${brief}` : brief;
}

function notesOf({ faults, violations }: DebugRecord, { index }: DebugEvent): readonly Note[] {
  return [
    ...faults
      .filter(({ event }) => event === index)
      .map(({ words }): Note => ({ kind: 'fault', text: `Fault: ${words}` })),
    ...violations
      .filter(({ event }) => event === index)
      .map(
        ({ invariant, message }): Note => ({ kind: 'violation', text: `Broken: ${invariant}: ${message}` }),
      ),
  ];
}

/** Over as many lines as it takes. */
function linesOf(text: string, letters: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= letters)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Virtual time of an event, for people. */
export function timeText(us: number): string {
  const seconds = Math.floor(us / 1_000_000);
  const rest = String(us % 1_000_000).padStart(6, '0');
  return `${seconds}.${rest.slice(0, 3)} s`;
}
