// "Did you mean …": the known word that is nearest to a misspelt one.

/**
 * The known word with the smallest edit distance to `word`, or undefined when none is near: at most a third of
 * its letters wrong, and always at least one.
 *
 * @example nearest('bank-transfr', ['bank-transfer', 'ride']) // 'bank-transfer'
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.ceil(word.length / 3));
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** `Did you mean "x"? Known: a, b, c.`, the usual hint for an unknown name. */
export function suggestion(word: string, known: readonly string[], what = 'Known'): string {
  const near = nearest(word, known);
  const list = known.length === 0 ? `${what}: none.` : `${what}: ${known.join(', ')}.`;
  return near === undefined ? list : `Did you mean "${near}"? ${list}`;
}

/** Letters to insert, delete, replace or swap with a neighbour to make one word of the other; a row at a time. */
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
