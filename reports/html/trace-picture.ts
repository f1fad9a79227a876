// The trace of one saga as a drawing that stands alone: a row for each span, its bar over time, darker for calls; what failed
// has a cross and says how. Legible in both colour schemes, and without colours.

import { escaped } from './markup.ts';

/** A span, as far as it is drawn. Times in microseconds. */
export interface TraceBar {
  readonly name: string;
  readonly depth: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly isCall: boolean;
  readonly error?: string;
}

const WIDTH = 1_200;
/** Room on the right, for what failed at the very end. */
const ERRORS = 290;
const ERROR_LENGTH_MAX = 36;
const NAMES = 300;
const ROW = 22;
const TOP = 30;
const INDENT = 14;
const TICKS = 5;
const BAR_MIN = 2;

const STYLE = `text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#1f2328}.dim{fill:#59636e}.line{stroke:#d1d9e0}
.bar{fill:#8ab4e8}.call{fill:#2f6db5}.failed{fill:#b3362c}.cross{stroke:#b3362c;stroke-width:2}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.dim{fill:#9198a1}.line{stroke:#3d444d}.bar{fill:#31557f}.call{fill:#6ea8ee}.failed{fill:#ff8a80}.cross{stroke:#ff8a80}}`;

/** @param bars parents before what belongs to them, at least one, the first of which spans all */
export function tracePicture(bars: readonly TraceBar[], title: string): string {
  const startUs = bars[0]!.startUs;
  const allUs = Math.max(1, bars[0]!.endUs - startUs);
  const x = (atUs: number): number => NAMES + ((WIDTH - NAMES - ERRORS) * (atUs - startUs)) / allUs;
  const height = TOP + bars.length * ROW + 8;
  const ticks = Array.from({ length: TICKS }, (_, i) =>
    tick(x, startUs + (i * allUs) / (TICKS - 1), startUs, height),
  );
  const rows = bars.map((bar, i) => row(bar, TOP + i * ROW, x));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
${ticks.join('\n')}
${rows.join('\n')}
</svg>
`;
}

function tick(x: (atUs: number) => number, atUs: number, startUs: number, height: number): string {
  const at = x(atUs).toFixed(1);
  const anchor = atUs === startUs ? 'start' : 'middle';
  const label = `${((atUs - startUs) / 1_000_000).toFixed(1)} s`;
  return `<line class="line" x1="${at}" x2="${at}" y1="20" y2="${height}"/><text class="dim" x="${at}" y="14" text-anchor="${anchor}">${label}</text>`;
}

function row(
  { name, depth, startUs, endUs, isCall, error }: TraceBar,
  y: number,
  x: (atUs: number) => number,
): string {
  const [from, to] = [x(startUs), x(endUs)];
  const width = Math.max(BAR_MIN, to - from);
  const text = `<text x="${8 + depth * INDENT}" y="${y + 14}">${escaped(name)}</text>`;
  const bar = `<rect class="${isCall ? 'call' : 'bar'}" x="${from.toFixed(1)}" y="${y + 4}" width="${width.toFixed(1)}" height="${ROW - 8}" rx="2"/>`;
  if (error === undefined) return text + bar;
  const at = from + width + 6;
  const cross = `<path class="cross" d="M${at.toFixed(1)} ${y + 7}l8 8m0 -8l-8 8"/>`;
  const what = error.length > ERROR_LENGTH_MAX ? `${error.slice(0, ERROR_LENGTH_MAX - 1)}…` : error;
  return `${text}${bar}${cross}<text class="failed" x="${(at + 14).toFixed(1)}" y="${y + 14}">${escaped(what)}</text>`;
}
