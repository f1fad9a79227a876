// How every page looks: light, dark, on paper, from 320 pixels up. Colours are variables; nothing is told by hue alone:
// series differ in dash or pattern, states in sign and word.

const COLORS = `
:root { color-scheme: light dark; --ink: #18212b; --dim: #52606d; --paper: #f7f8fa; --card: #ffffff; --line: #d5dbe1;
  --soft: #edf0f3; --link: #0a5c8a; --focus: #0a5c8a; --ok: #0d6b45; --ok-tint: #e3f3ea; --warn: #8a4b08;
  --warn-tint: #fdf0dc; --bad: #a81c26; --bad-tint: #fce8e8; --c1: #0b6a94; --c1-tint: #cfe6f1; --c2: #a3520a;
  --c2-tint: #fbe6cd; --c3: #6a45a5; --c3-tint: #e8dff5; --c4: #a81c26; --c4-tint: #f9d9da; --c5: #52606d;
  --c5-tint: #e3e7eb; --h0: #f1f4f7; --h1: #dbe9f2; --h2: #b3d3e6; --h3: #7fb4d4; --h4: #25719e; --h5: #0a4d73;
  --chaos: #8a4b08; --incident: #a81c26 }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e7ebef; --dim: #a3afbb; --paper: #11151a; --card: #1a2027; --line: #36404a; --soft: #232b33;
    --link: #7cc4ee; --focus: #7cc4ee; --ok: #62d3a2; --ok-tint: #12342a; --warn: #f3b562; --warn-tint: #3a2a12;
    --bad: #ff9b94; --bad-tint: #41191b; --c1: #62b9e6; --c1-tint: #173b4e; --c2: #f0ab57; --c2-tint: #46300f;
    --c3: #bda6f2; --c3-tint: #342654; --c4: #ff9b94; --c4-tint: #4d1d1f; --c5: #a3afbb; --c5-tint: #303942;
    --h0: #1d242b; --h1: #24465a; --h2: #27597a; --h3: #2b7099; --h4: #58aedb; --h5: #a9daf5; --chaos: #f3b562;
    --incident: #ff9b94 }
}
@media print { :root { --paper: #fff; --soft: #f2f2f2 } }
`;

const TEXT = `
* { box-sizing: border-box }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100% }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.25rem 3rem; font: 16px/1.5 system-ui, -apple-system, "Segoe UI",
  Roboto, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: break-word }
main:focus { outline: none }
h1 { font-size: 1.35rem; line-height: 1.25; margin: 0 } h2 { font-size: 1.25rem; margin: 0 0 .75rem; line-height: 1.3 }
h3 { font-size: 1rem; margin: 0 0 .25rem; line-height: 1.35 } p { margin: 0 0 .75rem; max-width: 46rem }
a { color: var(--link) } code, pre, kbd { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
pre { overflow: auto; margin: 0; padding: .75rem; background: var(--soft); border-radius: .375rem; white-space: pre-wrap }
ul, ol { padding-left: 1.25rem; margin: 0 0 .75rem } li { max-width: 46rem; margin: .15rem 0 } dl { margin: 0 }
section { background: var(--card); border: 1px solid var(--line); border-radius: .625rem; padding: 1.25rem; margin: 1rem 0 }
section section { padding: 0; border: 0; margin: 1.5rem 0 0 }
.note, .dim { color: var(--dim) } .note { font-size: .9375rem; margin: 0 0 .5rem } .small { font-size: .875rem }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.said { position: fixed; right: 1rem; bottom: 1rem; margin: 0; padding: .4rem .8rem; border-radius: .375rem;
  background: var(--ink); color: var(--paper) } .said:empty { display: none }
.skip { position: absolute; left: -999rem } .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem;
  z-index: 2 }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: .25rem }
:target { outline: 3px solid var(--focus); outline-offset: 4px; border-radius: .375rem }
.needs-js { display: none } .js .needs-js { display: revert } .js button.needs-js { display: inline-block }
button { font: inherit; font-size: .875rem; color: var(--ink); background: var(--card); border: 1px solid var(--dim);
  border-radius: .375rem; padding: .2rem .7rem; min-height: 2rem; cursor: pointer } button:hover { background: var(--soft) }
button.quiet { border-color: var(--line); color: var(--dim) } button[data-done=yes]::after { content: " ✓" }
button[data-done=no]::after { content: " ✗" } .tools { margin: .35rem 0 1rem } section > :last-child, section section > :last-child, details > :last-child {
  margin-bottom: 0 }
.tools button.quiet { border: 0; padding: 0; background: none; text-decoration: underline } .sub { display: block;
  color: var(--dim); font-weight: 400; font-size: .9375em }
`;

