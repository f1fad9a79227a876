// Faults in the real world: the same draws at the same points as in the simulator, as far as there are such points, and a
// diary of what was delivered that outlives the process.
//
// W1. A fault is written down before it is delivered, in one write: the next thing may be the end of this process.
// W2. What ends or stops a process strikes once at a point, whatever life comes to it: a saga that is taken up again comes
//     to the same points, and would never get past them.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { liveNowUs } from '../../engine/live/clock.ts';
import type { DeliveredFault } from '../../simulator/audit/evidence.ts';
import { FAULTS } from '../../simulator/faults/catalogue.ts';
import type { Fates, Phase, PointKind } from '../../simulator/faults/fault.ts';
import type { FaultInjector } from '../../simulator/faults/injector.ts';
import { PLACE, type Place } from '../../simulator/faults/point.ts';
import { Seed } from '../../simulator/kernel/random.ts';
import type { PlannedFault } from '../../simulator/run-result.ts';
import { injectorOf } from './live-injector.ts';
import type { PreparedLive } from './live-job.ts';

const ONCE: ReadonlySet<string> = new Set([
  'participant-crash-before',
  'participant-crash-after',
  'orchestrator-crash',
  'pause',
  'takeover',
  'zombie',
]);

/** The injector of a run for real; every process has one, and all draw alike. */
export function liveInjector({ live, prepared, definitionOf }: PreparedLive): FaultInjector {
  return injectorOf({
    seed: new Seed(live.seed),
    plan: live.plan,
    profile: prepared.profile,
    sagas: prepared.sagas,
    stepName: (saga, step) => definitionOf(saga).steps[step]!.name,
  });
}

/** Where something happens: what the integers mean stands in simulator/faults/point.ts. */
export interface LivePoint {
  readonly place: Place;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export class LiveFaults {
  readonly pace: number;
  readonly #injector: FaultInjector;
  readonly #diary: string;
  /** W2: of all lives of this process so far. */
  readonly #gone: Set<string>;

  /** @param diary a file; what an earlier life wrote there counts */
  constructor(run: PreparedLive, diary: string) {
    this.#injector = liveInjector(run);
    if (run.live.isHealed) this.#injector.heal();
    this.pace = run.live.pace;
    this.#diary = diary;
    this.#gone = new Set(readDiary(diary).map(nameOf));
  }

  canStrike(point: PointKind): boolean {
    return this.#injector.canStrike(point);
  }

  /** From now on nothing strikes (S8). */
  heal(): void {
    this.#injector.heal();
  }

  /** Writes what strikes at a point into `fate`; the faults, which are yet to be delivered. */
  strike<Point extends PointKind>(
    kind: Point,
    { place, x, y, z }: LivePoint,
    fate: Fates[Point],
  ): readonly PlannedFault[] {
    const before = this.#injector.planned;
    const trial = { ...fate };
    if (this.#injector.at(kind, PLACE[place], x, y, z, trial) === 0) return [];
    const struck = this.#injector
      .plan(before)
      .filter((fault) => !(ONCE.has(fault.kind) && this.#gone.has(nameOf(fault))));
    for (const fault of struck) {
      FAULTS.find((known) => known.kind === fault.kind)!.inject(fate as never, fault.params);
    }
    return struck;
  }

  /** W1. */
  delivered(faults: readonly PlannedFault[], phase: Phase): void {
    for (const fault of faults) this.#gone.add(nameOf(fault));
    writeDiary(this.#diary, faults, phase);
  }

  /** How long something takes here that takes so long in virtual time, in milliseconds. */
  ms(virtualUs: number): number {
    return virtualUs / 1_000 / this.pace;
  }
}

/** W1. */
export function writeDiary(file: string, faults: readonly PlannedFault[], phase: Phase): void {
  const atUs = liveNowUs();
  const lines = faults.map((fault) => JSON.stringify({ ...fault, phase, atUs } satisfies DeliveredFault));
  if (lines.length > 0) appendFileSync(file, `${lines.join('\n')}\n`);
}

/** What was delivered, by one process or an earlier life of it. */
export function readDiary(file: string): readonly DeliveredFault[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1); // the last may be half a line
  return lines.map((line) => JSON.parse(line) as DeliveredFault);
}

/** The number of a saga of the run. */
export function indexOf(saga: string): number {
  return Number(saga.slice(2));
}

function nameOf({ kind, at }: PlannedFault): string {
  return `${kind} ${at}`;
}
