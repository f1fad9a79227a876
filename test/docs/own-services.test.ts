// docs/own-services.md shows code that is run: its snippets stand in the files that it names, and its errors exist.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const doc = readFileSync('docs/own-services.md', 'utf8');
const snippets = [...doc.matchAll(/<!-- from (\S+) -->\n```ts\n([\s\S]*?)```/g)];

test.each(snippets.map(([, file, code]) => [file!, code!]))('its snippet from %s', (file, code) => {
  expect(readFileSync(file, 'utf8')).toContain(code);
});

test('no snippet is without a source', () => {
  expect(snippets.length).toBe(doc.match(/```ts/g)!.length);
});

test('the errors that it names are those that can come', () => {
  const folder = 'simulator/own-service';
  const code = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8'));
  const named = [...doc.matchAll(/^\| `([a-z]+-[a-z-]+)` \|/gm)].map(([, name]) => name!);
  expect(named.length).toBe(6);
  for (const name of named) expect(code.some((text) => text.includes(`'${name}'`))).toBe(true);
});
