// Policies that are another one but for one number, and faults that are more or less frequent: on the command line.

import { describe, expect, test } from 'vitest';
import { fixture, freshFolder, line } from './sagastorm.ts';

const honest = fixture('honest.ts');

describe.concurrent('replay of a variant', () => {
  test('a policy but for one number, and no faults at all', async () => {
    const words = [
      'replay',
      honest,
      '--seed',
      'a/1',
      '--policy',
      'default:callTimeoutMs=50',
      '--fault-rate',
      '0',
    ];
    const { code, stdout } = await line(words, freshFolder());
    expect(stdout).toContain('default:callTimeoutMs=50');
    expect(stdout).not.toMatch(/FAULTS +\d+ kinds/);
    expect(code).toBe(0);
  });

  test.each([
    ['--fault-rate', '11', '--fault-rate takes a number from 0 to 10'],
    ['--fault-rate', 'much', '--fault-rate takes a number from 0 to 10'],
    ['--policy', 'default:callTimeoutMs=soon', 'callTimeoutMs: "soon" is not a whole number'],
    ['--policy', 'default:callTimeout=5', 'has no setting "callTimeout"'],
    ['--policy', 'nobody:callTimeoutMs=5', 'knows no policy called "nobody"'],
  ])('%s %s is refused in one sentence', async (flag, value, sentence) => {
    const { code, stderr } = await line(['replay', honest, '--seed', 'a', flag, value], freshFolder());
    expect(stderr).toContain(sentence);
    expect(code).toBe(64);
  });
});
