// One self-contained document: opened by a double-click, whole without a network, and without JavaScript.
//
// H2. The content security policy allows the style and the scripts of the page, by their hash, and nothing else. So there
//     are no style attributes: charts use classes and the attributes of SVG.
// H3. Equal results give equal bytes outside the meta block.
// H4. Data is embedded so that no text in it can end the element that it stands in.

import { createHash } from 'node:crypto';
import { html, lines, type Markup, textOf, trusted } from './markup.ts';
import { PATTERNS } from './patterns.ts';
import { PAGE_SCRIPT } from './scripts/page-script.ts';
import { STYLE } from './style.ts';

export interface Page {
  readonly title: string;
  /** What the page says, verdict first, as the content of `<main>`. */
  readonly body: Markup;
  /** Data by the id of its element, equal for equal results; scripts and the download read it. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** All that may differ between equal results: what it says, and its data by the id of its element. */
  readonly meta?: { readonly body: Markup; readonly data?: Readonly<Record<string, unknown>> };
  /** CSS beside that of all pages. */
  readonly style?: string;
  /** Plain scripts beside that of all pages; each is run by itself after the page is there. */
  readonly scripts?: readonly string[];
}

const META_BEGIN = '<!-- meta: all that may differ between equal results -->';
const META_END = '<!-- end of meta -->';

/** The document; it ends in a newline. */
export function renderPage({ title, body, data = {}, meta, style = '', scripts = [] }: Page): string {
  const css = `${STYLE}${style}`;
  const all = [PAGE_SCRIPT, ...scripts];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(css, all)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(css)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${PATTERNS}
<main id="main" tabindex="-1">
${body}
</main>
${meta === undefined ? undefined : metaBlock(meta)}
<p id="said" class="said" role="status"></p>
${dataElements(data)}
${lines(all.map((script) => html`<script>${trusted(script)}</script>`))}
</body>
</html>
`;
  return textOf(page);
}

/** A page less its meta block: of equal results it is the same, byte by byte (H3). */
export function withoutMeta(page: string): string {
  const [begin, end] = [page.indexOf(META_BEGIN), page.indexOf(META_END)];
  return begin < 0 || end < begin ? page : page.slice(0, begin) + page.slice(end);
}

function metaBlock({ body, data = {} }: NonNullable<Page['meta']>): Markup {
  return html`${trusted(META_BEGIN)}
<footer id="meta">
${body}
</footer>
${dataElements(data)}
${trusted(META_END)}`;
}

/** H4. */
function dataElements(data: Readonly<Record<string, unknown>>): Markup {
  return lines(
    Object.entries(data).map(
      ([id, value]) => html`<script type="application/json" id="${id}">${trusted(embedded(value))}</script>`,
    ),
  );
}

function embedded(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** H2. */
function policyOf(css: string, scripts: readonly string[]): string {
  return [
    "default-src 'none'",
    `style-src '${hashOf(css)}'`,
    `script-src ${scripts.map((script) => `'${hashOf(script)}'`).join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
