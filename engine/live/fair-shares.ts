// How many partitions each of several workers should have. Pure: every worker comes to the same numbers from the same
// census, and nobody has to be asked.
//
// F1. Shares are equal, but for who wants fewer: what that one leaves is shared by the others. Where they do not come out
//     even, they lie between two whole numbers: everybody has a right to the lower one, and takes the higher at most.
// F2. Nobody takes what another has a right to, unless he has a right to it himself.
// F3. Nobody gives anything back but to somebody who has less than his right, and nobody below his own: so the partitions
//     come to rest, and stay where they are until a worker comes or goes.

/** What is known of a worker. */
export interface Share {
  readonly name: string;
  /** Partitions that it holds. */
  readonly held: number;
  /** How many it takes at most. */
  readonly most: number;
}

export interface Census {
  /** Partitions in all, and those of them that nobody holds. */
  readonly partitions: number;
  readonly free: number;
  /** Every other worker that is alive. */
  readonly others: readonly Share[];
}

/** What a worker should do about its share. */
export interface Adjustment {
  /** So many may be claimed now. */
  readonly claims: number;
  /** One is to be given back. */
  readonly gives: boolean;
  /** It would take more, if they were free. */
  readonly waits: boolean;
}

interface Bounds {
  readonly least: number;
  readonly most: number;
}

export function adjustmentOf(self: Share, { partitions, free, others }: Census): Adjustment {
  const even = evenShare(
    partitions,
    [self, ...others].map(({ most }) => most),
  );
  const boundsOf = ({ most }: Share): Bounds => ({
    least: Math.min(most, even.least),
    most: Math.min(most, even.most),
  });
  const { least, most } = boundsOf(self);
  const needed = others.reduce((sum, other) => sum + Math.max(0, boundsOf(other).least - other.held), 0);
  const rightful = least - self.held;
  const spare = Math.min(most - self.held, free - needed); // F2
  return {
    claims: Math.max(0, Math.min(free, Math.max(rightful, spare))),
    gives: needed > free && self.held > least && (self.held > most || isRichest(self, others, even)), // F3
    waits: self.held < most,
  };
}

/** F1: what is left for those who set no lower bound themselves. */
function evenShare(partitions: number, mosts: readonly number[]): Bounds {
  let left = partitions;
  let sharers = mosts.length;
  for (const most of mosts.toSorted((a, b) => a - b)) {
    if (most * sharers > left) break;
    left -= most;
    sharers--;
  }
  return sharers === 0
    ? { least: partitions, most: partitions }
    : { least: Math.floor(left / sharers), most: Math.ceil(left / sharers) };
}

/** One at a time gives, where it could be several; by its name, where they have as much. */
function isRichest(self: Share, others: readonly Share[], { least }: Bounds): boolean {
  const surplusOf = ({ held, most }: Share): number => held - Math.min(most, least);
  const own = surplusOf(self);
  return others.every((other) => {
    const surplus = surplusOf(other);
    return surplus < own || (surplus === own && other.name > self.name);
  });
}
