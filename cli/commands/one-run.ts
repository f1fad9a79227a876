// What names one run on the command line: a capsule, or a scenario with its seed and the flags that shape it.

import { join } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import type { Job } from '../../simulator/campaign/job.ts';
import { readJson } from '../../simulator/campaign/json-file.ts';
import { shownPath } from '../../simulator/campaign/load-scenario.ts';
import { quoted } from '../../simulator/campaign/replay-command.ts';
import { SCENARIOS_FOLDER } from '../../simulator/campaign/source-tree.ts';
import type { GivenFlags } from '../command-line.ts';
import {
  type FlagName,
  faultPermilleOf,
  profileOf,
  protocolOf,
  seedOf,
  textOf,
  wholeNumberOf,
} from '../flags.ts';

/** What a capsule already says. */
const OF_A_SEED: readonly FlagName[] = [
  'seed',
  'sagas',
  'profile',
  'fault-rate',
  'protocol',
  'policy',
  'saga',
];

const SAGAS = { min: 1, max: 10_000_000 };

/** @throws UserError `capsule-and-flag` */
export function refuseFlagsBesideCapsule(given: GivenFlags): void {
  const beside = OF_A_SEED.find((name) => given.has(name));
  if (beside === undefined) return;
  throw new UserError(
    'capsule-and-flag',
    `a capsule says everything about its run, so it cannot be combined with --${beside}`,
    'Leave the flag out, or name the scenario instead of the capsule.',
  );
}

/** @throws UserError `missing-seed` */
export function neededSeed(command: string, scenario: string, given: GivenFlags): string {
  const seed = seedOf(given);
  if (seed !== undefined) return seed;
  throw new UserError(
    'missing-seed',
    `${command} ${scenario} needs the seed of the run`,
    `Write sagastorm ${command} ${quoted(scenario)} --seed <text>.`,
  );
}

/** The job whose seed is run. */
export function jobOf(scenario: string, given: GivenFlags): Job {
  const [policy, saga] = [textOf(given, 'policy'), textOf(given, 'saga')];
  const sagas = wholeNumberOf(given, 'sagas', SAGAS);
  const faultPermille = faultPermilleOf(given);
  const protocol = protocolOf(given);
  return {
    scenario,
    profile: profileOf(given) ?? 'storm',
    ...(sagas === undefined ? {} : { sagas }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(policy === undefined ? {} : { policy }),
    ...(faultPermille === undefined ? {} : { faultPermille }),
    ...(saga === undefined
      ? {}
      : { saga: readJson(saga, `a saga such as ${shownPath(join(SCENARIOS_FOLDER, 'order.json'))}`) }),
  };
}
