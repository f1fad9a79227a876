// The report of one campaign as a page. Verdict first, then what failed, then what it cost, then what it rests on.

import type { RunRecord } from '../../simulator/run-record.ts';
import { html, lines } from './markup.ts';
import { renderPage } from './page.ts';
import { Pen } from './pen.ts';
import { coverageSection } from './run/coverage.ts';
import { type DebuggerOf, failuresSection } from './run/failures.ts';
import { invariantsSection } from './run/invariants.ts';
import { latencySection } from './run/latency.ts';
import { outcomesSection } from './run/outcomes.ts';
import { policySection } from './run/policy.ts';
import { liveSection, metaBody, reproducibilitySection } from './run/reproducibility.ts';
import { RUN_STYLE } from './run/run-style.ts';
import { serviceLevelsSection } from './run/service-levels.ts';
import { stepsSection } from './run/steps.ts';
import { figures, masthead, titleOf } from './run/summary.ts';
import { timelineSection } from './run/timeline.ts';
import { verdictBand } from './run/verdict.ts';
import { contents, type Section, section } from './section.ts';

/**
 * Renders one record as a whole document; the text ends in a newline.
 *
 * @param debuggerOf the address of a failure's debugger page, from this page; undefined where there is none
 */
export function renderRunHtml(record: RunRecord, debuggerOf: DebuggerOf = () => undefined): string {
  const { meta, ...data } = record;
  const sections = sectionsOf(record, debuggerOf);
  return renderPage({
    title: titleOf(record),
    style: RUN_STYLE,
    body: html`${masthead(record)}
${verdictBand(record)}
${figures(record)}
${contents(sections)}
${lines(sections.map(section))}
<p class="tools needs-js"><button type="button" data-json="record" data-json-meta="record-meta" data-file="${record.scenario}.run.json">Save the record as JSON</button></p>`,
    data: { record: data },
    meta: { body: metaBody(record), data: { 'record-meta': meta } },
  });
}

function sectionsOf(record: RunRecord, debuggerOf: DebuggerOf): readonly Section[] {
  const pen = new Pen();
  const all: readonly (Section | undefined)[] = [
    failuresSection(record, debuggerOf),
    invariantsSection(record),
    serviceLevelsSection(record, pen),
    outcomesSection(record, pen),
    latencySection(record, pen),
    stepsSection(record, pen),
    timelineSection(record, pen),
    coverageSection(record),
    liveSection(record),
    policySection(record),
    reproducibilitySection(record),
  ];
  return all.filter((one) => one !== undefined);
}
