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
 * Writes the pages of a comparison that were asked for; returns their paths as people read them.
 *
 * @param several whether there are other comparisons, too: each then has its page beside it
 * @throws UserError `cannot-write`, `one-page`
 */
export async function comparisonPages(
  reporting: Reporting<CompareRecord>,
  record: CompareRecord,
  stored: string,
  several = false,
): Promise<string | undefined> {
  const written: string[] = [];
  for (const [name, [ending, load]] of Object.entries(PAGES)) {
    const asked = reporting.fileFor(name);
    if (asked === undefined) continue;
    if (several && asked.file !== undefined) {
      const hint = `Write --reporter ${name}: each page then stands beside its record.`;
      throw new UserError('one-page', `${asked.file} cannot hold the pages of several comparisons`, hint);
    }
    const render = await load();
    written.push(writePage(asked.file ?? stored.replace(/(\.json)?$/, ending), render(record)));
  }
  return written.length === 0 ? undefined : written.join(', ');
}
