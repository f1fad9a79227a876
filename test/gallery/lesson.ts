// What one planted bug teaches: finds it as a reader would, with `sagastorm run`, makes the run small, and writes the page
// that tells it, of the bug's own file, its fields and that run. Or it tells a run that was made small before, and is kept.
// Runs in a thread of its own.

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
import type { FaultPlan, RunResult, Violation } from '../../simulator/index.ts';
import { type Runner, type Small, spareFault, spareSaga, wrongWith } from './kept.ts';

export interface Task {
  readonly file: string;
  /** Told again, instead of searching for the clearest. */
  readonly told?: Told;
}

/** The small run that a page tells. */
export interface Told extends Small, Pick<Capsule, 'shrunk' | 'fingerprint'> {}

/** A bug's page, and its row in the index. */
export interface Lesson {
  readonly kind: 'lesson';
  readonly name: string;
  readonly how: string;
  /** Whether a part of the engine is wrong; otherwise it is a service, or how the saga is defined. */
  readonly isEngine: boolean;
  readonly invariant: string;
  readonly page: string;
  readonly told: Told;
}

/** The run that was to be told is no longer what it was. */
export interface Stale {
  readonly kind: 'stale';
  readonly name: string;
  /** The end of a sentence about the run. */
  readonly why: string;
}

/** A failing run of the storm. */
interface Failure {
  readonly seed: string;
  readonly plan: FaultPlan;
  readonly signature: string;
}

/** What a page tells. */
interface Story {
  /** That of the first failure. */
  readonly firstSeed: string;
  readonly told: Told;
  /** What the small run came to. */
  readonly result: RunResult;
  readonly violation: Violation;
  readonly record: DebugRecord;
}

const ROOT_SEED = 'gallery-0';
const SEEDS_MAX = 2_000;
/** So many failing runs are made small; the clearest of them is told. */
const FINDS = 4;
/** Nobody needs it clearer. */
const FAULTS_CLEAR = 1;

/** The lesson of the bug in a file. */
export async function lesson({ file, told: kept }: Task): Promise<Lesson | Stale> {
  const { bug } = (await import(file)) as { readonly bug: PlantedBug };
  const name = basename(file, '.ts');
  const job: Job = { scenario: relative(process.cwd(), file), profile: 'storm', sagas: SAGAS };
  const prepared = await prepare(job);
  const [first] = failuresOf(prepared, bug);
  if (first === undefined) throw new Error(`${name} escaped from ${SEEDS_MAX} seeds`);
  const told = kept ?? clearest(prepared, bug);
  const why = staleness(prepared, bug, told);
  if (why !== undefined && kept === undefined)
    throw new Error(`the run of ${name} that was just found ${why}`);
  if (why !== undefined) return { kind: 'stale', name, why };
  const result = runSmall(prepared, told);
  const violation = result.violations.find(({ signature }) => signature === told.signature)!;
  const record = await debugCapsule(capsuleOf(job, prepared, told, violation), file);
  return {
    kind: 'lesson',
    name,
    how: bug.how,
    isEngine: bug.wrong.variant.engine !== undefined || bug.wrong.variant.accepts !== undefined,
    invariant: violation.invariant,
    page: pageOf(file, bug, { firstSeed: first.seed, told, result, violation, record }),
    told,
  };
}

/** The runs of the storm in which a bug is caught. */
function* failuresOf(prepared: PreparedJob, bug: PlantedBug): Generator<Failure> {
  for (let index = 0; index < SEEDS_MAX; index++) {
    const failure = failureOf(prepared, bug, `${ROOT_SEED}/${index}`);
    if (failure !== undefined) yield failure;
  }
}

function failureOf(prepared: PreparedJob, { caughtBy }: PlantedBug, seed: string): Failure | undefined {
  const { violations, plan } = runSeed(prepared, seed);
  const violation = violations.find(({ invariant }) => caughtBy.includes(invariant));
  return violation === undefined ? undefined : { seed, plan, signature: violation.signature };
}

