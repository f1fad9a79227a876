// The service levels that a scenario may promise. Measured over all runs of a campaign, faults and all.

import { suggestion } from '../engine/core/nearest.ts';
import { checkMembers } from '../engine/core/step-shape.ts';
import { UserError } from '../engine/core/user-error.ts';

/**
 * Each is optional; whole numbers. A campaign that misses one ends in `slo-missed`, exit code 3. Quiet times are those
 * before the incidents of a scenario and from five minutes after them; where there are none, always.
 */
export interface ServiceLevels {
  /** Of 1,000 sagas so many complete, at least; 0 to 1,000. Left out: some do, or the campaign is inconclusive. */
  readonly completedPermille?: number;
  /** Half of all sagas end within so many virtual milliseconds. */
  readonly sagaP50Ms?: number;
  /** 99 % of all sagas do. */
  readonly sagaP99Ms?: number;
  /** 99 % of all sagas that are undone are undone so many milliseconds after the undo began. */
  readonly compensationP99Ms?: number;
  /** 99 % of all steps are durably applied so many milliseconds after their call was first sent. */
  readonly stepP99Ms?: number;
  /** Of 1,000 sagas of quiet times at most so many do not complete; 0 to 1,000. */
  readonly quietCompensatedPermille?: number;
  /** Sagas of quiet times end within so many milliseconds on average. */
  readonly quietMeanMs?: number;
  /** 99 % of the sagas of quiet times end within so many milliseconds. */
  readonly quietP99Ms?: number;
  /** So soon after an incident began a log says that a call to its service failed. */
  readonly detectionMs?: number;
  /** So soon after the last incident the load is back where it was. */
  readonly recoveryMs?: number;
}

/** From mild to rough: the names of the profiles. */
export type Weather = (typeof WEATHERS)[number];

const WEATHERS = ['calm', 'breeze', 'storm'] as const;

/** Whether what is promised for some weather is promised in this one. */
export function isPromisedIn(weather: Weather, promised: Weather): boolean {
  return WEATHERS.indexOf(weather) <= WEATHERS.indexOf(promised);
}

const MEMBERS = [
  'completedPermille',
  'sagaP50Ms',
  'sagaP99Ms',
  'compensationP99Ms',
  'stepP99Ms',
  'quietCompensatedPermille',
  'quietMeanMs',
  'quietP99Ms',
  'detectionMs',
  'recoveryMs',
];
const PERMILLE_MAX = 1_000;

/** Whether something is promised of quiet times. */
export function promisesQuiet(levels: ServiceLevels): boolean {
  return Object.keys(levels).some((level) => level.startsWith('quiet'));
}

/** @throws UserError `bad-scenario` for a weather that there is not */
export function checkWeather(scenario: string, weather: string): void {
  if (WEATHERS.some((known) => known === weather)) return;
  throw new UserError(
    'bad-scenario',
    `scenario "${scenario}": sloWeather is ${JSON.stringify(weather)}`,
    suggestion(weather, WEATHERS, 'Weathers'),
  );
}

/** @throws UserError `bad-scenario` for a member that nothing measures, or a limit that is no whole number in bounds */
export function checkServiceLevels(scenario: string, levels: ServiceLevels): void {
  checkMembers(`scenario "${scenario}": slo`, levels, MEMBERS, 'bad-scenario');
  for (const [name, limit] of Object.entries(levels) as readonly (readonly [string, unknown])[]) {
    const most = name.endsWith('Permille') ? PERMILLE_MAX : Number.MAX_SAFE_INTEGER;
    if (Number.isInteger(limit) && (limit as number) >= 0 && (limit as number) <= most) continue;
    throw new UserError(
      'bad-scenario',
      `scenario "${scenario}": slo.${name} is ${String(limit)}`,
      name.endsWith('Permille')
        ? 'It is a whole number from 0 to 1,000.'
        : 'It is a whole number of milliseconds.',
    );
  }
}
