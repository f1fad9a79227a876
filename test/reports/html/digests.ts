// Prints what pages come to, one line each: CI compares them between versions of Node.

import { createHash } from 'node:crypto';
import { renderBriefHtml } from '../../../reports/html/compare/brief-page.ts';
import { renderComparisonHtml } from '../../../reports/html/compare/page.ts';
import { renderDebugger } from '../../../reports/html/debug/page.ts';
import { renderGalleryHtml, renderRunHtml } from '../../../reports/html/index.ts';
import { drawnComparison } from '../comparisons.ts';
import { smallRecord } from './debug-record.ts';
import { ALL } from './records.ts';

const pages: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(ALL).map(([name, record]) => [name, renderRunHtml(record)])),
  'a gallery': renderGalleryHtml(Object.values(ALL)),
  'a comparison': renderComparisonHtml(drawnComparison),
  'a brief': renderBriefHtml(drawnComparison),
  'a debugger': renderDebugger(smallRecord()),
};
for (const [name, page] of Object.entries(pages)) {
  console.log(createHash('sha256').update(page).digest('hex'), name);
}
