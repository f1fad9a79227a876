// What the report of a run has beside the style of all pages: cards of failures and the map of faults.

import { HEATMAP_STYLE } from '../heatmap.ts';

export const RUN_STYLE = `${HEATMAP_STYLE}.failure { border: 1px solid var(--line); border-left: .375rem solid var(--tone); border-radius: .375rem; padding: 1rem 1.1rem;
  margin: 1rem 0 0; scroll-margin-top: 1rem } .failure:first-of-type { margin-top: 0 }
.failure h3 { font-size: 1.0625rem } .failure h4 { font-size: .875rem; margin: .9rem 0 .3rem; color: var(--dim) }
.failure .message { font-size: 1.0625rem; margin: .35rem 0 .35rem; max-width: none } .often { font-weight: 400; color: var(--dim) }
.anchor { color: var(--dim); text-decoration: none; font-variant-numeric: tabular-nums } .anchor::before { content: "#" }
.anchor:hover { text-decoration: underline } .story { margin: 0 0 .75rem } .story li { max-width: none; margin: .3rem 0 }
.story small { display: block; color: var(--dim); font-size: .875rem } .failure .pairs { font-size: .9375rem }
@media (max-width: 40rem) { .failure { padding: .75rem } }
`;
