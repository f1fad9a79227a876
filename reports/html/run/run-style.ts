// What the report of a run has beside the style of all pages: cards of failures and the map of faults.

export const RUN_STYLE = `
.failure { border: 1px solid var(--line); border-left: .375rem solid var(--tone); border-radius: .375rem; padding: 1rem 1.1rem;
  margin: 1rem 0 0; scroll-margin-top: 1rem } .failure:first-of-type { margin-top: 0 }
.failure h3 { font-size: 1.0625rem } .failure h4 { font-size: .875rem; margin: .9rem 0 .3rem; color: var(--dim) }
.failure .message { font-size: 1.0625rem; margin: .35rem 0 .35rem; max-width: none } .often { font-weight: 400; color: var(--dim) }
.anchor { color: var(--dim); text-decoration: none; font-variant-numeric: tabular-nums } .anchor::before { content: "#" }
.anchor:hover { text-decoration: underline } .story { margin: 0 0 .75rem } .story li { max-width: none; margin: .3rem 0 }
.story small { display: block; color: var(--dim); font-size: .875rem } .failure .pairs { font-size: .9375rem }
.heatmap { font-size: .875rem } .heatmap th, .heatmap td { padding: .1rem .6rem .1rem 0;
  border: 0 } .heatmap tbody th { font-weight: 400 } .heatmap th, .heatmap td { vertical-align: middle } .heatmap .heat { width: 17%; text-align: right;
  padding: 0; border: 1px solid var(--card) } .heatmap thead th:not(:first-child) { text-align: right; padding-right: .5rem }
.heat a { display: block; padding: .2rem .5rem; color: inherit; text-decoration: none } .heat a:hover { text-decoration: underline }
.heat.miss { padding: .2rem .5rem; color: var(--bad); font-weight: 700; outline: 1px dashed var(--dim); outline-offset: -2px }
.h1 { background: var(--h1) } .h2 { background: var(--h2) } .h3 { background: var(--h3); color: #10151a }
.h4 { background: var(--h4); color: #fff } .h5 { background: var(--h5); color: #fff }
@media screen and (prefers-color-scheme: dark) { .h3 { color: #fff } .h4, .h5 { color: #10151a } }
@media (max-width: 40rem) { .heatmap { font-size: .8125rem } .heatmap thead th { font-size: .75rem } .heatmap .extra {
  display: none } .heatmap tbody th { overflow-wrap: normal } .heat a { padding: .35rem .4rem } .failure { padding: .75rem } }
`;
