// Pieces of Markdown whose text stays text, whatever it says.

/** A row of a table. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(' | ')} |`;
}

/** Text that stays text: a `~` twice would strike it out, a bar would end the cell. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_~<|[\]]/g, (sign) => `\\${sign}`);
}

/** Text in code marks, one more of them than it has in a row. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  return longest === 0 ? `${marks}${text}${marks}` : `${marks} ${text} ${marks}`;
}