const PARTS = `
.masthead { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; margin-bottom: .75rem }
.masthead p { margin: 0; color: var(--dim) }
.verdict { border-left: .5rem solid var(--tone); background: var(--tint) } .verdict h2 { font-size: 1.6rem; color: var(--tone);
  margin: 0 0 .35rem; line-height: 1.2 } .verdict .lead { font-size: 1.0625rem; max-width: 48rem }
.tone-ok { --tone: var(--ok); --tint: var(--ok-tint) } .tone-warn { --tone: var(--warn); --tint: var(--warn-tint) }
.tone-bad { --tone: var(--bad); --tint: var(--bad-tint) } .tone-none { --tone: var(--dim); --tint: var(--soft) }
.state { color: var(--tone); font-weight: 600; white-space: nowrap }
.command { display: flex; gap: .5rem; align-items: start; margin: .35rem 0 } .command code { flex: 1; min-width: 0;
  padding: .3rem .6rem; background: var(--soft); border: 1px solid var(--line); border-radius: .375rem;
  overflow-wrap: anywhere } .verdict .command code { background: var(--card) }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); background: var(--card);
  border: 1px solid var(--line); border-radius: .625rem; overflow: hidden; margin: 1rem 0 } .facts div { outline: 1px solid var(--line);
  padding: .7rem .9rem } .facts dt { font-size: .8125rem; color: var(--dim) } .facts dd { margin: 0; font-size: 1.2rem;
  font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3 } .facts dd small { display: block;
  font-size: .8125rem; font-weight: 400; color: var(--dim) }
.contents { font-size: .9375rem } .contents ul { list-style: none; display: flex; flex-wrap: wrap; gap: .15rem 1rem;
  padding: 0; margin: 0 }
.pairs { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .3rem 1.25rem } .pairs dt { color: var(--dim) }
.pairs dd { margin: 0; min-width: 0; overflow-wrap: anywhere }
.table { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .9375rem;
  font-variant-numeric: tabular-nums } th, td { text-align: left; padding: .35rem .9rem .35rem 0; vertical-align: top;
  border-bottom: 1px solid var(--line) } thead th { font-size: .8125rem; color: var(--dim); font-weight: 600;
  vertical-align: bottom } thead .number { white-space: normal } tbody th { font-weight: 500 } .number { text-align: right; white-space: nowrap }
tr > :last-child { padding-right: 0 } tbody th { min-width: 5.5rem }
td .command { margin: 0; min-width: 18rem }
details > summary { cursor: pointer; color: var(--link); width: fit-content } details.data { margin: .5rem 0 0;
  font-size: .9375rem } details[open] > summary { margin-bottom: .5rem }
footer { color: var(--dim); font-size: .875rem; margin: 1.5rem 0 0 } footer .pairs { margin: .25rem 0 .75rem }
`;

