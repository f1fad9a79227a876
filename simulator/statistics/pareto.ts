// The Pareto front: what cannot be bettered in one respect without being worse in another.

/** Values of one candidate, all of them better when lower; undefined is worse than any number. */
export type Objectives = readonly (number | undefined)[];

/** Whether `a` is at least as good as `b` in all respects and better in one. */
export function dominates(a: Objectives, b: Objectives): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? Number.POSITIVE_INFINITY, b[i] ?? Number.POSITIVE_INFINITY];
    if (x > y) return false;
    if (x < y) better = true;
  }
  return better;
}

/** Which candidates nobody dominates. */
export function paretoFront(candidates: readonly Objectives[]): readonly boolean[] {
  return candidates.map((one) => !candidates.some((other) => dominates(other, one)));
}

/** The number of the front that each candidate is in, from 0: the second is the front without the first, and so on. */
export function paretoRanks(candidates: readonly Objectives[]): readonly number[] {
  const ranks = new Array<number>(candidates.length).fill(-1);
  for (let rank = 0; ranks.includes(-1); rank++) {
    const left = candidates.map((_, i) => i).filter((i) => ranks[i] === -1);
    const front = paretoFront(left.map((i) => candidates[i]!));
    left.forEach((i, at) => {
      if (front[at]) ranks[i] = rank;
    });
  }
  return ranks;
}
