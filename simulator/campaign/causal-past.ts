// The causal past of a violation: what led to it, and nothing else.
//
// C1. One event happened before another when it stands earlier in the same lane; when a message left with it that arrived
//     with the other; when both are appends to one log, in its order; when a worker opened a partition and read what the
//     append had written; and when there is a third event between them (Lamport's relation, with the log as one more way
//     by which orchestrators hear of each other).
// C2. An event is of concern when it is of a saga concerned, or befalls a machine that such a saga met. Concerned is the
//     violation's saga; every saga of a run that was made minimal, for without it the run did not fail so; and every
//     saga, when the violation names none.
// C3. The judge knows more than any machine: the ledgers. So the past begins at several roots: the event in which the
//     violation was said, every effect of a saga concerned up to then, and every event of concern in which a fault struck
//     up to then.
// C4. The past is every event of concern that is a root or happened before one. It holds each predecessor of concern of
//     each of its events, and nothing later than the violation.

/** An event as far as its place in the order matters. */
export interface OrderedEvent {
  /** Absent for what befalls nobody in particular, such as the end of all faults. */
  readonly lane?: string;
  /** Earlier events in other lanes, or in the same log, that happened before it; by number. */
  readonly after: readonly number[];
}

/**
 * Numbers of the events that led to the roots, rising (C4).
 *
 * @param events in the order of the run: an event comes after all that happened before it
 */
export function causalPast(
  events: readonly (OrderedEvent | undefined)[],
  roots: Iterable<number>,
  isOfConcern: (event: number) => boolean,
): readonly number[] {
  const before = inLanes(events);
  const seen = new Set<number>();
  const open = [...roots];
  while (open.length > 0) {
    const event = open.pop()!;
    if (seen.has(event) || events[event] === undefined) continue;
    seen.add(event);
    open.push(...events[event].after);
    if (before[event]! >= 0) open.push(before[event]!);
  }
  return [...seen].filter(isOfConcern).sort((a, b) => a - b);
}

/** Of each event the one before it in its lane, or -1. */
function inLanes(events: readonly (OrderedEvent | undefined)[]): readonly number[] {
  const last = new Map<string, number>();
  return Array.from(events, (seen, event) => {
    if (seen?.lane === undefined) return -1;
    const before = last.get(seen.lane) ?? -1;
    last.set(seen.lane, event);
    return before;
  });
}
