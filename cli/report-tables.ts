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
import { BRIEF_HTML, documentOf, each, HTML, type Reporters } from './reporters.ts';

export const RUN_REPORTERS: Reporters<RunRecord> = {
  pretty: each(renderPretty),
  line: each(renderLine),
  json: each(renderJson),
  ndjson: each(renderNdjson),
  junit: documentOf((records, { notRun }) => renderJunit(records, notRun)),
  github: {
    when: 'all',
    isDocument: false,
    render: (records, { folder, notRun }) => renderAnnotations(records, folder, notRun),
    summary: renderJobSummary,
  },
  sarif: documentOf((records, { folder, notRun }) => renderSarif(records, folder, notRun)),
  md: documentOf((records, { notRun }) => renderRunMarkdown(records, notRun)),
};

export const COMPARE_REPORTERS: Reporters<CompareRecord> = {
  pretty: each(renderComparison),
  md: { ...each(renderComparisonMarkdown), isDocument: true },
  brief: { ...each(renderBriefMarkdown), isDocument: true },
  json: each(renderJson),
};

export const TUNE_REPORTERS: Reporters<TuneRecord> = {
  pretty: each(renderTuning),
  md: { ...each(renderTuningMarkdown), isDocument: true },
  json: each(renderJson),
};

/** Beside the tables: pages, which go to files, see `HtmlPages` and `comparisonPages`. */
export const RUN_EFFECTS: readonly string[] = [HTML];
export const COMPARE_EFFECTS: readonly string[] = [HTML, BRIEF_HTML];

/** The report that leaves the runs themselves behind, for `sagastorm merge`: of `run` only. */
export const BLOB = 'blob';
