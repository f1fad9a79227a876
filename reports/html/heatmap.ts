// How maps of numbers look: the number tells, the shade helps to find.

/**
 * Classes: `heatmap` for the table, `heat` and `h1` … `h5` for its cells, `miss` for one that is empty and should not be,
 * `h0` for one of which nothing can be said; `swatch` for a sample of a cell in a legend.
 */
export const HEATMAP_STYLE = `
.heatmap { font-size: .875rem } .heatmap th, .heatmap td { padding: .1rem .6rem .1rem 0;
  border: 0 } .heatmap tbody th { font-weight: 400 } .heatmap th, .heatmap td { vertical-align: middle } .heatmap .heat { width: 17%; text-align: right;
  padding: 0; border: 1px solid var(--card) } .heatmap thead th:not(:first-child) { text-align: right; padding-right: .5rem }
.heat a { display: block; padding: .2rem .5rem; color: inherit; text-decoration: none } .heat a:hover { text-decoration: underline }
.heat.miss { padding: .2rem .5rem; color: var(--bad); font-weight: 700; outline: 1px dashed var(--dim); outline-offset: -2px }
.h0 { background: repeating-linear-gradient(45deg, var(--card) 0 5px, var(--line) 5px 6.5px); color: var(--dim) }
.swatch { display: inline-block; width: 1.1rem; height: .8rem; border: 1px solid var(--line); vertical-align: -.05rem }
.swatches { display: inline-flex; margin: 0 .35rem } .h1 { background: var(--h1) } .h2 { background: var(--h2) } .h3 { background: var(--h3); color: #10151a }
.h4 { background: var(--h4); color: #fff } .h5 { background: var(--h5); color: #fff }
@media screen and (prefers-color-scheme: dark) { .h3 { color: #fff } .h4, .h5 { color: #10151a } }
@media (max-width: 40rem) { .heatmap { font-size: .8125rem } .heatmap thead th { font-size: .75rem } .heatmap .extra {
  display: none } .heatmap tbody th { overflow-wrap: normal } .heat a { padding: .35rem .4rem } }
`;
