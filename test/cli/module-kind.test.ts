// A user's package need not be one of ES modules: a scenario either runs there, or one sentence says what to do.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { sagastorm } from './sagastorm.ts';

const HONEST = `export { default } from '${pathToFileURL(resolve('test/cli/fixtures/honest.ts')).href}';\n`;

/** The path of a scenario in a package of its own. */
function scenarioIn(manifest: string, name: string, text = HONEST): string {
  const folder = mkdtempSync(join(tmpdir(), 'sagastorm-package-'));
  writeFileSync(join(folder, 'package.json'), manifest);
  writeFileSync(join(folder, 'parts.ts'), 'export const title: string = "parts";\n');
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe.concurrent('the kind of a package', () => {
  test.each([
    ['{}', 'mine.ts'],
    ['{ "type": "module" }', 'mine.ts'],
    ['{ "type": "commonjs" }', 'mine.mts'],
    ['{ "type": "commonjs" }', 'mine.mjs'],
  ])('%s: %s runs', async (manifest, name) => {
    const { code, stderr } = await sagastorm(['run', scenarioIn(manifest, name), '--sagas', '2']);
    expect(stderr).not.toContain('sagastorm:');
    expect(code).toBe(0);
  });

  test.each(['mine.ts', 'mine.js'])(
    '"type": "commonjs": %s is refused in one sentence, without a word of Node',
    async (name) => {
      const file = scenarioIn('{ "type": "commonjs" }', name);
      const { code, stdout, stderr } = await sagastorm(['run', file]);
      const manifest = join(file, '..', 'package.json');
      expect(stderr).toBe(
        `sagastorm: ${file} is an ES module, but ${manifest} says "type": "commonjs".\n` +
          `  Rename it to ${name.replace('.', '.m')}, and what it imports likewise; or say "type": "module" there.\n`,
      );
      expect(stdout).toBe('');
      expect(code).toBe(64);
    },
  );

  test('"type": "commonjs": a scenario that is CommonJS is not refused for what it is', async () => {
    const text = "const word = `\nexported`;\nimport('node:path');\nmodule.exports = word;\n";
    const { stderr } = await sagastorm(['run', scenarioIn('{ "type": "commonjs" }', 'mine.ts', text)]);
    expect(stderr).toContain('is not a scenario: its default export is something else.');
  });

  test('"type": "commonjs": a part that is not renamed is hinted at', async () => {
    const text = "import { title } from './parts.ts';\nexport default title;\n";
    const { code, stderr } = await sagastorm(['run', scenarioIn('{ "type": "commonjs" }', 'mine.mts', text)]);
    expect(stderr).toContain("mine.mts:1 is not valid: The requested module './parts.ts'");
    expect(stderr).toContain(
      'says "type": "commonjs": rename the .ts and .js files that it imports to .mts and .mjs.',
    );
    expect(code).toBe(64);
  });

  test('"type": "commonjs": a plain mistake is not blamed on the package', async () => {
    const file = scenarioIn('{ "type": "commonjs" }', 'mine.mts', 'export default {\n');
    const { code, stderr } = await sagastorm(['run', file]);
    expect(stderr).toMatch(
      /mine\.mts:\d+ is not valid: [^\n]+\.\n {2}Run it with node to see the line itself\.\n$/,
    );
    expect(code).toBe(64);
  });
});
