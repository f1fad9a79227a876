// The errors that docs/own-services.md names exist.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const doc = readFileSync('docs/own-services.md', 'utf8');

test('the errors that it names are those that can come', () => {
  const folders = ['simulator/own-service', 'simulator/world'];
  const files = folders.flatMap((folder) => readdirSync(folder).map((file) => `${folder}/${file}`));
  const code = files.map((file) => readFileSync(file, 'utf8'));
  const named = [...doc.matchAll(/^\| `([a-z]+-[a-z-]+)` \|/gm)].map(([, name]) => name!);
  expect(named.length).toBe(8);
  for (const name of named) expect(code.some((text) => text.includes(`'${name}'`))).toBe(true);
});
