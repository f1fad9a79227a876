// Draws charts beforehand, as SVG in the page. One pen per page: a document behind it is dear to make.
//
// D1. Coordinates are rounded, so that a drawing has the same bytes on every Node.
// D2. At most MARKS_MAX elements: what is large is binned before it is drawn.
// D3. Each chart is drawn twice, for wide and for narrow windows, so that its text is legible in both. The style shows one.
// D4. A drawing is an image with a name and a description; what it shows stands in a table, too (see `figure`).

import { type D3, D3Node, type Selection } from 'd3-node';
import { lines, type Markup, trusted } from './markup.ts';

export const MARKS_MAX = 2_000;
/** Widths of the two drawings, in units of about a pixel. */
export const WIDE = 910;
export const NARROW = 360;

/** What a drawing is, in words. */
export interface Caption {
  readonly name: string;
  readonly description: string;
}

/** A drawing under way. Text has 12 units, at about 6.6 a letter. */
export interface Canvas {
  readonly svg: Selection;
  readonly d3: D3;
  readonly width: number;
  readonly height: number;
  readonly isNarrow: boolean;
}

export class Pen {
  readonly #node = new D3Node();

  /** A chart of this height, by what `paint` draws on either canvas. D3, D4. */
  draw(
    caption: Caption,
    height: number | ((isNarrow: boolean) => number),
    paint: (canvas: Canvas) => void,
  ): Markup {
    const heightOf = typeof height === 'number' ? () => height : height;
    return lines([
      this.#drawOne(caption, WIDE, heightOf(false), paint),
      this.#drawOne(caption, NARROW, heightOf(true), paint),
    ]);
  }

  #drawOne(caption: Caption, width: number, height: number, paint: (canvas: Canvas) => void): Markup {
    const isNarrow = width === NARROW;
    const svg = this.#node
      .createSVG()
      .attr('viewBox', `0 0 ${width} ${rounded(height)}`)
      .attr('class', isNarrow ? 'chart narrow' : 'chart wide')
      .attr('role', 'img')
      .attr('aria-label', `${caption.name}. ${caption.description}`);
    svg.append('title').text(caption.name);
    svg.append('desc').text(caption.description);
    paint({ svg, d3: this.#node.d3, width, height, isNarrow });
    const marks = svg.selectAll('*').size();
    if (marks > MARKS_MAX) throw new Error(`assertion failed: ${caption.name} has ${marks} marks`); // D2
    const text = svg.node().outerHTML;
    svg.remove();
    return trusted(text);
  }
}

/** D1. */
export function rounded(coordinate: number): number {
  const tenths = Math.round(coordinate * 10) / 10;
  return Object.is(tenths, -0) ? 0 : tenths;
}

/** Adds an element with these attributes, numbers rounded. */
export function mark(
  parent: Selection,
  name: string,
  attributes: Readonly<Record<string, string | number>>,
): Selection {
  const added = parent.append(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    added.attr(attribute, typeof value === 'number' ? rounded(value) : value);
  }
  return added;
}

/** Adds text at a place. */
export function label(
  parent: Selection,
  text: string,
  attributes: Readonly<Record<string, string | number>>,
): Selection {
  return mark(parent, 'text', attributes).text(text);
}

/** About how wide text is: nothing can be measured before it is shown. */
export function widthOf(text: string): number {
  return text.length * 6.6;
}

/** A name that fits into this width. The whole of it stands in a table; names of a sweep differ at their ends. */
export function fitting(name: string, room: number): string {
  const letters = Math.floor(room / widthOf('x'));
  return name.length <= letters ? name : `…${name.slice(1 - letters)}`;
}
