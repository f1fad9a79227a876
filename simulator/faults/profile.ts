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
  /** All rates, in parts per thousand of what they would be; default 1,000. See {@link atFaultRate}. */
  readonly ratePermille?: number;
}

export const CHAOS_US = 60_000_000;

function profile(name: Profile['name'], ppm: (index: number) => number): Profile {
  const ceilings = FAULTS.map((fault, i) => [fault.kind, ppm(i)] as const).filter(([, rate]) => rate > 0);
  return { name, ceilingPpm: Object.fromEntries(ceilings), chaosUs: CHAOS_US };
}

/** How bad the weather is: `calm` has no faults, `breeze` few, `storm` all kinds at rates that no production sees. */
export const profiles: Readonly<Record<Profile['name'], Profile>> = {
  calm: profile('calm', () => 0),
  breeze: profile('breeze', (i) => FAULTS[i]!.ceiling.breezePpm),
  storm: profile('storm', (i) => FAULTS[i]!.ceiling.stormPpm),
};

/**
 * The same weather with all faults more or less frequent. A fault that strikes at a lower rate strikes at a higher one, too,
 * as long as the run comes to the same point.
 *
 * @param permille 0: no fault; 1,000: the profile as it is
 */
export function atFaultRate(weather: Profile, permille: number): Profile {
  return permille === 1_000 ? weather : { ...weather, ratePermille: permille };
}

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
  const scale = (profile.ratePermille ?? 1_000) / 1_000;
  return FAULTS.map(({ kind, ceiling, point }) => {
    const on = random() < 0.55 || !swarm;
    const uneven = random();
    const ceilingPpm = profile.ceilingPpm[kind] ?? 0;
    if (!on || ceilingPpm === 0 || scale === 0 || impossible.has(kind)) return 0;
    const points = sagas * POINTS_PER_SAGA[point];
    const spread = ceiling.perRun === undefined ? ceilingPpm : (ceiling.perRun * 1e6) / points;
    const most = Math.min(ceilingPpm, Math.ceil(spread));
    const rate = Math.round(most * (least + (1 - least) * uneven) * scale);
    return Math.min(1_000_000, Math.max(1, rate));
  });
}

/** The 32-bit thresholds of rates in parts per million. */
export function thresholds(ratesPpm: readonly number[]): readonly number[] {
  return ratesPpm.map(threshold);
}
