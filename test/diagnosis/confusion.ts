// Which root cause the diagnosis finds where which one was put: `npm run diagnosis`; ends in one line of totals.
//
//   node test/diagnosis/confusion.ts               1,008 runs; prints the table, and compares it with docs/on-call.md
//   node test/diagnosis/confusion.ts --write       keeps the table there
//   node test/diagnosis/confusion.ts --runs 140    fewer runs

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Diagnosis, type DiagnosisClass, diagnoseAll, summaryOf } from '../../engine/observe/index.ts';
import { CAUSES, type LeftBehind, runWith, serviceOf } from './causes.ts';

const DOC = 'docs/on-call.md';
const RUNS = 1_008;
const SHARE_MIN = 0.95;
const BETWEEN = /(<!-- confusion -->\n)[\s\S]*?(<!-- \/confusion -->)/;

export const KINDS = Object.keys(CAUSES) as readonly DiagnosisClass[];

/** Of every saga of a run. */
export function diagnosesOf({ logs, effects, nowUs }: LeftBehind): readonly Diagnosis[] {
  return diagnoseAll({
    logs: [...logs.values()],
    servicesOf: () => serviceOf,
    effectsOf: (saga) => effects.get(saga),
    nowUs,
  });
}

/** What the diagnosis came to in each run, by the cause that was put there. */
export type Confusion = ReadonlyMap<DiagnosisClass, ReadonlyMap<DiagnosisClass, number>>;

/** @param runs of each cause */
export async function confusionOf(
  runs: number,
  kinds: readonly DiagnosisClass[] = KINDS,
): Promise<Confusion> {
  const found = new Map<DiagnosisClass, Map<DiagnosisClass, number>>();
  for (const kind of kinds) {
    const row = new Map<DiagnosisClass, number>();
    for (let number = 0; number < runs; number++) {
      const { primary } = summaryOf(diagnosesOf(await runWith(kind, number)));
      row.set(primary, (row.get(primary) ?? 0) + 1);
    }
    found.set(kind, row);
  }
  return found;
}

/** The share of runs in which the class is the right one, 0 to 1. */
export function shareRight(confusion: Confusion): number {
  let [right, all] = [0, 0];
  for (const [kind, row] of confusion) {
    right += row.get(kind) ?? 0;
    all += [...row.values()].reduce((sum, count) => sum + count, 0);
  }
  return right / all;
}

export function tableOf(confusion: Confusion): string {
  const lines = [...confusion].map(([kind, row]) => {
    const all = [...row.values()].reduce((sum, count) => sum + count, 0);
    const others = [...row]
      .filter(([found]) => found !== kind)
      .map(([found, count]) => `${count} \`${found}\``);
    return `| \`${kind}\` | ${row.get(kind) ?? 0} of ${all} | ${others.join(', ') || '–'} |`;
  });
  return ['| what was put there | found | taken for something else |', '| --- | --- | --- |', ...lines].join(
    '\n',
  );
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: String(RUNS) }, write: { type: 'boolean', default: false } },
  });
  const confusion = await confusionOf(Math.ceil(Number(values.runs) / KINDS.length));
  const table = tableOf(confusion);
  const share = shareRight(confusion);
  console.log(table);
  const doc = readFileSync(DOC, 'utf8');
  if (values.write)
    writeFileSync(
      DOC,
      doc.replace(BETWEEN, (_, from, to) => `${from}${table}\n${to}`),
    );
  else if (Number(values.runs) === RUNS && !doc.includes(table))
    console.error(`✗ the table in ${DOC} is another one: --write keeps this one`);
  console.log(`${(share * 100).toFixed(1)} % right`);
  process.exitCode = share >= SHARE_MIN ? 0 : 1;
}
