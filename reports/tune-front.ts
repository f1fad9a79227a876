// The front of a search as a drawing in characters: calls per saga to the right, p99 upwards. The third objective is in
// the table beside it; who is lower left and still not the best completes fewer.

import type { Mark } from './tune-rows.ts';
import { duration } from './wording.ts';

const COLUMNS = 48;
const ROWS = 9;
const LABEL = 10;
/** Several policies in one place. */
const SEVERAL = '+';

/** The drawing, line by line; nothing when there are not two places to tell apart. */
export function drawFront(marks: readonly Mark[]): readonly string[] {
  const points = marks.flatMap(({ mark, objectives: { p99Us, callsPerSaga } }) =>
    p99Us === undefined ? [] : [{ mark, x: callsPerSaga, y: p99Us }],
  );
  const [left, right] = rangeOf(points.map(({ x }) => x));
  const [low, high] = rangeOf(points.map(({ y }) => y));
  if (points.length < 2 || left === right || low === high) return [];
  const cells = Array.from({ length: ROWS }, () => new Array<string>(COLUMNS).fill(' '));
  for (const { mark, x, y } of points) {
    const row = cells[ROWS - 1 - placeOf(y, low, high, ROWS)]!;
    const column = placeOf(x, left, right, COLUMNS);
    row[column] = row[column] === ' ' ? mark : SEVERAL;
  }
  const label = (i: number): string => (i === 0 ? duration(high) : i === ROWS - 1 ? duration(low) : '');
  const [from, to] = [left.toFixed(2), right.toFixed(2)];
  const middle = ' calls per saga ';
  return [
    `${'p99'.padStart(LABEL)} ↑`,
    ...cells.map((row, i) => `${label(i).padStart(LABEL)} │${row.join('')}`),
    `${' '.repeat(LABEL)} └${'─'.repeat(COLUMNS)}→`,
    `${' '.repeat(LABEL)}  ${from}${middle.padStart((COLUMNS + middle.length) / 2 - from.length).padEnd(COLUMNS - from.length - to.length)}${to}`,
  ];
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

function placeOf(value: number, least: number, most: number, places: number): number {
  return Math.round(((value - least) / (most - least)) * (places - 1));
}
