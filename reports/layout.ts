// Lines of a report on the terminal: labels in a column, long values wrapped beside them.

const NO_BREAK = '\u00a0';

/** Marks text that is to stay on one line; {@link wrap} takes the marks off. */
export function together(text: string): string {
  return text.replaceAll(' ', NO_BREAK);
}

/** Text as it is without the marks of {@link together}. */
export function unmarked(text: string): string {
  return text.replaceAll(NO_BREAK, ' ');
}

/** Breaks text at spaces so that no line is longer than `width`, unless one word is. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((done) => done.replaceAll(NO_BREAK, ' ').trim());
}

/** `label` in a column of its own, `text` beside it on as many lines as it takes. */
export function labelled(label: string, text: string, column: number, width: number): readonly string[] {
  const indent = ' '.repeat(column);
  return wrap(text, width - column).map((line, i) => (i === 0 ? label.padEnd(column) : indent) + line);
}
