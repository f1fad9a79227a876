// Decides, at every point, which faults strike: by keyed draws, or by a plan. Records each decision (S11) and
// counts what was delivered (S7).

import { purpose, type Seed, scale } from '../kernel/random.ts';
import type { FaultPlan, PlannedFault } from '../run-result.ts';
import { FAULTS } from './catalogue.ts';
import { countsByName } from './counts-by-name.ts';
import { type Draw, type Fates, type Params, PHASES, type Phase, type PointKind } from './fault.ts';
import { PLACES, type Place, type PointNames, pointText } from './point.ts';
import { drawRates, type Profile, thresholds } from './profile.ts';

/** A set of faults that struck at one point: bit i stands for FAULTS[i]. */
export type FaultSet = number;

/** The set of these kinds. */
export function faultSet(...kinds: readonly string[]): FaultSet {
  return FAULTS.reduce((set, { kind }, i) => (kinds.includes(kind) ? set | (1 << i) : set), 0);
}

/** A fault that can strike at a place. */
interface Candidate {
  readonly index: number;
  readonly threshold: number;
  /** The purpose of its draws; differs from place to place. */
  readonly key: number;
  /** What the draw that decides begins with. */
  readonly begun: number;
}

interface Recorded {
  readonly kind: string;
  readonly place: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly params: Params;
}

const NOTHING: ReadonlySet<string> = new Set();
/** Kinds of points that only the code of some participants comes to, see {@link FaultInjector.meet}. */
const SEAMS: ReadonlySet<PointKind> = new Set<PointKind>(['commit']);

const PURPOSES = FAULTS.map((fault) => purpose(`fault:${fault.kind}`));
/** Different places of one point kind draw apart. */
const PLACE_STEP = 0x9e3779b1 | 0;
/** The places of each kind of point: mostly one. */
const PLACES_OF = Map.groupBy(PLACES.keys(), (place) => kindOf(PLACES[place]!));
/** Cells of the coverage matrix, by phase × FAULTS.length + index in FAULTS. */
const CELLS = PHASES.flatMap((phase) => FAULTS.map(({ kind }) => coverageCell(phase, kind)));
const CELLS_BY_NAME = CELLS.map((_, i) => i).sort((a, b) => (CELLS[a]! < CELLS[b]! ? -1 : 1));

export interface InjectorOptions {
  readonly seed: Seed;
  readonly profile: Profile;
  readonly sagas: number;
  readonly names: PointNames;
  /** Only these faults strike. */
  readonly plan?: FaultPlan;
  /** Whether to keep what strikes, for {@link FaultInjector.plan}. */
  readonly keepPlan: boolean;
  /** Told of every point that the run comes to, in order. */
  readonly visit?: PointVisitor;
  /** Kinds that nothing in this world can suffer: they are off. */
  readonly impossible?: ReadonlySet<string>;
}

/** Told of a point where a fault could strike, before it is decided whether one does. */
export type PointVisitor = (kind: PointKind, at: string) => void;

export class FaultInjector {
  readonly ratesPpm: readonly number[];
  readonly delivered = new Array<number>(FAULTS.length).fill(0);
  /** By index in CELLS. */
  readonly #cells = new Array<number>(CELLS.length).fill(0);
  readonly #seed: Seed;
  readonly #names: PointNames;
  readonly #planned: ReadonlyMap<string, readonly PlannedFault[]> | undefined;
  /** By place. */
  readonly #candidates: readonly (readonly Candidate[])[];
  readonly #keepPlan: boolean;
  readonly #visit: PointVisitor | undefined;
  readonly #recorded: Recorded[] = [];
  readonly #seams = new Set<PointKind>();
  #healed = false;

  constructor(options: InjectorOptions) {
    const { seed, profile, sagas, names, plan, keepPlan, visit, impossible = NOTHING } = options;
    this.#keepPlan = keepPlan;
    this.#visit = visit;
    this.#seed = seed;
    this.#names = names;
    this.#planned = plan === undefined ? undefined : Map.groupBy(plan, (fault) => fault.at);
    this.ratesPpm = plan === undefined ? drawRates(profile, seed, sagas, impossible) : FAULTS.map(() => 0);
    this.#candidates = candidates(seed, thresholds(this.ratesPpm), plan);
  }

  /** From here on nothing strikes any more (S8). Faults of a plan are already decided; they still strike. */
  heal(): void {
    this.#healed = true;
  }

  /** Whether a fault of this kind of point can strike in this run at all. */
  canStrike(point: PointKind): boolean {
    const [place] = PLACES_OF.get(point)!; // what can strike at one of them can at all
    return this.#visit !== undefined || this.#candidates[place!]!.length > 0;
  }

  /** Whether nothing can strike in this run, and nobody wants to know where it could. */
  get isCalm(): boolean {
    return this.#visit === undefined && this.#candidates.every((candidates) => candidates.length === 0);
  }

  /** Whether one of these kinds can strike in this run at all. */
  canBe(...kinds: readonly string[]): boolean {
    return this.#candidates.some((some) => some.some(({ index }) => kinds.includes(FAULTS[index]!.kind)));
  }

  /** The world has points of this kind after all, which nobody can know before they are met. */
  meet(seam: PointKind): void {
    this.#seams.add(seam);
  }

