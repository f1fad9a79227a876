// Pieces of Markdown whose text stays text, whatever it says.

/** A row of a table. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(' | ')} |`;
}

/** Text that stays text: a `~` twice would strike it out, a bar would end the cell. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_~<|[\]]/g, (sign) => `\\${sign}`);
}

/** Running text that stays text and stays in its line: a list item or a heading would end with it. */
export function inline(text: string): string {
  return escaped(text.replace(/\s+/g, ' ').trim());
}

/** Lines as they are, between fences that are longer than any run of marks in them. */
export function fenced(language: string, lines: readonly string[]): readonly string[] {
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
  );
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}

/** Text in code marks, one more of them than it has in a row. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  return longest === 0 ? `${marks}${text}${marks}` : `${marks} ${text} ${marks}`;
}
