// The gallery of planted bugs: that the default storm and the default invariants find every one of them, that each
// shrinks to a small plan, and that no corrected twin is accused. `npm run gallery`; ends in one line of totals.
//
//   node test/gallery/gallery.ts                 checks, and compares with the committed table and finds
//   node test/gallery/gallery.ts --kept          the same, but shows the finds of finds.json again instead of exploring
//                                                and shrinking: that each still fails, and is 1-minimal; whether one that
//                                                is smaller could be found now is not seen
//   node test/gallery/gallery.ts --write         keeps the table in scenarios/planted-bugs/GALLERY.md, and finds.json
//   node test/gallery/gallery.ts --only NAME     one bug, with what it says
//   node test/gallery/gallery.ts --twin-seeds N  seeds per corrected twin, default 1,000

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { type Examination, type Exhibit, type Finds, smallestOf } from './exhibit.ts';
import { isKept, type Kept, keep, keptFrom } from './kept.ts';
import { bugNames, chosenFrom, FOLDER, inThreads } from './planted.ts';
import { median, tableOf } from './table.ts';

const TABLE = join(FOLDER, 'GALLERY.md');
const FINDS = join(import.meta.dirname, 'finds.json');
const WRITE = 'look at what changed, then `npm run gallery -- --write`';
const ROOTS = Array.from({ length: 10 }, (_, i) => `gallery-${i}`);
const SEEDS_MAX = 2_000;
const MEDIAN_MAX = 20;

const values = readArguments();

const start = performance.now();
const names = bugNames();
const chosen = chosenFrom(names, values.only);
const kept = values.kept ? keptFrom<Finds>(FINDS, WRITE) : undefined;
const exhibits = await inThreads<Examination, Exhibit>('./exhibit.ts', 'examine', chosen.map(examinationOf));
const faults = exhibits.flatMap(faultsOf);
const table = tableOf(exhibits);

if (values.only !== undefined) console.log(JSON.stringify(exhibits[0], undefined, 2));
else {
  const finds = Object.fromEntries(exhibits.map((exhibit) => [exhibit.name, exhibit.finds]));
  console.log(table);
  if (values.write) {
    writeFileSync(TABLE, table);
    keep(FINDS, finds);
  } else faults.push(...changes(finds));
}
for (const fault of faults) console.error(`✗ ${fault}`);
console.log(totals());
process.exitCode = faults.length > 0 ? 1 : 0;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        kept: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        only: { type: 'string' },
        'twin-seeds': { type: 'string', default: '1000' },
      },
    });
    if (!/^\d{1,6}$/.test(values['twin-seeds'])) throw new TypeError('--twin-seeds takes a whole number');
    if (values.kept && values.write)
      throw new TypeError('--write keeps what is searched, and --kept searches nothing');
    return values;
  } catch (error) {
    console.error(`gallery: ${(error as Error).message.split('\n', 1)[0]}`);
    console.error('  It takes --kept, --write, --only NAME and --twin-seeds N.');
    process.exit(64);
  }
}

function examinationOf(name: string): Examination {
  return {
    file: join(FOLDER, `${name}.ts`),
    roots: ROOTS,
    seedsMax: SEEDS_MAX,
    twinSeeds: Number(values['twin-seeds']),
    ...(kept === undefined ? {} : { kept: kept[name] ?? { shrinks: 0, minimal: 0 } }),
  };
}

/** What is not as it was committed. */
function changes(finds: Kept<Finds>): readonly string[] {
  const strangers = Object.keys(kept ?? {}).filter((name) => !names.includes(name));
  const isOld = kept === undefined && !isKept(FINDS, finds);
  return [
    ...strangers.map((name) => `test/gallery/finds.json keeps runs of ${name}, which is no bug: ${WRITE}`),
    ...(isOld ? [`test/gallery/finds.json is not what is found now: ${WRITE}`] : []),
    ...(readFileSync(TABLE, 'utf8') === table ? [] : [`the table is not the committed one: ${WRITE}`]),
  ];
}

/** What is not as it should be with a bug. */
function faultsOf({ name, seeds, finds, stale, accusations }: Exhibit): readonly string[] {
  const escaped = seeds.filter((needed) => needed === undefined).length;
  const [accusation] = accusations;
  return [
    ...(escaped > 0
      ? [`${name} escaped from ${escaped} of ${ROOTS.length} root seeds (${SEEDS_MAX} seeds each)`]
      : []),
    ...(escaped === 0 && median(seeds) > MEDIAN_MAX
      ? [`${name} needs ${median(seeds)} seeds, more than ${MEDIAN_MAX}`]
      : []),
    ...(finds.minimal < finds.shrinks ? [`${name}: its plan is not minimal`] : []),
    ...(kept !== undefined && finds.shrunk === undefined
      ? [`test/gallery/finds.json keeps no shrunk run of ${name}: ${WRITE}`]
      : []),
    ...stale.map((wrong) => `${wrong}: ${WRITE}`),
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
  const faultsLeft = exhibits.map(({ finds }) => smallestOf(finds).plan.length);
  const found = sum(({ seeds }) => seeds.filter((needed) => needed !== undefined).length);
  return [
    `${caught} of ${exhibits.length} bugs caught, ${silent} twins silent over ${values['twin-seeds']} seeds`,
    `median ${median(exhibits.map(({ seeds }) => median(seeds)))} seeds, most ${Math.max(...exhibits.flatMap(({ seeds }) => seeds.map((n) => n ?? SEEDS_MAX)))}`,
    `plans of ${median(faultsLeft)} faults, most ${Math.max(...faultsLeft)}`,
    `${exhibits.filter(({ finds }) => finds.explored !== undefined).length} found by explore`,
    `${values.kept ? 'shown again in' : 'made small in'} ${median(shrinks)} ms, most ${Math.max(...shrinks)}`,
    `${Math.round(sum(({ runs }) => runs) / searchS)} runs/s and ${Math.round((found / searchS) * 60)} finds/min per core`,
    `${((performance.now() - start) / 1000).toFixed(0)} s`,
  ].join(' · ');
}
