// The gallery of planted bugs: that the default storm and the default invariants find every one of them, that each
// shrinks to a small plan, and that no corrected twin is accused. `npm run gallery`; ends in one line of totals.
//
//   node test/gallery/gallery.ts                 checks, and compares with the committed table
//   node test/gallery/gallery.ts --write         keeps the table in scenarios/planted-bugs/GALLERY.md
//   node test/gallery/gallery.ts --only NAME     one bug, with what it says
//   node test/gallery/gallery.ts --twin-seeds N  seeds per corrected twin, default 1,000

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import Tinypool from 'tinypool';
import type { Examination, Exhibit } from './exhibit.ts';
import { median, tableOf } from './table.ts';

const FOLDER = join(import.meta.dirname, '../../scenarios/planted-bugs');
const TABLE = join(FOLDER, 'GALLERY.md');
const ROOTS = Array.from({ length: 10 }, (_, i) => `gallery-${i}`);
const SEEDS_MAX = 2_000;
const MEDIAN_MAX = 20;

const values = readArguments();

const start = performance.now();
const files = readdirSync(FOLDER).filter(
  (file) => file.endsWith('.ts') && /\bplantedBug\(\{/.test(readFileSync(join(FOLDER, file), 'utf8')),
);
const chosen = files.filter((file) => values.only === undefined || file === `${values.only}.ts`);
if (chosen.length === 0) {
  console.error(
    `no planted bug is called "${values.only}"; there are ${files.length} in scenarios/planted-bugs/`,
  );
  process.exit(64);
}
const exhibits = await examineAll(chosen);
const faults = exhibits.flatMap(faultsOf);
const table = tableOf(exhibits);

if (values.only !== undefined) console.log(JSON.stringify(exhibits[0], undefined, 2));
else {
  console.log(table);
  if (values.write) writeFileSync(TABLE, table);
  else if (readFileSync(TABLE, 'utf8') !== table) {
    faults.push(
      'the table is not the committed one: look at what changed, then `npm run gallery -- --write`',
    );
  }
}
for (const fault of faults) console.error(`✗ ${fault}`);
console.log(totals());
process.exitCode = faults.length > 0 ? 1 : 0;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        write: { type: 'boolean', default: false },
        only: { type: 'string' },
        'twin-seeds': { type: 'string', default: '1000' },
      },
    });
    if (!/^\d{1,6}$/.test(values['twin-seeds'])) throw new TypeError('--twin-seeds takes a whole number');
    return values;
  } catch (error) {
    console.error(`gallery: ${(error as Error).message.split('\n', 1)[0]}`);
    console.error('  It takes --write, --only NAME and --twin-seeds N.');
    process.exit(64);
  }
}

async function examineAll(names: readonly string[]): Promise<readonly Exhibit[]> {
  const pool = new Tinypool({
    filename: new URL('./exhibit.ts', import.meta.url).href,
    maxThreads: availableParallelism(),
    isolateWorkers: false,
  });
  let done = 0;
  const found = await Promise.all(
    names.map(async (name) => {
      const examination: Examination = {
        file: join(FOLDER, name),
        roots: ROOTS,
        seedsMax: SEEDS_MAX,
        twinSeeds: Number(values['twin-seeds']),
      };
      const exhibit = (await pool.run(examination, { name: 'examine' })) as Exhibit;
      if (process.stderr.isTTY) process.stderr.write(`\r${++done} of ${names.length} bugs `);
      return exhibit;
    }),
  );
  if (process.stderr.isTTY) process.stderr.write('\r');
  await pool.destroy();
  return found;
}

/** What is not as it should be with a bug. */
function faultsOf({ name, seeds, isMinimal, accusations }: Exhibit): readonly string[] {
  const escaped = seeds.filter((needed) => needed === undefined).length;
  const [accusation] = accusations;
  return [
    ...(escaped > 0
      ? [`${name} escaped from ${escaped} of ${ROOTS.length} root seeds (${SEEDS_MAX} seeds each)`]
      : []),
    ...(escaped === 0 && median(seeds) > MEDIAN_MAX
      ? [`${name} needs ${median(seeds)} seeds, more than ${MEDIAN_MAX}`]
      : []),
    ...(escaped < ROOTS.length && !isMinimal ? [`${name}: its plan is not minimal`] : []),
    ...(accusation === undefined
      ? []
      : [
          `the corrected twin of ${name} is accused under ${accusations.length} seeds, first "${accusation.seed}": ${accusation.violation.invariant}, ${accusation.violation.message}`,
        ]),
  ];
}

function totals(): string {
  const sum = (of: (exhibit: Exhibit) => number): number => exhibits.reduce((total, e) => total + of(e), 0);
  const caught = exhibits.filter(({ seeds }) => seeds.every((needed) => needed !== undefined)).length;
  const silent = exhibits.filter(({ accusations }) => accusations.length === 0).length;
  const searchS = sum(({ searchMs }) => searchMs) / 1000;
  const shrinks = exhibits.map(({ shrinkMs }) => Math.round(shrinkMs));
  const found = sum(({ seeds }) => seeds.filter((needed) => needed !== undefined).length);
  return [
    `${caught} of ${exhibits.length} bugs caught, ${silent} twins silent over ${values['twin-seeds']} seeds`,
    `median ${median(exhibits.map(({ seeds }) => median(seeds)))} seeds, most ${Math.max(...exhibits.flatMap(({ seeds }) => seeds.map((n) => n ?? SEEDS_MAX)))}`,
    `plans of ${median(exhibits.map(({ plan }) => plan.length))} faults, most ${Math.max(...exhibits.map(({ plan }) => plan.length))}`,
    `${exhibits.filter(({ isExplored }) => isExplored).length} found by explore`,
    `shrinking ${median(shrinks)} ms, most ${Math.max(...shrinks)}`,
    `${Math.round(sum(({ runs }) => runs) / searchS)} runs/s and ${Math.round((found / searchS) * 60)} finds/min per core`,
    `${((performance.now() - start) / 1000).toFixed(0)} s`,
  ].join(' · ');
}
