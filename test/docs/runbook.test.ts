// Step 7 of docs/runbook.md, line by line as it stands there: a server on the store of the drill, and one command.

import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { freshFolder, line } from '../cli/sagastorm.ts';
import { type ServedProcess, servedProcess } from '../cli/served-process.ts';

const text = readFileSync('docs/runbook.md', 'utf8');
let server: ServedProcess | undefined;
afterAll(async () => {
  server?.child.kill('SIGTERM');
  await server?.end;
});

/** The words of the commands in a block, without `sagastorm`. */
function commandsIn(block: string): readonly (readonly string[])[] {
  const lines = block.split('\n').map((line) => line.replace(/^\$ npx |#.*$/g, '').trim());
  return lines.filter((line) => line.startsWith('sagastorm ')).map((line) => line.split(/\s+/).slice(1));
}

test('one command on the store of the drill, and nobody waits any more', async () => {
  const folder = freshFolder();
  symlinkSync(resolve('scenarios'), join(folder, 'scenarios'));
  const [, json] = /```json drill\.json\n([\s\S]*?)```/.exec(text)!;
  writeFileSync(join(folder, 'drill.json'), json!);
  const [replay] = commandsIn(/```console\n([\s\S]*?)```/.exec(text)![1]!);
  expect((await line(replay!, folder)).code).toBe(0);
  const waiting = 35;
  expect((await line(['why', '--db', 'drill.db'], folder)).stdout).toContain(`${waiting} sagas`);

  const step = text.slice(text.indexOf('## 7.'), text.indexOf('## 8.'));
  const [serve, ...repairs] = commandsIn(/```sh no-run[^\n]*\n([\s\S]*?)```/.exec(step)![1]!);
  expect([serve![0], repairs.length]).toEqual(['serve', 2]);
  server = await servedProcess([...serve!.slice(1), '--quiet'], folder);
  const at = ['--url', server.url];
  const looked = await line([...repairs[0]!, ...at], folder);
  expect([looked.code, looked.stderr]).toEqual([0, '']);
  expect(looked.stdout).toContain(`${waiting} would be done`);
  expect(looked.stdout).not.toContain('✓');
  const done = await line([...repairs[1]!, ...at], folder);
  expect([done.code, done.stderr]).toEqual([0, '']);
  expect(done.stdout.match(/✓/g)).toHaveLength(waiting);
  expect(done.stdout).toContain(`${waiting} done · act three-am`);
  for (let out = ''; !out.startsWith('No saga waits'); await delay(50))
    out = (await line(['why', '--db', 'drill.db'], folder)).stdout;
  const again = await line([...repairs[1]!, ...at], folder);
  expect(again.stdout).toBe('No saga is so.\n');
});
