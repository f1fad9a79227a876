// Capsules of planted bugs, for tests of the debugger: found, made small and written into a folder of their own.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Capsule, readCapsule, runCampaign } from '../../../simulator/campaign/index.ts';

export interface FoundCapsule {
  readonly path: string;
  readonly capsule: Capsule;
}

/** Capsules of the failures that some seeds of a planted bug show. */
export async function capsulesOf(
  bug: string,
  options: { readonly seeds?: number; readonly shrinkBudget?: number } = {},
): Promise<readonly FoundCapsule[]> {
  const { seeds = 4, shrinkBudget = 3_000 } = options;
  const { violations } = await runCampaign({
    scenario: `scenarios/planted-bugs/${bug}.ts`,
    profile: 'storm',
    rootSeed: 'a',
    seeds,
    shrinkBudget,
    workers: 1,
    determinismChecks: 0,
    out: mkdtempSync(join(tmpdir(), 'sagastorm-debug-')),
  });
  return violations.flatMap(({ capsule: path }) =>
    path === undefined ? [] : [{ path, capsule: readCapsule(path) }],
  );
}
