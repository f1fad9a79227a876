// docs/bugs: a page per planted bug, and their index. `npm run bugs` writes them; with `-- --check` it fails when a page is
// not what the bug's file says and what the storm finds, and `-- --only NAME` prints one.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Tinypool from 'tinypool';
import { type Lesson, MADE } from './lesson.ts';

const ROOT = join(import.meta.dirname, '../..');
const BUGS = join(ROOT, 'scenarios/planted-bugs');
const PAGES = join(ROOT, 'docs/bugs');
const INDEX = 'README.md';

process.chdir(ROOT);
const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const names = readdirSync(BUGS).filter(
  (name) => name.endsWith('.ts') && /\bplantedBug\(\{/.test(readFileSync(join(BUGS, name), 'utf8')),
);
const chosen = names.filter((name) => values.only === undefined || name === `${values.only}.ts`);
const pool = new Tinypool({
  filename: new URL('./lesson.ts', import.meta.url).href,
  maxThreads: availableParallelism(),
  isolateWorkers: false,
});
const lessons = (await Promise.all(
  chosen.map((name) => pool.run(join(BUGS, name), { name: 'lesson' })),
)) as readonly Lesson[];
await pool.destroy();

if (values.only !== undefined) for (const { page } of lessons) console.log(page);
else if (values.check) check();
else write();

function pages(): ReadonlyMap<string, string> {
  return new Map([[INDEX, indexOf()], ...lessons.map(({ name, page }) => [`${name}.md`, page] as const)]);
}

function write(): void {
  rmSync(PAGES, { recursive: true, force: true });
  mkdirSync(PAGES, { recursive: true });
  for (const [file, text] of pages()) writeFileSync(join(PAGES, file), text);
  console.log(`${lessons.length} pages in docs/bugs`);
}

function check(): void {
  const committed = new Set(readdirSync(PAGES));
  const wrong = [...pages()].filter(([file, text]) => {
    const isThere = committed.delete(file);
    return !isThere || readFileSync(join(PAGES, file), 'utf8') !== text;
  });
  const files = [...wrong.map(([file]) => file), ...committed];
  for (const file of files) console.error(`✗ docs/bugs/${file} is not what is found now: \`npm run bugs\``);
  console.log(`${lessons.length} lessons, ${files.length} pages out of date`);
  process.exitCode = files.length > 0 ? 1 : 0;
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
