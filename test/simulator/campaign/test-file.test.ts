// The vitest test that `shrink` writes: valid, whatever the paths and names in it.

import { expect, test } from 'vitest';
import type { PreparedJob } from '../../../simulator/campaign/job.ts';
import { testText } from '../../../simulator/campaign/test-file.ts';
import { profiles } from '../../../simulator/index.ts';
import honest from '../../cli/fixtures/honest.ts';

const prepared: PreparedJob = {
  scenario: honest,
  file: '/a/it\'s "mine"\\yours.ts',
  hash: '',
  profile: profiles.storm,
  protocol: 'saga',
  policy: { name: 'it\'s "own"' },
  sagas: 1,
};

test('paths with quotes and backslashes are escaped', () => {
  const violation = { invariant: 'i', statement: '', message: 'a\nb', atUs: 0, signature: 's' };
  const small = {
    only: [0],
    plan: [],
    violation,
    fingerprint: '',
    events: 1,
    isMinimal: true,
    attempts: 1,
    from: { faults: 1, sagas: 1, events: 1 },
  };
  const text = testText({ scenario: 'x', profile: 'storm' }, prepared, '"; evil(); "', small, '/a/failures');
  const imported = /^import scenario from (.*);$/m.exec(text)![1]!;
  expect(JSON.parse(imported)).toBe('../it\'s "mine"\\yours.ts');
  expect(text).toContain('seed: "\\"; evil(); \\""');
  expect(text).toMatch(/^\/\/ Fails .* breaks i: a b$/m);
});
