// Every report: a pure function from a run record to text. Adding one: write its file, add its line here.

export { renderBriefMarkdown } from './brief-markdown.ts';
export { renderComparison } from './compare.ts';
export { renderComparisonMarkdown } from './compare-markdown.ts';
export { ANNOTATIONS_MAX, renderAnnotations, renderJobSummary, SUMMARY_BYTES_MAX } from './github.ts';
export { renderJson } from './json.ts';
export { renderJunit } from './junit.ts';
export { labelled } from './layout.ts';
export { renderLine } from './line.ts';
export { renderNdjson } from './ndjson.ts';
export type { NotRun } from './not-run.ts';
export { type Palette, type PrettyOptions, renderPretty } from './pretty.ts';
export { renderRunMarkdown } from './run-markdown.ts';
export { renderSarif } from './sarif.ts';
export { renderTuning } from './tune.ts';
export { renderTuningMarkdown } from './tune-markdown.ts';
export { counted, duration, number, percent } from './wording.ts';
