// "Did you mean …": the known word that is nearest to a misspelt one.

/**
 * The known word with the smallest edit distance to `word`, case aside, or undefined when none is near: at most a
 * third of its letters may be wrong.
 *
 * @example
 * nearest('compensaton', ['compensation', 'payload']); // 'compensation'
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.ceil(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/**
 * The hint for an unknown name.
 *
 * @example
 * suggestion('compensaton', ['compensation', 'payload']);
 * // 'Did you mean "compensation"? Known: compensation, payload.'
 */
export function suggestion(word: string, known: readonly string[], what = 'Known'): string {
  const near = nearest(word, known);
  const list = `${what}: ${known.length === 0 ? 'none' : known.join(', ')}.`;
  return near === undefined ? list : `Did you mean "${near}"? ${list}`;
}

/** Letters to insert, remove, replace or swap with a neighbour to make one word of the other; a row at a time. */
function editDistance(a: string, b: string): number {
  let above: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? above[j - 2]! + 1 : replaced;
      next.push(Math.min(replaced, swapped, row[j]! + 1, next[j - 1]! + 1));
    }
    above = row;
    row = next;
  }
  return row[b.length]!;
}