/** Of the first failures, made small, the one that is the easiest to understand. */
function clearest(prepared: PreparedJob, bug: PlantedBug): Told {
  const finds: (ShrunkRun & Failure)[] = [];
  for (const failure of failuresOf(prepared, bug)) {
    const shrunk = shrinkRun(prepared, { ...failure, budget: SHRINK_BUDGET_DEFAULT });
    if (shrunk === undefined)
      throw new Error(`${bug.wrong.name}: the run of "${failure.seed}" does not fail again`);
    finds.push({ ...failure, ...shrunk });
    if (finds.length === FINDS || shrunk.plan.length <= FAULTS_CLEAR) break;
  }
  finds.sort((a, b) => a.plan.length - b.plan.length || a.events - b.events);
  const { seed, only, plan, signature, fingerprint, isMinimal, attempts, from } = finds[0]!;
  return { seed, only, plan, signature, fingerprint, shrunk: { isMinimal, attempts, from } };
}

/** What keeps a run from being told, as the end of a sentence about it. */
function staleness(prepared: PreparedJob, bug: PlantedBug, told: Told): string | undefined {
  const run: Runner = (small) => runSmall(prepared, { ...told, ...small });
  const spare = () => spareFault(told, run) ?? spareSaga(told, run);
  const wrong = wrongWith(told, bug.caughtBy, run) ?? (told.shrunk?.isMinimal === true ? spare() : undefined);
  if (wrong !== undefined) return wrong;
  if (failureOf(prepared, bug, told.seed)?.signature !== told.signature)
    return 'is no part of a run that fails so';
  return run(told).fingerprint === told.fingerprint ? undefined : 'fails in another way';
}

function runSmall(prepared: PreparedJob, { seed, only, plan }: Told): RunResult {
  return runSeed(prepared, seed, { only, plan });
}

function capsuleOf(job: Job, { hash }: PreparedJob, told: Told, violation: Violation): Capsule {
  const { seed, only, plan, shrunk, fingerprint } = told;
  return {
    schema: CAPSULE_SCHEMA,
    scenario: job.scenario,
    scenarioHash: hash,
    seed,
    sagas: SAGAS,
    profile: job.profile,
    only,
    plan,
    ...(shrunk === undefined ? {} : { shrunk }),
    violation,
    fingerprint,
  };
}

/** How many runs it takes from the first to the one of this seed. */
function runsTo(seed: string): number {
  return Number(seed.slice(ROOT_SEED.length + 1)) + 1;
}

function pageOf(file: string, bug: PlantedBug, story: Story): string {
  const { firstSeed, told, violation, record } = story;
  const name = basename(file, '.ts');
  const source = `../../scenarios/planted-bugs/${name}.ts`;
  const { comment, code } = partsOf(readFileSync(file, 'utf8'));
  const { invariant, message } = violation;
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
    `It took ${counted(runsTo(firstSeed), 'run')} of ${SAGAS} sagas. Here is run ${runsTo(told.seed)}, made small: ${smallWords(story)}`,
    `\`\`\`mermaid\n${withoutWaits(mermaid(record))}\`\`\``,
    `\`\`\`sh\nnpx sagastorm run scenarios/planted-bugs/${name}.ts --seeds ${runsTo(told.seed)} --seed ${ROOT_SEED}    # exit 1\n\`\`\``,
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

function smallWords({ told: { only, plan }, result: { events }, record: { faults } }: Story): string {
  const head = `${counted(only.length, 'saga')} and ${counted(plan.length, 'fault')} are enough, ${counted(events, 'event')} in all`;
  if (faults.length === 0) return `${head}: things need only happen in this order.`;
  return `${head}:\n\n${faults.map(({ words }) => `- ${words}`).join('\n')}`;
}

function counted(n: number, noun: string): string {
  return n === 1 ? `one ${noun}` : `${n === 0 ? 'no' : n} ${noun}s`;
}
