// What a fault is: data that says where, when and how the world misbehaves, and how that is made smaller.
// One file each in this folder; `catalogue.ts` lists them.
//
// S7.  A fault is counted when it is delivered, by whoever delivers it, never when it is drawn.
// S11. Parameters are plain integers: a recorded fault can be replayed, edited and shrunk.

import type { FailureClass } from '../../engine/core/protocol.ts';

/**
 * Where a fault can strike. `request` and `reply`: a message leaves. `handler`: a request arrives at a
 * participant. `append`: an append arrives at the store. `process`: before or after an orchestrator takes an
 * input or performs an output. `commit`: a participant is between two commits of its own. `restart`: a request
 * arrives at a participant that keeps something in memory only. `load`: the store is read. `start`: it is settled
 * when a client asks for its saga; `wish`: for what. `end`: a saga ended with nothing left standing. Keyed by
 * slots of virtual time instead of by sagas: `link` between an orchestrator and a participant, `node` of a
 * participant, `clock` of a machine. `deploy`: an orchestrator begins.
 */
export type PointKind = keyof Fates;

/** What a fault was drawn with, whole numbers by name: a delay in microseconds, a count, a share. */
export type Params = Readonly<Record<string, number>>;

/** A keyed draw of the fault at hand: uniform in [min, max], both whole numbers. `name` tells draws apart. */
export type Draw = (name: string, min: number, max: number) => number;

/** What becomes of a message. Times in microseconds. */
export interface MessageFate {
  dropped: boolean;
  delayUs: number;
  /** A copy that arrives this much later than the message; -1 for none. */
  copyAfterUs: number;
  /** The copy comes minutes or hours later; one that would come sooner does not. */
  isLateCopy: boolean;
}

/** A stretch of virtual time in which something is wrong: it begins so long after the begin of its slot. */
export interface WindowFate {
  afterUs: number;
  /** 0: nothing is wrong. */
  lengthUs: number;
}

/** What becomes of a link. */
export interface LinkFate extends WindowFate {
  /** What is lost: 0 requests and replies, 1 requests, 2 replies. */
  direction: number;
}

/** What becomes of a participant's node for a while. */
export interface NodeFate extends WindowFate {
  /** How long it takes to serve one request. */
  serviceUs: number;
  /** How many requests may wait; what comes beyond is refused. */
  queueMax: number;
}

/** What becomes of a request at its participant. */
export interface HandlerFate {
  /** Answer without effect. `certain`: the answer is a rejection; otherwise nobody can know. */
  failBefore: FailureClass | undefined;
  certain: boolean;
  /** The effect happens, the answer is a 500. */
  failAfter: boolean;
  /** The node goes down before or after the effect; there is no answer. */
  crash: 'none' | 'before' | 'after';
  downUs: number;
}

/** What becomes of a participant between two commits of its own. */
export interface CommitFate {
  crash: boolean;
  downUs: number;
}

/** What becomes of what a participant keeps in memory only. */
export interface RestartFate {
  restart: boolean;
}

/** What becomes of a machine's clock, from now on. */
export interface ClockFate {
  /** Parts per million that it runs too fast, or too slow (negative). */
  driftPpm: number;
  skewUs: number;
}

/** What a reader of the store gets. */
export interface LoadFate {
  /** So many of the last appends are missing; a replica never has half of one. */
  missing: number;
}

/** When a client asks. */
export interface StartFate {
  /** It asks at the begin of its slot of this length; 0: when it would. */
  slotUs: number;
}

/** What a client asks for. */
export interface WishFate {
  /** What the saga asked for that stands there among all that are earlier, in parts per million; -1: its own wish. */
  likePpm: number;
}

/** What a person does with a saga that ended. */
export interface EndFate {
  /** How often it is retried at once. */
  retries: number;
  afterUs: number;
}

/** What becomes of an orchestrator over its life. */
export interface DeployFate {
  /** Until then it runs the older definitions; -1: the newer from the begin. */
  atUs: number;
  downUs: number;
}

/** What becomes of an append at the store. */
export interface AppendFate {
  /** `failed`: certainly not written. `unknown`: written, answered with an error. */
  answer: 'truthful' | 'failed' | 'unknown';
  delayUs: number;
  /** The store restarts: whatever was not synced, this append included, is lost and unanswered. */
  restart: boolean;
}

/** What becomes of an orchestrator process. */
export interface ProcessFate {
  crash: boolean;
  downUs: number;
  pauseUs: number;
  /** A second worker takes over; this one stands still for `zombieUs` and then goes on, or goes on at once. */
  takeover: boolean;
  zombieUs: number;
  /** How far its clock jumps, forward or back. */
  jumpUs: number;
  /** So often, and so much later, a person cancels the saga. */
  cancels: number;
  cancelAfterUs: number;
}

export interface Fates {
  readonly request: MessageFate;
  readonly reply: MessageFate;
  readonly handler: HandlerFate;
  readonly append: AppendFate;
  readonly process: ProcessFate;
  readonly commit: CommitFate;
  readonly restart: RestartFate;
  readonly load: LoadFate;
  readonly start: StartFate;
  readonly wish: WishFate;
  readonly end: EndFate;
  readonly link: LinkFate;
  readonly node: NodeFate;
  readonly clock: ClockFate;
  readonly deploy: DeployFate;
}

/** Parts per million of the points of its kind, at most, per profile. `perRun`: as many per run, whatever its size. */
export interface Ceiling {
  readonly breezePpm: number;
  readonly stormPpm: number;
  /** The rate falls with the number of sagas so that about this many strike in one run. */
  readonly perRun?: number;
}

/** Saga phases in which a fault can be delivered: the rows of the coverage matrix. */
export const PHASES = ['running', 'compensating', 'ended'] as const;
export type Phase = (typeof PHASES)[number];

/** A kind of fault: where it may strike, how often at most, and what it does there. */
export interface Fault<Point extends PointKind = PointKind> {
  /** Kebab-case, unique. */
  readonly kind: string;
  readonly point: Point;
  readonly ceiling: Ceiling;
  readonly phases: readonly Phase[];
  /** Draws the parameters, once it is decided that the fault strikes. */
  draw(draw: Draw): Params;
  /** Writes the fault into the fate of the point. */
  inject(fate: Fates[Point], params: Params): void;
  /** Milder parameters to try, mildest first. */
  shrink(params: Params): readonly Params[];
  /** What happened, as the end of a sentence: "the reply is lost". */
  describe(params: Params): string;
}

/** Declares a fault; only there for the types. */
export function defineFault<Point extends PointKind>(fault: Fault<Point>): Fault {
  return fault as Fault;
}

/** Half of a parameter, then less: the usual way to shrink one number towards `floor`. */
export function shrinkNumber(params: Params, name: string, floor: number): readonly Params[] {
  const value = params[name] ?? floor;
  if (value <= floor) return [];
  const half = floor + Math.floor((value - floor) / 2);
  return half === floor
    ? [{ ...params, [name]: floor }]
    : [
        { ...params, [name]: floor },
        { ...params, [name]: half },
      ];
}

/** A duration for people: `1.2 s`, `350 ms`, `80 µs`. */
export function duration(us: number): string {
  if (us >= 1_000_000) return `${Math.round(us / 100_000) / 10} s`;
  return us >= 1_000 ? `${Math.round(us / 1_000)} ms` : `${us} µs`;
}
