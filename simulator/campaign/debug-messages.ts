// Which arrival belongs to which departure: the messages of a run, put together from its events.
//
// M1. A request is known by its operation and how often that was sent; a copy of it arrives with the same number.
// M2. A reply belongs to the call that its orchestrator was waiting for. Answers to several copies of one call are alike:
//     they are taken in the order in which they left.
// M3. An answer leaves in the event in which the request was handled, or turned away. Where a node refuses a request for
//     want of room that is no event: the answer is drawn from the request itself.

import type { Call, Outcome } from '../../engine/core/protocol.ts';

type Operation = Pick<Call, 'saga' | 'step' | 'direction'>;

/** A message under way, or done. Events by number. */
export interface Leg {
  readonly kind: 'ask' | 'request' | 'reply';
  readonly from: number;
  to?: number;
  lost?: number;
  readonly toLane: string;
  readonly isCopy?: true;
  readonly turnedAway?: true;
}

interface CallLeg extends Leg {
  readonly call: Call;
  /** As the participant gave it; it may be another on the way. */
  outcome?: Outcome | undefined;
}

/** A request that a participant is at, until its answer leaves. */
interface Handling {
  readonly key: string;
  readonly event: number;
  readonly atUs: number;
  outcome?: Outcome;
}

export class Messages {
  readonly legs: Leg[] = [];
  readonly #requests = new Map<string, CallLeg>();
  /** By operation. */
  readonly #replies = new Map<string, CallLeg[]>();
  #arrived: CallLeg | undefined;
  #handling: Handling | undefined;
  /** The reply that is just leaving. */
  #leaving: CallLeg | undefined;

  /** `s-4/stock/forward#2`: the name of a transmission, `+copy` of a copy; as in the points of faults. */
  static key({ saga, step, direction }: Call, transmission: number): string {
    return `${saga}/${step}/${direction}#${transmission >> 1}${(transmission & 1) === 1 ? '+copy' : ''}`;
  }

  sent(key: string, call: Call, event: number): void {
    const leg: CallLeg = { kind: 'request', call, from: event, toLane: call.service };
    this.#requests.set(key, leg);
    this.legs.push(leg);
  }

  /** What was asked for, of a request or of a copy of it. */
  callOf(key: string): Call | undefined {
    return this.#requests.get(key.replace('+copy', ''))?.call;
  }

  /** A request reached its node: is handled, waits there or is refused (M1). */
  arrived(key: string, event: number, atUs: number, waits: boolean): void {
    if (!waits) this.#handling = { key, event, atUs };
    const sent = this.#requests.get(key.replace('+copy', ''));
    if (sent === undefined) return;
    const leg = key.endsWith('+copy') ? this.#copyOf(key, sent) : sent;
    leg.to ??= event;
  }

  #copyOf(key: string, sent: CallLeg): CallLeg {
    const known = this.#requests.get(key);
    if (known !== undefined) return known;
    const { kind, call, from, toLane } = sent;
    const copy: CallLeg = { kind, call, from, toLane, isCopy: true };
    this.#requests.set(key, copy);
    this.legs.push(copy);
    return copy;
  }

  /** The participant itself answered what is being handled. */
  answered(outcome: Outcome): void {
    if (this.#handling !== undefined) this.#handling.outcome = outcome;
  }

  /** The event in which the request that is being handled arrived. */
  handling(atUs: number): { readonly key: string; readonly event: number } | undefined {
    return this.#handling?.atUs === atUs ? this.#handling : undefined;
  }

  /** The answer to a request leaves, to `lane` (M3). */
  replies(key: string, atUs: number, lane: string): void {
    const handled = this.#handling;
    const sent = this.#requests.get(key.replace('+copy', ''));
    if (sent === undefined) return;
    const isHandled = handled?.key === key && handled.atUs === atUs;
    const from = isHandled ? handled.event : sent.from;
    const leg: CallLeg = {
      kind: 'reply',
      call: sent.call,
      from,
      toLane: lane,
      ...(key.endsWith('+copy') ? { isCopy: true } : {}),
      ...(isHandled ? {} : { turnedAway: true }),
      outcome: isHandled ? handled.outcome : undefined,
    };
    this.#handling = undefined;
    this.#leaving = leg;
    this.#repliesFor(sent.call).push(leg);
    this.legs.push(leg);
  }

  /** Something else happens: what was leaving has left. */
  goOn(): void {
    this.#leaving = undefined;
  }

  /** A message is lost; which of the two: the request, or its answer. */
  lost(key: string, event: number, atUs: number, lane: string): 'request' | 'reply' {
    if (this.#leaving === undefined && this.handling(atUs)?.key === key) this.replies(key, atUs, lane);
    if (this.#leaving !== undefined) {
      this.#leaving.lost = event;
      this.#leaving = undefined;
      return 'reply';
    }
    const sent = this.#requests.get(key.replace('+copy', ''));
    const leg = sent !== undefined && key.endsWith('+copy') ? this.#copyOf(key, sent) : sent;
    if (leg !== undefined) leg.lost = event;
    return 'request';
  }

  #repliesFor({ saga, step, direction }: Operation): CallLeg[] {
    const key = `${saga}/${step}/${direction}`;
    const known = this.#replies.get(key);
    if (known !== undefined) return known;
    const fresh: CallLeg[] = [];
    this.#replies.set(key, fresh);
    return fresh;
  }

  /** An answer to this attempt arrived (M2): to which call, if it can be told. */
  came(operation: Operation, attempt: number, event: number): Call | undefined {
    const replies = this.#repliesFor(operation);
    const fits = ({ call, lost }: CallLeg): boolean => lost === undefined && call.attempt === attempt;
    const waiting = replies.find((leg) => leg.to === undefined && fits(leg));
    const arrived = waiting ?? this.#again(replies, replies.findLast(fits));
    if (arrived === undefined) return undefined;
    arrived.to = event;
    this.#arrived = arrived;
    return arrived.call;
  }

  /** The network made a copy of an answer. */
  #again(replies: CallLeg[], before: CallLeg | undefined): CallLeg | undefined {
    if (before === undefined) return undefined;
    const { kind, call, from, toLane, outcome } = before;
    const copy: CallLeg = { kind, call, from, toLane, isCopy: true, outcome };
    replies.push(copy);
    this.legs.push(copy);
    return copy;
  }

  /** The orchestrator says that the answer that arrived in `event` is to another call than was thought. */
  correct(event: number, call: Call): void {
    const wrong = this.#arrived;
    if (wrong?.to !== event || wrong.call === call) return;
    const right = this.#repliesFor(call).find(
      (leg) => leg.to === undefined && leg.lost === undefined && leg.call === call,
    );
    if (right === undefined) return;
    delete wrong.to;
    right.to = event;
  }

  /** People ask; the orchestrator's next event about the saga is where it arrives. */
  asked(event: number, lane: string): Leg {
    const leg: Leg = { kind: 'ask', from: event, toLane: lane };
    this.legs.push(leg);
    return leg;
  }
}
