// Golden fingerprints: what each scenario does under each profile, byte by byte. A change here is a change of
// behaviour; look at why, then write them anew with `npm run golden`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fingerprints } from './golden.ts';

test('S6: every scenario still does what it did', async () => {
  const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden.json'), 'utf8')) as unknown;
  expect(await fingerprints()).toEqual(golden);
});
