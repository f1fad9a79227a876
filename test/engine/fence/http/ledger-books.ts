// What a fence's table says as a book, page by page, as `serviceBook` reads it.

import type { Till } from './till.ts';

interface Entry {
  readonly saga: string;
  readonly step: string;
  readonly round: number;
  readonly action: string;
  readonly result?: unknown;
}

/** Each entry in the words in which the till notes an effect, sorted; and how many pages there were. */
export async function ledgerLines<Database>(
  till: Till<Database>,
): Promise<{ lines: string[]; pages: number }> {
  const lines: string[] = [];
  let pages = 0;
  for (let next: number | null = 0; next !== null; pages++) {
    const answer = await till.app.request(`/ledger/entries?after=${next}`);
    const page = (await answer.json()) as { entries: readonly Entry[]; next: number | null };
    for (const { action, saga, step, round } of page.entries)
      lines.push(`${action} ${saga} ${step} ${round}`);
    next = page.next;
  }
  return { lines: lines.sort(), pages };
}

/** What the till noted, without what it was undoing. */
export function effectsOf(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/ of \{.*$/, '')).sort();
}
