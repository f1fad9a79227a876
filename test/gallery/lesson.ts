// What one planted bug teaches: finds it as a reader would, with `sagastorm run`, makes the run small, and writes the page
// that tells it, of the bug's own file, its fields and that run. Runs in a thread of its own.

import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { mermaid } from '../../reports/html/debug/mermaid.ts';
import type { PlantedBug } from '../../scenarios/planted-bugs/planted-bug.ts';
import { SAGAS } from '../../scenarios/planted-bugs/planted-bug.ts';
import { CAPSULE_SCHEMA, type Capsule } from '../../simulator/campaign/capsule.ts';
import { debugCapsule } from '../../simulator/campaign/debug.ts';
import { type Job, type PreparedJob, prepare, runSeed } from '../../simulator/campaign/job.ts';
import { SHRINK_BUDGET_DEFAULT, type ShrunkRun, shrinkRun } from '../../simulator/campaign/shrink-run.ts';
import type { DebugRecord } from '../../simulator/debug-record.ts';

/** A bug's page, and its row in the index. */
export interface Lesson {
  readonly name: string;
  readonly how: string;
  /** Whether a part of the engine is wrong; otherwise it is a service, or how the saga is defined. */
  readonly isEngine: boolean;
  readonly invariant: string;
  readonly page: string;
}

/** A failing run, made small. */
interface Find {
  /** The number of its seed, from 0. */
  readonly index: number;
  readonly shrunk: ShrunkRun;
}

/** What the storm found. */
interface Story extends Find {
  /** How many seeds it took to find the first. */
  readonly seeds: number;
  readonly record: DebugRecord;
}

const ROOT_SEED = 'gallery-0';
const SEEDS_MAX = 2_000;
/** So many failing runs are made small; the clearest of them is told. */
const FINDS = 4;
/** Nobody needs it clearer. */
const FAULTS_CLEAR = 1;

/** The lesson of the bug in a file. */
export async function lesson(file: string): Promise<Lesson> {
  const { bug } = (await import(file)) as { readonly bug: PlantedBug };
  const story = await storyOf(file, bug);
  return {
    name: basename(file, '.ts'),
    how: bug.how,
    isEngine: bug.wrong.variant.engine !== undefined || bug.wrong.variant.accepts !== undefined,
    invariant: story.shrunk.violation.invariant,
    page: pageOf(file, bug, story),
  };
}

async function storyOf(file: string, bug: PlantedBug): Promise<Story> {
  const job: Job = { scenario: relative(process.cwd(), file), profile: 'storm', sagas: SAGAS };
  const prepared = await prepare(job);
  const finds: Find[] = [];
  for (let index = 0; index < SEEDS_MAX && finds.length < FINDS; index++) {
    const find = findIn(prepared, bug, index);
    if (find !== undefined) finds.push(find);
    if (find !== undefined && find.shrunk.plan.length <= FAULTS_CLEAR) break;
  }
  const [first] = finds;
  if (first === undefined) throw new Error(`${bug.wrong.name} escaped from ${SEEDS_MAX} seeds`);
  const [clearest = first] = finds.toSorted(
    (a, b) => a.shrunk.plan.length - b.shrunk.plan.length || a.shrunk.events - b.shrunk.events,
  );
  const record = await debugCapsule(capsuleOf(job, prepared, clearest), file);
  return { ...clearest, seeds: first.index + 1, record };
}

function findIn(prepared: PreparedJob, { wrong, caughtBy }: PlantedBug, index: number): Find | undefined {
  const seed = seedOf(index);
  const { violations, plan } = runSeed(prepared, seed);
  const violation = violations.find(({ invariant }) => caughtBy.includes(invariant));
  if (violation === undefined) return undefined;
  const { signature } = violation;
  const shrunk = shrinkRun(prepared, { seed, plan, signature, budget: SHRINK_BUDGET_DEFAULT });
  if (shrunk === undefined) throw new Error(`${wrong.name}: the run of "${seed}" does not fail again`);
  return { index, shrunk };
}

