// What `--reporter` knows, per kind of record. Adding a report: write it in reports/, add its line here.

import {
  renderAnnotations,
  renderBriefMarkdown,
  renderComparison,
  renderComparisonMarkdown,
  renderJobSummary,
  renderJson,
  renderJunit,
  renderLine,
  renderNdjson,
  renderPretty,
  renderRunMarkdown,
  renderSarif,
  renderTuning,
  renderTuningMarkdown,
} from '../reports/index.ts';
import type { CompareRecord } from '../simulator/compare-record.ts';
import type { RunRecord } from '../simulator/run-record.ts';
import type { TuneRecord } from '../simulator/tune-record.ts';
import { documentOf, each, HTML, type Reporter, type Reporters } from './reporters.ts';

export const RUN_REPORTERS: Reporters<RunRecord> = {
  pretty: each(renderPretty),
  line: each(renderLine),
  json: each(renderJson),
  ndjson: each(renderNdjson),
  junit: documentOf(renderJunit),
  github: {
    when: 'all',
    isDocument: false,
    render: (records, { folder }) => renderAnnotations(records, folder),
    summary: renderJobSummary,
  },
  sarif: documentOf((records, { folder }) => renderSarif(records, folder)),
  md: documentOf(renderRunMarkdown),
};

export const COMPARE_REPORTERS: Reporters<CompareRecord> = {
  pretty: each(renderComparison),
  md: each(renderComparisonMarkdown),
  brief: each(renderBriefMarkdown),
  html: page(async () => (await import('../reports/html/compare/page.ts')).renderComparisonHtml),
  'brief-html': page(async () => (await import('../reports/html/compare/brief-page.ts')).renderBriefHtml),
  json: each(renderJson),
};

/** A page of one record: there is one comparison per command. Loaded when it is asked for: what draws it is slow to load. */
function page<Told>(load: () => Promise<(record: Told) => string>): Reporter<Told> {
  let render: (record: Told) => string;
  return {
    when: 'all',
    isDocument: true,
    async load() {
      render = await load();
    },
    render: (records) => records.map((record) => render(record)).join(''),
  };
}

export const TUNE_REPORTERS: Reporters<TuneRecord> = {
  pretty: each(renderTuning),
  md: each(renderTuningMarkdown),
  json: each(renderJson),
};

/** Beside the table of runs: pages, which go to a folder, see `HtmlPages`. */
export const RUN_EFFECTS: readonly string[] = [HTML];

/** The report that leaves the runs themselves behind, for `sagastorm merge`: of `run` only. */
export const BLOB = 'blob';
