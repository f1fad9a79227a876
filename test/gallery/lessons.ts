// docs/bugs: a page per planted bug, and their index. `npm run bugs` writes them, and keeps the runs that they tell in
// told.json. With `-- --check` it tells the kept runs again instead of searching for the clearest, and fails when one is not
// what it was, or a page not what the bug's file says and what the storm finds. `-- --only NAME` prints or checks one.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { keep, keptFrom } from './kept.ts';
import { type Lesson, MADE, type Stale, type Task, type Told } from './lesson.ts';
import { bugNames, chosenFrom, FOLDER, inThreads } from './planted.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = join(ROOT, 'docs/bugs');
const INDEX = 'README.md';
const TOLD = join(import.meta.dirname, 'told.json');

process.chdir(ROOT);
const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const all = bugNames();
const names = chosenFrom(all, values.only);
const kept = values.check ? keptFrom<Told>(TOLD, '`npm run bugs`') : undefined;
const answers = await inThreads<Task, Lesson | Stale>('./lesson.ts', 'lesson', names.flatMap(taskOf));
const lessons = answers.filter((answer) => answer.kind === 'lesson');

if (values.check) check();
else if (values.only !== undefined) for (const { page } of lessons) console.log(page);
else write();

/** None for a bug of which no run is kept. */
function taskOf(name: string): Task | [] {
  const file = join(FOLDER, `${name}.ts`);
  if (kept === undefined) return { file };
  const told = kept[name];
  return told === undefined ? [] : { file, told };
}

function pages(): ReadonlyMap<string, string> {
  return new Map([[INDEX, indexOf()], ...lessons.map(({ name, page }) => [`${name}.md`, page] as const)]);
}

function write(): void {
  rmSync(PAGES, { recursive: true, force: true });
  mkdirSync(PAGES, { recursive: true });
  for (const [file, text] of pages()) writeFileSync(join(PAGES, file), text);
  keep(TOLD, Object.fromEntries(lessons.map(({ name, told }) => [name, told])));
  console.log(`${lessons.length} pages in docs/bugs`);
}

function check(): void {
  const faults = [...keptFaults(), ...pageFaults()];
  for (const fault of faults) console.error(`✗ ${fault}: \`npm run bugs\``);
  console.log(`${lessons.length} lessons, ${faults.length} faults`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

/** What is wrong with the runs that are kept. */
function keptFaults(): readonly string[] {
  const stale = answers.filter((answer) => answer.kind === 'stale');
  const lost = names.filter((name) => kept?.[name] === undefined);
  const strangers = Object.keys(kept ?? {}).filter((name) => !all.includes(name));
  return [
    ...stale.map(({ name, why }) => `the run of ${name} in test/gallery/told.json ${why}`),
    ...lost.map((name) => `test/gallery/told.json has no run of ${name}`),
    ...strangers.map((name) => `test/gallery/told.json has a run of ${name}, which is no bug`),
  ];
}

/** The pages that are not what is told now; those of runs that are not told are not known, nor is their index. */
function pageFaults(): readonly string[] {
  const strangers = readdirSync(PAGES).filter(
    (file) => file !== INDEX && !all.includes(basename(file, '.md')),
  );
  const changed = [...pages()].filter(([file, text]) => {
    if (file === INDEX && lessons.length < all.length) return false;
    return !existsSync(join(PAGES, file)) || readFileSync(join(PAGES, file), 'utf8') !== text;
  });
  return [
    ...changed.map(([file]) => `docs/bugs/${file} is not what is found now`),
    ...strangers.map((file) => `docs/bugs/${file} is about no bug`),
  ];
}

function indexOf(): string {
  const rowOf = ({ name, how, invariant }: Lesson) => `| [${name}](${name}.md) | ${how} | \`${invariant}\` |`;
  const table = (title: string, isOf: (lesson: Lesson) => boolean) => [
    `## ${title}`,
    ['| bug | what goes wrong | broke |', '| --- | --- | --- |', ...lessons.filter(isOf).map(rowOf)].join(
      '\n',
    ),
  ];
  return [
    '# What the storm teaches',
    MADE,
    `${lessons.length} mistakes, each as it was seen in the wild, each wrong on purpose in a file of its own with a corrected twin. A page tells one: the lines that are wrong, the smallest run that shows it as the storm found it, what puts it right, and how to look for it in your own system.`,
    'How soon each is found, over ten root seeds: [GALLERY.md](../../scenarios/planted-bugs/GALLERY.md). What a page says a bug was `seen in` is mostly one of five published designs that this project grew from: a guide for on call, a saga engine in Go, a transfer service in Python, an order flow in Java and a saga manager in Python. E1 to E12 are the rules of the engine in [ARCHITECTURE.md](../../ARCHITECTURE.md#the-engines-rules).',
    ...table('The engine is wrong', ({ isEngine }) => isEngine),
    ...table('A service, or the saga, is wrong', ({ isEngine }) => !isEngine),
    '',
  ].join('\n\n');
}
