// `run --shard` and `merge`, as processes: the same result as in one piece, and a sentence for all that does not fit.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ended, fixture, freshFolder, line, start } from './sagastorm.ts';

const COMMAND = ['run', fixture('forgetful.ts'), '--seed', 'x', '--sagas', '4', '--shrink-budget', '2000'];
const blobs = freshFolder();
const BLOB = join(blobs, '.sagastorm/blobs');

function shard(which: string, more: readonly string[] = ['--seeds', '5'], cwd = blobs) {
  return line([...COMMAND, ...more, '--shard', which], cwd);
}

/** A record without what only the clock says. */
function stored(file: string): string {
  const { meta: _, ...record } = JSON.parse(readFileSync(file, 'utf8')) as { meta: unknown };
  return JSON.stringify(record);
}

/** A folder with some of the blobs, each as it is or changed. */
function folderWith(changes: Readonly<Record<string, (text: string) => string>>): string {
  const folder = freshFolder();
  for (const [name, change] of Object.entries(changes)) {
    writeFileSync(join(folder, name), change(readFileSync(join(BLOB, `forgetful-${name}`), 'utf8')));
  }
  return folder;
}

const same = (text: string): string => text;

beforeAll(async () => {
  for (const { code, stderr } of await Promise.all(['1/2', '2/2'].map((which) => shard(which)))) {
    expect([code, stderr]).toEqual([0, '']);
  }
});

describe.concurrent('shards', () => {
  test('a shard says what it did and where its blob is, and gives no verdict', async () => {
    const { code, stdout } = await shard('2/2');
    expect(stdout).toBe(
      'shard 2/2 · forgetful · 3 of 5 runs · 3 violated · 0 inconclusive · .sagastorm/blobs/forgetful-2-of-2.json\n',
    );
    expect(code).toBe(0);
  });

  test('merged they are the run in one piece: record, capsules, report and exit code', async () => {
    const [whole, parts] = [freshFolder(), freshFolder()];
    const [one, two] = await Promise.all([
      line([...COMMAND, '--seeds', '5', '--reporter', 'md=report.md'], whole),
      line(['merge', BLOB, '--reporter', 'md=report.md', '--quiet'], parts),
    ]);
    expect([two.code, two.stdout, two.stderr]).toEqual([1, '', '']);
    expect(one.code).toBe(two.code);
    expect(stored(`${parts}/.sagastorm/run.json`)).toBe(stored(`${whole}/.sagastorm/run.json`));
    const capsules = readdirSync(`${whole}/.sagastorm/failures`);
    expect(capsules.length).toBeGreaterThan(0);
    expect(readdirSync(`${parts}/.sagastorm/failures`)).toEqual(capsules);
    for (const file of [...capsules.map((name) => `.sagastorm/failures/${name}`), 'report.md']) {
      expect(readFileSync(join(parts, file), 'utf8')).toBe(readFileSync(join(whole, file), 'utf8'));
    }
  });

  test('a run in one piece can leave its blob, too', async () => {
    const folder = freshFolder();
    const words = [...COMMAND, '--seeds', '5', '--reporter', 'line', '--reporter', 'blob=all.json'];
    const { stdout } = await line(words, folder);
    expect(stdout).toMatch(/^violated · forgetful · [^\n]*\n$/);
    await line(['merge', 'all.json', '--out', 'merged'], folder);
    // Paths of capsules are under another --out, and all else is the same.
    expect(stored(`${folder}/merged/run.json`).replaceAll('merged/failures', '.sagastorm/failures')).toBe(
      stored(`${folder}/.sagastorm/run.json`),
    );
  });

  test('blobs may lie in folders of their own, and be of several scenarios', async () => {
    const folder = freshFolder();
    for (const which of ['1', '2']) {
      const words = ['run', fixture('honest.ts'), fixture('promises.ts'), '--seeds', '4', '--seed', 'x'];
      await line([...words, '--shard', `${which}/2`, '--out', `artefacts/shard-${which}`], folder);
    }
    const { code, stdout } = await line(['merge', 'artefacts', '--reporter', 'line'], folder);
    expect(stdout).toMatch(/^held · honest · 4 runs [^\n]*\nviolated · promises · 4 runs [^\n]*\n$/);
    expect(readdirSync(`${folder}/.sagastorm`).sort()).toEqual(['honest', 'promises']);
    expect(code).toBe(1);
  });

  test('a module that remembers is found out by the shards, too', async () => {
    const folder = freshFolder();
    const words = [
      'run',
      fixture('counts-calls.ts'),
      '--seeds',
      '2',
      '--seed',
      'x',
      '--check-determinism',
      '2',
    ];
    for (const which of ['1/2', '2/2']) await line([...words, '--shard', which], folder);
    const { code, stdout } = await line(['merge', '.sagastorm/blobs'], folder);
    expect(stdout).toContain('seed      "x/0"   differs first in event 0');
    expect(code).toBe(4);
  });
});

