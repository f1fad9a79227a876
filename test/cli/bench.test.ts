// `sagastorm bench`: figures, kept and compared; and what is typed wrongly.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshFolder, line } from './sagastorm.ts';

/** What is measured does not matter here. */
const SHORT = ['--warm-up', '0', '--rounds', '1', '--quiet'];
const SUITE = 'engine';

describe('sagastorm bench', () => {
  test('prints figures, keeps them, and compares with those that were kept', async () => {
    const folder = freshFolder();
    const first = await line(['bench', SUITE, ...SHORT, '--processes', '1', '--save', 'main'], folder);
    expect([first.code, first.stderr]).toEqual([0, 'Saved: .sagastorm/bench/main.json\n']);
    expect(first.stdout).toMatch(/a log of 8 events to a state .* folds\/s {3}× \S+ lean closure kernel/);
    const again = ['bench', SUITE, '--rounds', '1', '--quiet', '--processes', '1', '--against', 'main'];
    const longer = await line([...again, '--warm-up', '1'], folder);
    expect(longer).toMatchObject({ code: 64, stdout: '' });
    expect(longer.stderr).toContain('"main" was warmed up for 0 s per measure, and --warm-up says 1');
    again.push('--fail-on-regression', '--save', 'second');
    const second = await line(again, folder);
    const saved = JSON.parse(readFileSync(join(folder, '.sagastorm/bench/second.json'), 'utf8'));
    expect(saved.warmUpSeconds).toBe(0); // as what it is compared with
    expect(second.stdout).toContain('too few processes to tell');
    expect(second.code).toBe(0);
    const file = join(folder, '.sagastorm/bench/main.json');
    const record = JSON.parse(readFileSync(file, 'utf8'));
    record.virtual[0].meanMs -= 1; // as if it had been shorter then
    writeFileSync(file, JSON.stringify(record));
    const third = await line(again, folder);
    expect(third.stdout).toContain('the code behaves otherwise');
    expect(third.code).toBe(3);
    writeFileSync(file, '{"schema":"sagastorm/bench@1"}');
    expect(await line(again, folder)).toMatchObject({ code: 64, stdout: '' });
  });

  test.each([
    [['kernle'], 'there is no suite "kernle"'],
    [['engine', '--against', 'nothing'], 'there is no file'],
    [['engine', '--save', '../x'], '--save takes a name of letters'],
    [['engine', '--fail-on-regression'], '--fail-on-regression needs --against'],
    [['engine', '--rounds', '0'], '--rounds takes a whole number'],
    [['engine', '--warm-up', '61'], '--warm-up takes a whole number'],
  ])('%j is refused in one sentence', async (words, sentence) => {
    const { code, stderr } = await line(['bench', ...words]);
    expect(stderr).toContain(sentence);
    expect(code).toBe(64);
  });
});
