// What every page has in common: it is whole by itself, and may do nothing that it does not say here.
//
// H1. Text goes into a page escaped, always.
// H2. The content security policy allows the style and the script of the page, by their hash, and nothing else.

import { createHash } from 'node:crypto';

export interface Page {
  readonly title: string;
  /** HTML. */
  readonly body: string;
  readonly script?: string;
}

/** H1. */
export function escaped(text: unknown): string {
  return String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #5b6570; --paper: #fff; --line: #d8dee4; --warn: #9a3412 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ed; --dim: #9aa4b0; --paper: #14171b; --line: #323941; --warn: #fdba74 }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper) }
h1 { font-size: 1.4rem; margin: 0 0 .25rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem } h3 { margin: 1.2rem 0 .3rem }
p, li { max-width: 44rem } .dim { color: var(--dim) } .warn { color: var(--warn); font-weight: 600 }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .75rem; margin: 1rem 0 }
.card { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem }
.card b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums } .card span { color: var(--dim) }
.course { display: block; width: 100%; height: 1.75rem; margin-top: .4rem } .course polyline { fill: none;
  stroke: var(--dim); stroke-width: 1.5; vector-effect: non-scaling-stroke }
.bars th { width: 10rem; font-weight: 400 } .bars .count { width: 6rem; text-align: right; padding-right: 1rem }
.bar { display: block; width: 100%; height: .8rem } .bar rect { fill: var(--dim) } tfoot th, tfoot td { font-weight: 600 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; vertical-align: top }
code, pre { font: .9em ui-monospace, monospace } pre { overflow: auto; border: 1px solid var(--line); padding: .75rem;
  border-radius: .5rem } .verb { font-weight: 700; margin-right: .5rem } a { color: inherit }
code { overflow-wrap: anywhere } td code { display: block; margin-top: .25rem }
.stacked tbody th { min-width: 10rem; font-weight: 600; overflow-wrap: anywhere } .stacked td:nth-child(4) { white-space: nowrap }
@media (max-width: 60rem) {
  .stacked:not([hidden]), .stacked tbody, .stacked tr, .stacked th, .stacked td { display: block } .stacked thead { display: none }
  .stacked tr { border: 1px solid var(--line); border-radius: .5rem; padding: .4rem .8rem; margin: .75rem 0 }
  .stacked th, .stacked td { border: 0; padding: .15rem 0; overflow-wrap: anywhere }
  .stacked [data-label]::before { content: attr(data-label) ": "; color: var(--dim); font-weight: 400 }
}
@media (max-width: 30rem) { body { padding: 1rem } .bars th { width: 8.5rem } .bars .count { width: 4.5rem } }
`;

export interface PageAnswer {
  /** Default 200. */
  readonly status?: number;
  /** Besides those of every page. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The page as an answer. H2. */
export function pageResponse(
  { title, body, script }: Page,
  { status = 200, headers = {} }: PageAnswer = {},
): Response {
  const allowed = [
    "default-src 'none'",
    `style-src '${hashOf(STYLE)}'`,
    ...(script === undefined ? [] : [`script-src '${hashOf(script)}'`, "connect-src 'self'"]),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
${script === undefined ? '' : `<script>${script}</script>`}
</body>
</html>
`;
  return new Response(html, {
    status,
    headers: {
      ...headers,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': allowed.join('; '),
      'cache-control': 'no-store',
    },
  });
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
