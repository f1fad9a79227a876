// How rough the weather is. A profile is a ceiling for every fault; each run draws its own rates below it.

import { type Seed, threshold } from '../kernel/random.ts';
import { FAULTS } from './catalogue.ts';
import type { PointKind } from './fault.ts';

/** A named weather. Rates are parts per million of the points where a fault can strike. */
export interface Profile {
  readonly name: 'calm' | 'breeze' | 'storm';
  readonly ceilingPpm: Readonly<Record<string, number>>;
  /** Virtual time until the world heals: no further fault is injected (S8). */
  readonly chaosUs: number;
}

const CHAOS_US = 60_000_000;

function profile(name: Profile['name'], ppm: (index: number) => number): Profile {
  const ceilings = FAULTS.map((fault, i) => [fault.kind, ppm(i)] as const).filter(([, rate]) => rate > 0);
  return { name, ceilingPpm: Object.fromEntries(ceilings), chaosUs: CHAOS_US };
}

export const profiles: Readonly<Record<Profile['name'], Profile>> = {
  calm: profile('calm', () => 0),
  breeze: profile('breeze', (i) => FAULTS[i]!.ceiling.breezePpm),
  storm: profile('storm', (i) => FAULTS[i]!.ceiling.stormPpm),
};

/** Points of each kind that one saga passes through in a storm, roughly; those that are about no saga do not count. */
const POINTS_PER_SAGA: Readonly<Record<PointKind, number>> = {
  request: 6,
  reply: 5,
  handler: 5,
  append: 7,
  process: 40,
  commit: 5,
  restart: 5,
  load: 1,
  start: 1,
  wish: 1,
  end: 1,
  link: 0,
  node: 0,
  clock: 0,
  deploy: 0,
};

/** Seeds of a campaign, `root/1`, `root/2`, …, swarm; a root, and `root/0`, have every fault of the profile. */
export function isSwarmSeed(seed: string): boolean {
  return /\/[1-9]\d*$/.test(seed);
}

/**
 * The rates of one run, by index in FAULTS, in parts per million; 0 is off. Swarm testing (Groce et al., ISSTA
 * 2012): leaving out a random half lets the others go further than a bit of everything does. Kinds that are
 * `impossible` in this world are off.
 */
export function drawRates(
  profile: Profile,
  seed: Seed,
  sagas: number,
  impossible: ReadonlySet<string>,
): readonly number[] {
  const random = seed.stream('rates');
  const swarm = isSwarmSeed(seed.text);
  const least = swarm ? 0.1 : 0.5;
  return FAULTS.map(({ kind, ceiling, point }) => {
    const on = random() < 0.55 || !swarm;
    const uneven = random();
    const ceilingPpm = profile.ceilingPpm[kind] ?? 0;
    if (!on || ceilingPpm === 0 || impossible.has(kind)) return 0;
    const points = sagas * POINTS_PER_SAGA[point];
    const spread = ceiling.perRun === undefined ? ceilingPpm : (ceiling.perRun * 1e6) / points;
    const most = Math.min(ceilingPpm, Math.ceil(spread));
    return Math.max(1, Math.round(most * (least + (1 - least) * uneven)));
  });
}

/** The 32-bit thresholds of rates in parts per million. */
export function thresholds(ratesPpm: readonly number[]): readonly number[] {
  return ratesPpm.map(threshold);
}
