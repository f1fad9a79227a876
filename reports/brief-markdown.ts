// The brief for architects as Markdown.

import type { CompareRecord } from '../simulator/compare-record.ts';
import { briefOf } from './brief.ts';
import { code, escaped } from './markdown.ts';

/** Renders one brief; the text ends in a newline. */
export function renderBriefMarkdown(record: CompareRecord): string {
  const { title, decision, why, changes, promises, evidence, caveats, replays, noReplays, method } =
    briefOf(record);
  const list = (texts: readonly string[], none: string): readonly string[] =>
    texts.length === 0 ? [none] : texts.map((text) => `- ${text}`);
  const change = changes.map(({ words, typed }) =>
    typed === undefined ? escaped(words) : `${escaped(words)} ${code(typed)}`,
  );
  const lines = [
    `# ${escaped(title)}`,
    '',
    `**${escaped(decision)}** ${escaped(why)}`,
    '',
    ...(change.length === 0 ? [] : ['## What to change', '', ...list(change, ''), '']),
    ...(promises.length === 0 ? [] : ['## Service levels', '', ...list(promises.map(escaped), ''), '']),
    '## Evidence',
    '',
    ...list(evidence.map(escaped), 'No difference can be told apart from noise.'),
    '',
    '## What speaks against it',
    '',
    ...list(caveats.map(escaped), 'Nothing was found.'),
    '',
    '## Look for yourself',
    '',
    ...list(replays.map(code), noReplays),
    '',
    escaped(method),
  ];
  return `${lines.join('\n')}\n`;
}
