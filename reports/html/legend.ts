// Samples of areas and lines, with what they stand for right beside them.

import { type Canvas, label, mark, NARROW, rounded, WIDE, widthOf } from './pen.ts';

export const LEGEND_ROW = 20;

/** Rows that a legend of these entries takes. */
export function legendRows(words: readonly string[], isNarrow: boolean): number {
  return (placesOf(words, isNarrow ? NARROW : WIDE).at(-1)?.row ?? -1) + 1;
}

/** Where each entry of a legend stands when they run on as text does. */
function placesOf(
  words: readonly string[],
  width: number,
): readonly { readonly x: number; readonly row: number }[] {
  const places: { x: number; row: number }[] = [];
  let [x, row] = [0, 0];
  for (const word of words) {
    const needed = widthOf(word) + 34;
    if (x > 0 && x + needed > width + 16) [x, row] = [0, row + 1];
    places.push({ x, row });
    x += needed;
  }
  return places;
}

/** What an entry shows: an area, or a line of a chart, each by the class that it has there. */
type Sample = { readonly area: string } | { readonly line: string };

/** Samples with what they stand for, run on over as many rows as it takes. */
export function drawLegend(
  { svg, width }: Canvas,
  entries: readonly (Sample & { readonly text: string })[],
  top: number,
): void {
  const places = placesOf(
    entries.map(({ text }) => text),
    width,
  );
  entries.forEach((entry, i) => {
    const { x, row } = places[i]!;
    const y = top + row * LEGEND_ROW;
    if ('area' in entry) mark(svg, 'rect', { class: entry.area, x, y: y - 10, width: 14, height: 12, rx: 2 });
    else mark(svg, 'path', { class: entry.line, d: `M${rounded(x)},${rounded(y - 4)}h16` });
    label(svg, entry.text, { x: x + 19, y });
  });
}
