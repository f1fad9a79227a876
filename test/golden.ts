// Prints the fingerprints of every scenario, to be compared between machines, Node versions and changes:
//
//   node test/golden.ts            prints them
//   node test/golden.ts --write    and keeps them in golden.json

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { profiles, type Scenario, simulate } from '../simulator/index.ts';

const SCENARIOS = join(import.meta.dirname, '../scenarios');
const SEEDS = ['golden', 'golden/1', 'golden/2'];

/** `scenario profile seed` → fingerprint, for 50 sagas. */
export async function fingerprints(): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const file of readdirSync(SCENARIOS).sort()) {
    if (!file.endsWith('.ts')) continue;
    const { default: scenario } = (await import(join(SCENARIOS, file))) as { readonly default: Scenario };
    for (const profile of Object.values(profiles)) {
      for (const seed of SEEDS) {
        const { fingerprint } = simulate(scenario, { seed, sagas: 50, profile });
        found[`${scenario.name} ${profile.name} ${seed}`] = fingerprint;
      }
    }
  }
  return found;
}

if (process.argv[1] === import.meta.filename) {
  const text = `${JSON.stringify(await fingerprints(), null, 2)}\n`;
  if (process.argv.includes('--write')) writeFileSync(join(import.meta.dirname, 'golden.json'), text);
  process.stdout.write(text);
}
