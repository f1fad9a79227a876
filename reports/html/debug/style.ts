// How the debugger's page looks, beside what all pages have. Columns from 68rem up; below that the scrubber stays in
// sight at the top.

export const DEBUG_STYLE = `
body { max-width: 84rem } .faults-title { margin: .5rem 0 .25rem } .faults { margin: 0 0 .75rem }
.bench { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 1rem; align-items: start }
.side { display: contents } .drawing { order: 2; min-width: 0 } .now { order: 3; min-width: 0 }
.scrubber { position: sticky; top: 0; z-index: 1; padding: .6rem .875rem; margin: 0 -.25rem; min-width: 0 }
.scrubber .at { margin: 0; max-width: none; min-height: 3em } .scrubber input { width: 100%; margin: .25rem 0; min-height: 1.5rem;
  accent-color: var(--link) } .moves { display: flex; flex-wrap: wrap; gap: .25rem; margin: .15rem 0 0; max-width: none }
.moves button { flex: 1 1 2.2rem; padding: .2rem .25rem; min-height: 2rem } .keys { margin: .35rem 0 0; max-width: none }
kbd { border: 1px solid var(--line); border-radius: .25rem; padding: 0 .25rem; background: var(--soft) }
@media (max-width: 67.99rem) { .keys { display: none } html { scroll-padding-top: 12rem } }
@media (max-width: 40rem) { #events th:nth-child(3), #events td:nth-child(3) { display: none } .drawing { padding-left: .5rem; padding-right: .5rem } }
@media (min-width: 68rem) { .bench { grid-template-columns: minmax(0, 1fr) 25rem }
  .side { display: block; order: 3; position: sticky; top: 0; max-height: 100vh; overflow: auto; padding-bottom: 1rem;
    scrollbar-width: thin } .scrubber { position: sticky; margin: 1rem 0 0; border-bottom-left-radius: 0;
    border-bottom-right-radius: 0 } .now { margin-top: 0; border-top: 0; border-top-left-radius: 0;
    border-top-right-radius: 0 } .bench .drawing { margin-top: 1rem } }
.now h2 { font-size: 1rem; margin-bottom: .5rem } .now h3 { margin-top: 1rem } .now .note { font-size: .8125rem }
.state-table { font-size: .875rem; margin: 0 0 .75rem } .state-table caption { text-align: left; padding: .15rem 0;
  font-size: .875rem } .state-table th, .state-table td { padding: .2rem .5rem .2rem 0 }
.slot.amiss { color: var(--bad); font-weight: 600 } .slot.amiss::after { content: " ≠"; font-weight: 700 }
.said-by .slot.amiss::after { content: "" } .slot.changed { display: inline-block; background: var(--warn-tint); outline: 2px solid var(--warn);
  border-radius: .2rem; padding: 0 .2rem } .slot.changed::before { content: "▸ " } #events td:nth-child(3) { white-space: nowrap } .said-by { font-size: .875rem }
.said-by dd { margin: 0 0 .4rem 1rem } .said-by dt { font-weight: 500 }
.space-time { position: relative } .space-time.narrow { display: none } .space-time svg { display: block; max-width: 100%;
  height: auto } .lane-heads { position: sticky; top: 0; background: var(--card); border-bottom: 1px solid var(--line) }
@media (max-width: 40rem) { .space-time.wide { display: none } .space-time.narrow { display: block } }
@media (max-width: 67.99rem) { .lane-heads { position: static } }
.space-time text, .legend { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
.space-time text { fill: var(--ink) } .lane-name { font-weight: 600 } .space-time .epoch { font-weight: 400; font-size: 11px; fill: var(--dim) } .lanes .time, .lanes .index { fill: var(--dim);
  font-size: 11px; font-variant-numeric: tabular-nums } .lanes .index { font-weight: 600 }
.lanes .strong { font-weight: 600 } .lanes .note-fault { fill: var(--warn); font-weight: 600 }
.lanes .note-violation { fill: var(--bad); font-weight: 600 }
.lane { stroke: var(--line); stroke-width: 2; fill: none } .row { cursor: pointer }
.row-plain { fill: transparent } .row-struck { fill: var(--warn); fill-opacity: .09 } .row-broken { fill: var(--bad);
  fill-opacity: .12 } .row:hover .row-plain { fill: var(--dim); fill-opacity: .12 }
.row:target rect:first-child { stroke: var(--focus); stroke-width: 2 } .row:focus { outline: none }
.cursor { fill: var(--link); fill-opacity: .13; stroke: var(--link); stroke-width: 2 }
.m-line { stroke: var(--ink); stroke-width: 1.8; fill: none } .m-open { fill: var(--card) } .m-fill { fill: var(--ink) }
.m-effect { fill: var(--c1); stroke: var(--card); stroke-width: 1 } .m-log { fill: var(--c3) } .m-lost { stroke: var(--bad);
  stroke-width: 3; fill: none } .m-knock { stroke: var(--card); stroke-width: 2; fill: none } .m-knock-fill { fill: var(--card) }
.m-alarm { fill: var(--bad-tint); stroke: var(--bad); stroke-width: 2.5 } .m-flash { fill: var(--warn) }
.message { fill: none; stroke: var(--ink); stroke-width: 1.4 } .message.reply { stroke: var(--dim) }
.message.ask { stroke: var(--dim); stroke-width: 1 } .message.copy { stroke-dasharray: 5 4; stroke: var(--c2); stroke-width: 1.8 }
.message.stub { stroke: var(--dim); stroke-width: 1; stroke-dasharray: 1 3 } .head path { fill: var(--ink) }
.head-reply path { fill: none; stroke: var(--dim); stroke-width: 2 }
.span-down { fill: url(#down); stroke: var(--bad); stroke-width: 1 } .span-pause { fill: url(#still); stroke: var(--c2);
  stroke-width: 1 } .p-down-tint { fill: var(--bad-tint) } .p-down-ink { fill: var(--bad); fill-opacity: .5 }
.p-still-tint { fill: var(--c2-tint) } .p-still-ink { fill: var(--c2); fill-opacity: .6 }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding: 0; margin: 1rem 0 0; color: var(--dim) }
.legend li { display: inline-flex; align-items: center; gap: .3rem; margin: 0 }
@media print { .side, .bench { display: block; position: static; max-height: none; overflow: visible } .scrubber,
  .lane-heads { position: static } .space-time.wide { display: block } .space-time.narrow { display: none } .cursor { display: none } }
`;