  /** The rates of what could strike in this run, as it turned out. */
  get enabledPpm(): readonly number[] {
    return this.ratesPpm.map((ppm, i) => {
      const { point } = FAULTS[i]!;
      return SEAMS.has(point) && !this.#seams.has(point) ? 0 : ppm;
    });
  }

  /** How many faults struck and were kept. */
  get planned(): number {
    return this.#recorded.length;
  }

  /** Writes the faults that strike at this point into `fate`, and returns which they are. `point`: the kind of the place. */
  at<Point extends PointKind>(
    point: Point,
    place: number,
    x: number,
    y: number,
    z: number,
    fate: Fates[Point],
  ): FaultSet {
    this.#visit?.(point, pointText(this.#names, place, x, y, z));
    const candidates = this.#candidates[place]!;
    if (candidates.length === 0) return 0;
    if (this.#planned !== undefined) return this.#atPlanned(this.#planned, candidates, place, x, y, z, fate);
    if (this.#healed) return 0;
    let struck = 0;
    for (const { index, threshold, key, begun } of candidates) {
      if (this.#seed.drawFrom(begun, x, y, z) >= threshold) continue;
      const params = FAULTS[index]!.draw(this.#drawer(key, x, y, z));
      struck |= this.#strike(index, params, place, x, y, z, fate);
    }
    return struck;
  }

  #atPlanned<Point extends PointKind>(
    planned: ReadonlyMap<string, readonly PlannedFault[]>,
    candidates: readonly Candidate[],
    place: number,
    x: number,
    y: number,
    z: number,
    fate: Fates[Point],
  ): FaultSet {
    let struck = 0;
    for (const fault of planned.get(pointText(this.#names, place, x, y, z)) ?? []) {
      const candidate = candidates.find(({ index }) => FAULTS[index]!.kind === fault.kind);
      if (candidate !== undefined)
        struck |= this.#strike(candidate.index, fault.params, place, x, y, z, fate);
    }
    return struck;
  }

  #strike<Point extends PointKind>(
    index: number,
    params: Params,
    place: number,
    x: number,
    y: number,
    z: number,
    fate: Fates[Point],
  ): FaultSet {
    const fault = FAULTS[index]!;
    fault.inject(fate, params);
    if (this.#keepPlan) this.#recorded.push({ kind: fault.kind, place, x, y, z, params });
    return 1 << index;
  }

  #drawer(key: number, x: number, y: number, z: number): Draw {
    return (name, min, max) =>
      min + scale(this.#seed.draw((key ^ purpose(name)) | 0, x, y, z), max - min + 1);
  }

  /** Counts faults as delivered, to a saga in this phase. */
  deliver(faults: FaultSet, phase: Phase): void {
    const row = PHASES.indexOf(phase) * FAULTS.length;
    for (let left = faults; left !== 0; left &= left - 1) {
      const index = 31 - Math.clz32(left & -left);
      this.delivered[index] = this.delivered[index]! + 1;
      this.#cells[row + index]!++;
    }
  }

  /** Faults delivered by cell of the coverage matrix, where there were any; in the order of the cells' names. */
  get coverage(): Readonly<Record<string, number>> {
    return countsByName(CELLS, this.#cells, CELLS_BY_NAME);
  }

  /**
   * Every fault that struck and was kept, in order: run with this plan, the run is the same.
   *
   * @param from leaves out so many of the first
   */
  plan(from = 0): FaultPlan {
    return this.#recorded.slice(from).map(({ kind, place, x, y, z, params }) => ({
      kind,
      at: pointText(this.#names, place, x, y, z),
      params,
    }));
  }
}

/** The kind of point that a place is. */
function kindOf(place: Place): PointKind {
  switch (place) {
    case 'before-append':
    case 'after-append':
    case 'before-send':
    case 'after-send':
    case 'input':
      return 'process';
    default:
      return place;
  }
}

/** What can strike, by place. */
function candidates(
  seed: Seed,
  thresholds: readonly number[],
  plan: FaultPlan | undefined,
): readonly (readonly Candidate[])[] {
  const kinds = new Set(plan?.map((fault) => fault.kind));
  const at: Candidate[][] = PLACES.map(() => []);
  for (let index = 0; index < FAULTS.length; index++) {
    const { kind, point } = FAULTS[index]!;
    if (plan === undefined ? !(thresholds[index]! > 0) : !kinds.has(kind)) continue;
    for (const place of PLACES_OF.get(point)!) {
      const key = (PURPOSES[index]! + Math.imul(place, PLACE_STEP)) | 0;
      at[place]!.push({ index, threshold: thresholds[index]!, key, begun: seed.begin(key) });
    }
  }
  return at;
}

/** A cell of the coverage matrix. */
export function coverageCell(phase: Phase, kind: string): string {
  return `${phase} × ${kind}`;
}

/** Every cell that the faults of a profile can reach; of these kinds only, such as those that a world can suffer. */
export function coverageCells(profile: Profile, kinds?: ReadonlySet<string>): readonly string[] {
  return FAULTS.flatMap(({ kind, phases }) => {
    const isOn = (profile.ceilingPpm[kind] ?? 0) > 0 && kinds?.has(kind) !== false;
    return isOn ? phases.map((phase) => coverageCell(phase, kind)) : [];
  });
}