function seedOf(index: number): string {
  return `${ROOT_SEED}/${index}`;
}

function capsuleOf(job: Job, { hash }: PreparedJob, { index, shrunk }: Find): Capsule {
  return {
    schema: CAPSULE_SCHEMA,
    scenario: job.scenario,
    scenarioHash: hash,
    seed: seedOf(index),
    sagas: SAGAS,
    profile: job.profile,
    only: shrunk.only,
    plan: shrunk.plan,
    shrunk,
    violation: shrunk.violation,
    fingerprint: shrunk.fingerprint,
  };
}

function pageOf(file: string, bug: PlantedBug, { index, seeds, shrunk, record }: Story): string {
  const name = basename(file, '.ts');
  const source = `../../scenarios/planted-bugs/${name}.ts`;
  const { comment, code } = partsOf(readFileSync(file, 'utf8'));
  const { invariant, message } = shrunk.violation;
  const statement = record.invariants.find(({ id }) => id === invariant)!.statement;
  return [
    `# ${name}`,
    MADE,
    `**${bug.how}.**`,
    '## The mistake',
    comment,
    ...folded(name, code),
    `Seen in: ${bug.seenIn}.`,
    '## What the storm found',
    `\`${invariant}\` broke: ${message}. It says: _${statement}._`,
    `It took ${counted(seeds, 'run')} of ${SAGAS} sagas. Here is run ${index + 1}, made small: ${smallWords(shrunk, record)}`,
    `\`\`\`mermaid\n${withoutWaits(mermaid(record))}\`\`\``,
    `\`\`\`sh\nnpx sagastorm run scenarios/planted-bugs/${name}.ts --seeds ${index + 1} --seed ${ROOT_SEED}    # exit 1\n\`\`\``,
    '## Put right',
    `${sentence(bug.mended ?? bug.right.title)} The [same file](${source}) has it as a twin, which no invariant accuses.`,
    '## In your own system',
    bug.lookFor,
    ...(bug.reading === undefined ? [] : [`Read: ${bug.reading}.`]),
    '',
  ].join('\n\n');
}

/** With its full stop, once. */
function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

export const MADE =
  "<!-- Made of the bug's own file, and of a run of it, by `npm run bugs`: change those. -->";

/** The comment at the head of a file, and its code up to where the bug is declared. */
function partsOf(text: string): { readonly comment: string; readonly code: string } {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  const comment = lines.slice(0, end).map((line) => line.replace(/^\/\/ ?/, ''));
  const body = lines.slice(end).join('\n');
  const [before = ''] = body.split(/^export const bug = /m);
  const code = before.replace(/^import [\s\S]*? from '[^']+';\n/gm, '').trim();
  return { comment: comment.join('\n').trim(), code };
}

const LINES_MAX = 45;

/** Long code is there for who opens it. */
function folded(name: string, code: string): readonly string[] {
  if (code === '') return [];
  const block = `<!-- from scenarios/planted-bugs/${name}.ts -->\n\`\`\`ts\n${code}\n\`\`\``;
  if (code.split('\n').length <= LINES_MAX) return [block];
  return ['<details><summary>The code, with what it stands in</summary>', block, '</details>'];
}

/** Waiting is not drawn: what comes of it is. */
function withoutWaits(diagram: string): string {
  return diagram.replace(/^ *Note over L\d+: has waited long enough\n/gm, '');
}

function smallWords({ only, plan, events }: ShrunkRun, { faults }: DebugRecord): string {
  const head = `${counted(only.length, 'saga')} and ${counted(plan.length, 'fault')} are enough, ${counted(events, 'event')} in all`;
  if (faults.length === 0) return `${head}: things need only happen in this order.`;
  return `${head}:\n\n${faults.map(({ words }) => `- ${words}`).join('\n')}`;
}

function counted(n: number, noun: string): string {
  return n === 1 ? `one ${noun}` : `${n === 0 ? 'no' : n} ${noun}s`;
}