const CHARTS = `
figure { margin: 1.25rem 0 0 } figure:first-of-type { margin-top: .5rem } figcaption { margin-bottom: .25rem }
.chart { display: block; width: 100%; height: auto; max-width: 57rem; font: 12px system-ui, -apple-system, "Segoe UI",
  Roboto, sans-serif; fill: var(--ink); overflow: visible } .chart.narrow { display: none; max-width: 30rem }
@media (max-width: 40rem) { .chart.wide { display: none } .chart.narrow { display: block } }
.chart text { font-variant-numeric: tabular-nums } .chart .dimmed, .axis text { fill: var(--dim) }
.chart .strong { font-weight: 600 } .chart .halo { paint-order: stroke; stroke: var(--card); stroke-width: 4px;
  stroke-linejoin: round } .axis .grid { stroke: var(--line); stroke-width: 1; fill: none }
.axis .base { stroke: var(--dim); stroke-width: 1; fill: none } .axis .axis-title { font-size: 11.5px }
.series { fill: none; stroke-width: 2; stroke-linejoin: round } .s1 { stroke: var(--c1) } .s2 { stroke: var(--c2);
  stroke-dasharray: 7 3 } .s3 { stroke: var(--c3); stroke-dasharray: 2 3 } .s4 { stroke: var(--c4);
  stroke-dasharray: 9 3 2 3 } .s5 { stroke: var(--c5); stroke-dasharray: 12 4 }
.t1 { fill: var(--c1) } .t2 { fill: var(--c2) } .t3 { fill: var(--c3) } .t4 { fill: var(--c4) } .t5 { fill: var(--c5) }
.t-ok { fill: var(--ok) } .t-bad { fill: var(--bad) } .t-dim { fill: var(--dim) }
.a1 { fill: var(--c1) } .a2 { fill: url(#hatch) } .a3 { fill: url(#dots) } .a4 { fill: url(#cross) } .a5 { fill: url(#lines) }
.edge { stroke: var(--card); stroke-width: 1.5 } .outline { fill: none; stroke: var(--dim); stroke-width: 1 }
.outline-thin { stroke: var(--dim); stroke-width: .75 } .track { fill: var(--soft) } .limit { stroke: var(--ink); stroke-width: 2 }
.patterns { position: absolute } .p-2 .p-ink { fill: var(--c2) } .p-2 .p-tint { fill: var(--c2-tint) }
.p-3 .p-ink { fill: var(--c3) } .p-3 .p-tint { fill: var(--c3-tint) } .p-4 .p-ink { fill: var(--c4) }
.p-4 .p-tint { fill: var(--c4-tint) } .p-5 .p-ink { fill: var(--c5) } .p-5 .p-tint { fill: var(--c5-tint) }
.p-chaos .p-ink { fill: var(--chaos); opacity: .22 } .p-chaos .p-tint { fill: var(--chaos); opacity: .07 }
.p-incident .p-ink { fill: var(--incident); opacity: .3 } .p-incident .p-tint { fill: var(--incident); opacity: .1 }
.w-chaos { fill: url(#chaos) } .w-incident { fill: url(#incident) }
.r1 { fill: var(--h1) } .r2 { fill: var(--h2) } .r3 { fill: var(--h3) } .r4 { fill: var(--h4) } .r5 { fill: var(--h5) }
.on-dark { fill: #fff } .on-light { fill: #10151a }
@media screen and (prefers-color-scheme: dark) { .on-dark { fill: #10151a } .on-light { fill: #fff } }
`;

const PRINT = `
@media print {
  :root { color-scheme: light } body { max-width: none; padding: 0; font-size: 10.5pt } section { border: 0; padding: 0;
    break-inside: auto } figure, .failure, tr { break-inside: avoid } button, .skip, .tools, .contents, .said { display: none !important }
  details::details-content { content-visibility: visible; block-size: auto } details > summary { display: none }
  .table { overflow: visible } .verdict { padding: .5rem 1rem; border-left: .5rem solid var(--tone) }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
@media (max-width: 40rem) { body { padding: 1rem .75rem 2rem } section { padding: 1rem .875rem } .verdict h2 { font-size: 1.4rem }
  .facts { grid-template-columns: repeat(2, 1fr) } .pairs { grid-template-columns: 1fr; gap: 0 } .pairs dd { margin-bottom: .5rem } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
`;

export const STYLE: string = [COLORS, TEXT, PARTS, CHARTS, PRINT].join('');
