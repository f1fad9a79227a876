// What a fault is: data that says where, when and how the world misbehaves, and how that is made smaller.
// One file each in this folder; `catalogue.ts` lists them.
//
// S7.  A fault is counted when it is delivered, by whoever delivers it, never when it is drawn.
// S11. Parameters are plain integers: a recorded fault can be replayed, edited and shrunk.

import type { FailureClass } from '../../engine/core/protocol.ts';

/**
 * Where a fault can strike. `request` and `reply`: a message leaves. `handler`: a request arrives at a
 * participant. `append`: an append arrives at the store. `process`: before or after an orchestrator takes an
 * input or performs an output.
 */
export type PointKind = 'request' | 'reply' | 'handler' | 'append' | 'process';

export type Params = Readonly<Record<string, number>>;

/** A keyed draw of the fault at hand: uniform in [min, max], both whole numbers. `name` tells draws apart. */
export type Draw = (name: string, min: number, max: number) => number;

/** What becomes of a message. Times in microseconds. */
export interface MessageFate {
  dropped: boolean;
  delayUs: number;
  /** A copy that arrives this much later than the message; -1 for none. */
  copyAfterUs: number;
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
}

export interface Fates {
  readonly request: MessageFate;
  readonly reply: MessageFate;
  readonly handler: HandlerFate;
  readonly append: AppendFate;
  readonly process: ProcessFate;
}

/** Parts per million of the points of its kind, at most, per profile. `perRun`: as many per run, whatever its size. */
export interface Ceiling {
  readonly breezePpm: number;
  readonly stormPpm: number;
  /** The rate falls with the number of sagas so that about this many strike in one run. */
  readonly perRun?: number;
}

/** Saga phases in which a fault can be delivered: the rows of the coverage matrix. */
export type Phase = 'running' | 'compensating' | 'ended';

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
