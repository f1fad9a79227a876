// What `simulate` is asked for, by callers whose compiler did not look: one clear sentence for each mistake, before the
// world is built of it.

import { checkMembers } from '../../engine/core/step-shape.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { planFault } from '../faults/plan-fault.ts';

const SAGAS_MAX = 10_000_000;
const MEMBERS = [
  'seed',
  'sagas',
  'profile',
  'policy',
  'plan',
  'keepPlan',
  'trace',
  'onProgress',
  'variant',
  'only',
  'visit',
  'onViolation',
];

/** @throws UserError `bad-options` */
export function checkOptions(scenario: unknown, options: unknown): void {
  if ((scenario as { readonly kind?: unknown } | undefined)?.kind !== 'scenario') {
    refuse('its first argument is not a scenario', 'Give it what defineScenario() answered.');
  }
  if (typeof options !== 'object' || options === null) {
    refuse('its second argument is not an object', 'Give it { seed, sagas, profile }.');
  }
  checkMembers('simulate()', options, MEMBERS, 'bad-options');
  const { seed, sagas, profile, policy, plan, only } = options as Readonly<Record<string, unknown>>;
  if (typeof seed !== 'string') refuse(`seed is ${String(seed)}`, 'It is a text.');
  if (!isWhole(sagas) || sagas < 1 || sagas > SAGAS_MAX)
    refuse(`sagas is ${String(sagas)}`, 'It is a whole number from 1 to 10,000,000.');
  const { ceilingPpm, chaosUs } = membersOf(profile);
  if (typeof ceilingPpm !== 'object' || typeof chaosUs !== 'number')
    refuse(`profile is ${shown(profile)}`, 'Take profiles.calm, profiles.breeze or profiles.storm.');
  for (const [kind, ppm] of Object.entries(membersOf(ceilingPpm))) {
    if (typeof ppm !== 'number' || !(ppm >= 0))
      refuse(`the ceiling of ${kind} is ${String(ppm)}`, 'It is a number of points in a million.');
  }
  if (policy !== undefined && typeof membersOf(policy).retryDelayUs !== 'function')
    refuse(`policy is ${shown(policy)}`, 'Take one of `policies`, or what definePolicy() answered.');
  const wrong = plan === undefined ? undefined : planFault(plan);
  if (wrong !== undefined) refuse(`plan ${wrong}`, 'Plans are in results and capsules: copy one from there.');
  if (only !== undefined && !isRising(only, sagas))
    refuse(`only is ${JSON.stringify(only)}`, `It lists numbers of sagas from 0 to ${sagas - 1}, rising.`);
}

function refuse(what: string, hint: string): never {
  throw new UserError('bad-options', `simulate(): ${what}`, hint);
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function shown(value: unknown): string {
  return typeof value === 'object' ? 'something else' : String(JSON.stringify(value));
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

function isRising(only: unknown, sagas: number): boolean {
  if (!Array.isArray(only)) return false;
  return only.every((n, i) => isWhole(n) && n >= 0 && n < sagas && (i === 0 || n > (only[i - 1] as number)));
}
