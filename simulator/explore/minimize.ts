// Delta debugging: the smallest part of a list that still does what the whole does.

/**
 * Leaves out ever smaller runs of items, to a part of which no single item can be left out any more (1-minimal), in
 * the spirit of Zeller and Hildebrandt's ddmin (IEEE TSE 2002), testing complements only: parts that fail alone are
 * found by leaving out the rest.
 *
 * @param attempt whether a part still does it; then what of the part is left, which may be less than was asked for
 * @returns the items that are left
 * @example
 * minimize([1, 2, 3, 4], (part) => (part.includes(3) ? part : undefined)); // [3]
 */
export function minimize<Item>(
  items: readonly Item[],
  attempt: (part: readonly Item[]) => readonly Item[] | undefined,
): readonly Item[] {
  let left = items;
  for (let size = Math.max(1, left.length >> 1); left.length > 0; ) {
    const before = left.length;
    for (let at = 0; at < left.length; ) {
      const smaller = attempt([...left.slice(0, at), ...left.slice(at + size)]);
      if (smaller === undefined) at += size;
      else left = smaller;
    }
    if (size === 1 && left.length === before) break;
    if (size > 1 || left.length === before) size = Math.max(1, Math.min(size >> 1, left.length >> 1));
  }
  return left;
}
