// The pages of comparisons, `--reporter html` and `--reporter brief-html`: beside the stored record, unless a file is named.
// They are loaded here, when somebody asks for one.

import { UserError } from '../engine/core/user-error.ts';
import type { CompareRecord } from '../simulator/compare-record.ts';
import { writePage } from './html-pages.ts';
import { BRIEF_HTML, HTML, type Reporting } from './reporters.ts';

type Render = (record: CompareRecord) => string;

/** What each is called beside the record, and what draws it. */
const PAGES: Readonly<Record<string, readonly [ending: string, load: () => Promise<Render>]>> = {
  [HTML]: ['.html', async () => (await import('../reports/html/compare/page.ts')).renderComparisonHtml],
  [BRIEF_HTML]: [
    '-brief.html',
    async () => (await import('../reports/html/compare/brief-page.ts')).renderBriefHtml,
  ],
};

/**
 * Refuses reports that would go where comparisons are stored, or where their pages go.
 *
 * @throws UserError `one-page`, `same-file`
 */
export function keepPagesClear(reporting: Reporting<CompareRecord>, stored: readonly string[]): void {
  const pages = Object.entries(PAGES).flatMap(([name, [ending]]) => {
    const asked = reporting.fileFor(name);
    if (asked === undefined) return [];
    if (asked.file === undefined) return stored.map((file) => beside(file, ending));
    if (stored.length === 1) return [];
    const hint = `Write --reporter ${name}: each page then stands beside its record.`;
    throw new UserError('one-page', `${asked.file} cannot hold the pages of several comparisons`, hint);
  });
  reporting.keepClear(stored, pages);
}

/**
 * Writes the pages of a comparison that were asked for; returns their paths as people read them.
 *
 * @throws UserError `cannot-write`
 */
export async function comparisonPages(
  reporting: Reporting<CompareRecord>,
  record: CompareRecord,
  stored: string,
): Promise<string | undefined> {
  const written: string[] = [];
  for (const [name, [ending, load]] of Object.entries(PAGES)) {
    const asked = reporting.fileFor(name);
    if (asked === undefined) continue;
    const render = await load();
    written.push(writePage(asked.file ?? beside(stored, ending), render(record)));
  }
  return written.length === 0 ? undefined : written.join(', ');
}

/** `compare.json` → `compare.html`. */
function beside(stored: string, ending: string): string {
  return stored.replace(/(\.json)?$/, ending);
}