describe.concurrent('shards that do not fit are refused in one sentence', () => {
  async function refused(words: readonly string[], sentence: RegExp): Promise<void> {
    const { code, stdout, stderr } = await line(['merge', ...words]);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^sagastorm: [^\n]+[.!?]\n( {2}[^\n]+\n)?$/);
    expect([code, stdout]).toEqual([64, '']);
  }

  test('one is missing', async () => {
    const folder = folderWith({ '2-of-2.json': same });
    await refused([folder], /shard 1 of 2 of forgetful is missing\.\n {2}Run it with --shard 1\/2 /);
  });

  test('one is there twice', async () => {
    const folder = folderWith({ '1-of-2.json': same, '2-of-2.json': same });
    mkdirSync(join(folder, 'again'));
    cpSync(join(folder, '1-of-2.json'), join(folder, 'again', 'copy.json'));
    await refused([folder], /1-of-2\.json and \S+copy\.json are both shard 1 of 2 of forgetful\./);
  });

  test.each<[string, string, readonly string[], RegExp]>([
    ['of another seed', '2/2', ['--seeds', '5', '--seed', 'y'], /they differ in the --seed \(x, and y\)\./],
    ['of another number of runs', '2/2', ['--seeds', '6'], /they differ in the --seeds \(5, and 6\)\./],
    [
      'of another profile',
      '2/2',
      ['--seeds', '5', '--profile', 'calm'],
      /the --profile \(storm, and calm\)\./,
    ],
    [
      'of another policy',
      '2/2',
      ['--seeds', '5', '--policy', 'naive'],
      /the --policy \(default, and naive\)\./,
    ],
    ['of another split', '2/3', ['--seeds', '5'], /the number of shards \(2, and 3\)\./],
    ['under other rules', '2/2', ['--seeds', '5', '--strict'], /the --strict \(false, and true\)\./],
  ])('one is %s', async (_, which, flags, sentence) => {
    const folder = freshFolder();
    const words = COMMAND.filter((word, i) => word !== '--seed' && COMMAND[i - 1] !== '--seed');
    const seed = flags.includes('--seed') ? [] : ['--seed', 'x'];
    const { code } = await line([...words, ...seed, ...flags, '--shard', which], folder);
    expect(code).toBe(0);
    await refused([join(BLOB, 'forgetful-1-of-2.json'), join(folder, '.sagastorm/blobs')], sentence);
  });

  test('one was edited', async () => {
    const folder = folderWith({ '1-of-2.json': (text) => text.replace('"violated":2', '"violated":0') });
    await refused([folder], /1-of-2\.json is not a blob that can be merged: it is damaged, /);
  });

  test('one was cut off', async () => {
    const folder = folderWith({ '1-of-2.json': (text) => text.slice(0, text.length / 2) });
    await refused([folder], /1-of-2\.json is not JSON: /);
  });

  test('the scenario has changed since', async () => {
    const folder = freshFolder();
    const scenario = join(folder, 'scenarios', 'copy.ts');
    mkdirSync(join(folder, 'scenarios'));
    const text = (title: string) =>
      `import { defineScenario } from '${fixture('../../../simulator/index.ts')}';\n` +
      `import forgetful from '${fixture('forgetful.ts')}';\n` +
      `const { kind: _, policy: __, ...spec } = forgetful;\n` +
      `export default defineScenario({ ...spec, title: '${title}' });\n`;
    writeFileSync(scenario, text('one'));
    const { stderr } = await ended(start(['run', scenario, '--seed', 'x', '--shard', '1/1'], folder));
    expect(stderr).toBe('');
    writeFileSync(scenario, text('two'));
    await refused(
      [join(folder, '.sagastorm/blobs')],
      /cannot be merged here: since it was written there is another text of the scenario \(\w+, now \w+\)\./,
    );
  });
});
