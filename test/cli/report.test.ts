// `sagastorm report`, and where reports go: stdout or files, stored records told again as they were told first.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ended, fixture, freshFolder, line, start } from './sagastorm.ts';

const folder = freshFolder();
const RUN = join(folder, '.sagastorm/run.json');
const COMPARISON = join(folder, '.sagastorm/compare.json');
const FIRST = ['pretty', 'junit', 'sarif', 'md', 'ndjson', 'line', 'json'] as const;
const summary = join(folder, 'summary.md');

beforeAll(async () => {
  const files = FIRST.flatMap((name) => ['--reporter', `${name}=first/${name}`]);
  const run = [
    'run',
    fixture('forgetful.ts'),
    '--seeds',
    '3',
    '--seed',
    'x',
    '--sagas',
    '4',
    '--shrink-budget',
    '0',
  ];
  const env = { GITHUB_STEP_SUMMARY: summary, FORCE_COLOR: '1' };
  const told = await ended(start([...run, ...files, '--reporter', 'github'], folder, env));
  expect(told.code).toBe(1);
  expect(told.stdout).toMatch(/^(::error title=[^\n]+\n)+$/);
  const policies = ['--policy', 'default', '--policy', 'naive'];
  await line(
    ['compare', fixture('honest.ts'), ...policies, '--seeds', '2', '--seed', 'x', '--sagas', '2'],
    folder,
  );
});

const first = (name: string): string => readFileSync(join(folder, 'first', name), 'utf8');

describe.concurrent('reports', () => {
  test('several go to files at once, without colours, at 80 columns where they are for people', () => {
    expect(readdirSync(join(folder, 'first')).sort()).toEqual([...FIRST].sort());
    expect(first('pretty')).toMatch(/ VIOLATED\n$/);
    expect(first('pretty')).not.toContain('\u001b[');
    const long = first('pretty')
      .split('\n')
      .filter((line) => line.length > 80);
    for (const line of long) expect(line).toContain('   replay    '); // a command is copied in one piece
    expect(first('junit')).toMatch(/^<\?xml /);
    expect(JSON.parse(first('sarif'))).toMatchObject({ version: '2.1.0' });
    expect(first('ndjson').trimEnd().split('\n').at(-1)).toContain('"kind":"verdict"');
  });

  test('the job summary is added where GitHub asks for it', () => {
    expect(readFileSync(summary, 'utf8')).toBe(first('md'));
  });

  test('files are told from the root of the repository that GitHub checked out', async () => {
    const words = [
      'run',
      'test/cli/fixtures/forgetful.ts',
      '--seed',
      'x',
      '--sagas',
      '4',
      '--shrink-budget',
      '0',
    ];
    const root = join(import.meta.dirname, '../..');
    const at = (GITHUB_WORKSPACE: string) =>
      ended(start([...words, '--reporter', 'github', '--out', freshFolder()], root, { GITHUB_WORKSPACE }));
    const [here, above] = await Promise.all([at(root), at(join(root, '..'))]);
    expect(here.stdout).toMatch(/^::error file=test\/cli\/fixtures\/forgetful\.ts,line=6,title=/);
    expect(above.stdout).toMatch(/^::error file=[^/,]+\/test\/cli\/fixtures\/forgetful\.ts,line=6,title=/);
  });

  test.each(FIRST)('a stored run is told as %s as it was the first time', async (name) => {
    const { code, stdout } = await line(
      ['report', '.sagastorm/run.json', '--reporter', `${name}=again/${name}`],
      folder,
    );
    expect([code, stdout]).toEqual([0, '']);
    expect(readFileSync(join(folder, 'again', name), 'utf8')).toBe(first(name));
  });

  test('several runs make one document', async () => {
    const { stdout } = await line(['report', RUN, RUN, '--reporter', 'junit']);
    expect(stdout.match(/<testsuite /g)).toHaveLength(2);
    expect(stdout.match(/<\?xml/g)).toHaveLength(1);
  });

  test('a comparison is told again, too, for people and as Markdown', async () => {
    const pretty = await line(['report', COMPARISON]);
    expect(pretty.stdout).toMatch(/^sagastorm \d\.\d · compare honest · /);
    const md = await line(['report', COMPARISON, '--reporter', 'md']);
    expect(md.stdout).toMatch(/^## Policies for honest\n/);
    const refused = await line(['report', COMPARISON, '--reporter', 'junit']);
    expect(refused.stderr).toMatch(
      /^sagastorm: --reporter takes one of pretty, md, brief, json, html, brief-html, not "junit"\.\n/,
    );
    expect(refused.code).toBe(64);
  });

  test('records of different kinds are refused together', async () => {
    const { code, stderr } = await line(['report', RUN, COMPARISON]);
    expect(stderr).toMatch(
      /run\.json is of a run and \S+compare\.json of a comparison, which have different reports\./,
    );
    expect(code).toBe(64);
  });

  test.each<[string, (record: Record<string, unknown>) => void, RegExp]>([
    ['without its runs', (record) => delete record.runs, /it has no "runs"/],
    [
      'with half a saga',
      (record) => Object.assign(record, { sagasPerRun: 0.5 }),
      /\/sagasPerRun is not of type integer/,
    ],
    [
      'with a strange verdict',
      (record) => Object.assign(record, { verdict: 'fine' }),
      /\/verdict is not one of held, /,
    ],
    [
      'with a hole',
      (record) => Object.assign(record, { violations: [null] }),
      /\/violations\/0 is not of type object/,
    ],
    [
      'of a later kind',
      (record) => Object.assign(record, { schema: 'sagastorm/run@2' }),
      /this version reads "sagastorm\/run@1"/,
    ],
  ])('a record %s is refused in one sentence', async (_, change, sentence) => {
    const record = JSON.parse(readFileSync(RUN, 'utf8')) as Record<string, unknown>;
    change(record);
    const file = join(freshFolder(), 'run.json');
    writeFileSync(file, JSON.stringify(record));
    const { code, stdout, stderr } = await line(['report', file]);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(
      /^sagastorm: [^\n]+ is not a record that can be reported: [^\n]+\.\n {2}[^\n]+\n$/,
    );
    expect([code, stdout]).toEqual([64, '']);
  });

  test('a file that cannot be written is said before anything is run', async () => {
    const own = freshFolder();
    mkdirSync(join(own, 'taken'));
    const { code, stderr } = await line(['run', fixture('honest.ts'), '--reporter', 'md=taken'], own);
    expect(stderr).toMatch(/^sagastorm: cannot write taken: /);
    expect(code).toBe(64);
    expect(existsSync(join(own, '.sagastorm'))).toBe(false);
  });
});
