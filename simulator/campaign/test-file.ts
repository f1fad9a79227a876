// A vitest test from a small failing run: it fails until the bug is mended, and stays as a regression test.
//
// It is no `.test.ts`: a plain `vitest run` would collect it, and fail by every bug that was ever looked at. A
// configuration beside it lets it be run by itself.

import { dirname, join, relative, resolve, sep } from 'node:path';
import { writeText } from './folder.ts';
import type { Job, PreparedJob } from './job.ts';
import { shownPath } from './load-scenario.ts';
import { STANDARD_POLICIES } from './policy-choice.ts';
import { quoted } from './replay-command.ts';
import type { ShrunkRun } from './shrink-run.ts';
import { MODULE_EXTENSION, modulePath } from './source-tree.ts';

const CONFIGURATION = [
  '// Lets vitest run what `sagastorm shrink` wrote beside this file.',
  '',
  "export default { test: { include: ['**/*.repro.ts'] } };",
  '',
].join('\n');

/** A test that was written. */
export interface WrittenTest {
  /** Its path, relative to where the command runs. */
  readonly test: string;
  /** The command that runs it. */
  readonly runTest: string;
}

/**
 * Writes the test beside a capsule. None is written for a saga that came from a JSON file: it has no module to import.
 *
 * @throws UserError `cannot-write`
 */
export function writeTest(
  job: Job,
  prepared: PreparedJob,
  seed: string,
  small: ShrunkRun,
  capsule: string,
): WrittenTest | undefined {
  if (job.saga !== undefined) return undefined;
  const file = resolve(capsule.replace(/\.json$/, '.repro.ts'));
  const configuration = join(dirname(file), 'vitest.config.mjs');
  writeText(file, testText(job, prepared, seed, small, dirname(file)));
  writeText(configuration, CONFIGURATION);
  const words = ['npx vitest run --config', quoted(shownPath(configuration)), quoted(shownPath(file))];
  return { test: shownPath(file), runTest: words.join(' ') };
}

/** The text of the test, for a file in `folder`. */
export function testText(
  job: Job,
  prepared: PreparedJob,
  seed: string,
  small: Pick<ShrunkRun, 'only' | 'plan' | 'violation'>,
  folder: string,
): string {
  const { policy, scenario, sagas, file } = prepared;
  const { only, plan, violation } = small;
  const [first] = plan;
  const isWritten = policy.spec !== undefined;
  const standard = !isWritten && policy.override !== undefined && STANDARD_POLICIES.includes(policy.name);
  const name = JSON.stringify(policy.name);
  const chosen = isWritten
    ? `definePolicy(${JSON.stringify(policy.spec)})`
    : standard
      ? `Object.values(policies).find(({ name }) => name === ${name})!`
      : `scenario.policies.find(({ name }) => name === ${name})!`;
  return [
    `// Fails as long as ${scenario.name} breaks ${violation.invariant}: ${oneLine(violation.message)}`,
    '// To keep it, call it .test.ts: then it is run with all others.',
    '',
    ...(isWritten ? [`import { definePolicy } from ${publicModule('engine', folder)};`] : []),
    ...(standard ? [`import { policies } from ${publicModule('engine', folder)};`] : []),
    `import { profiles, simulate } from ${publicModule('simulator', folder)};`,
    "import { expect, test } from 'vitest';",
    `import scenario from ${relativeModule(file, folder)};`,
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
    ? JSON.stringify(`sagastorm/${name}`)
    : relativeModule(modulePath(`${name}/index`), folder);
}

/** As it stands after `from`. */
function relativeModule(file: string, folder: string): string {
  const path = relative(folder, file).split(sep).join('/');
  return JSON.stringify(path.startsWith('.') ? path : `./${path}`);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
