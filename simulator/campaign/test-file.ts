// A vitest test from a small failing run: it fails until the bug is mended, and stays as a regression test.

import { writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { Job, PreparedJob } from './job.ts';
import { shownPath } from './load-scenario.ts';
import { STANDARD_POLICIES } from './policy-choice.ts';
import type { ShrunkRun } from './shrink-run.ts';
import { MODULE_EXTENSION, modulePath } from './source-tree.ts';

/**
 * Writes the test beside a capsule; returns its path, relative to where the command runs. None is written for a saga
 * that came from a JSON file: it has no module to import.
 */
export function writeTest(
  job: Job,
  prepared: PreparedJob,
  seed: string,
  small: ShrunkRun,
  capsule: string,
): string | undefined {
  if (job.saga !== undefined) return undefined;
  const file = resolve(capsule.replace(/\.json$/, '.test.ts'));
  writeFileSync(file, testText(job, prepared, seed, small, dirname(file)));
  return shownPath(file);
}

/** The text of the test, for a file in `folder`. */
export function testText(
  job: Job,
  prepared: PreparedJob,
  seed: string,
  small: ShrunkRun,
  folder: string,
): string {
  const { policy, scenario, sagas, file } = prepared;
  const { only, plan, violation } = small;
  const [first] = plan;
  const standard = policy.override !== undefined && STANDARD_POLICIES.includes(policy.name);
  const name = JSON.stringify(policy.name);
  const chosen = standard
    ? `Object.values(policies).find(({ name }) => name === ${name})!`
    : `scenario.policies.find(({ name }) => name === ${name})!`;
  return [
    `// Fails as long as ${scenario.name} breaks ${violation.invariant}: ${oneLine(violation.message)}`,
    '',
    ...(standard ? [`import { policies } from '${publicModule('engine', folder)}';`] : []),
    `import { profiles, simulate } from '${publicModule('simulator', folder)}';`,
    "import { expect, test } from 'vitest';",
    `import scenario from '${relativeModule(file, folder)}';`,
    '',
    `test(${JSON.stringify(`${scenario.name}: ${violation.invariant}`)}, () => {`,
    ...(job.atOnce === true
      ? [
          '  const atOnce: typeof scenario = {',
          '    ...scenario,',
          '    workload: (context) => ({ ...scenario.workload(context), startAtUs: 0 }),',
          '  };',
        ]
      : []),
    `  const { plan: struck, violations } = simulate(${job.atOnce === true ? 'atOnce' : 'scenario'}, {`,
    `    seed: ${JSON.stringify(seed)},`,
    `    sagas: ${sagas},`,
    `    only: ${JSON.stringify(only)},`,
    '    profile: profiles.calm, // what strikes is in the plan',
    ...(policy.override === undefined ? [] : [`    policy: ${chosen},`]),
    '    plan: [',
    ...plan.map((fault) => `      ${JSON.stringify(fault)},`),
    '    ],',
    '  });',
    ...(first === undefined
      ? []
      : [
          '  // Or it proves nothing: the point where the first fault strikes has another name now.',
          `  expect(struck[0]).toMatchObject(${JSON.stringify({ kind: first.kind, at: first.at })});`,
        ]),
    '  expect(violations).toEqual([]);',
    '});',
    '',
  ].join('\n');
}

/** As an installed package has it; inside the repository, the source itself. */
function publicModule(name: 'engine' | 'simulator', folder: string): string {
  return MODULE_EXTENSION === '.js'
    ? `sagastorm/${name}`
    : relativeModule(modulePath(`${name}/index`), folder);
}

function relativeModule(file: string, folder: string): string {
  const path = relative(folder, file).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
