// The planted bugs as files, and what is done with each of them in threads.

import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import Tinypool from 'tinypool';

export const FOLDER = join(import.meta.dirname, '../../scenarios/planted-bugs');

/** The names of the bugs: that of the file, without its ending. */
export function bugNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter(
      (file) => file.endsWith('.ts') && /\bplantedBug\(\{/.test(readFileSync(join(FOLDER, file), 'utf8')),
    )
    .map((file) => file.slice(0, -'.ts'.length));
}

/** Those of a command: all, or the one that it was given; ends the process when there is no such bug. */
export function chosenFrom(names: readonly string[], only: string | undefined): readonly string[] {
  const chosen = names.filter((name) => only === undefined || name === only);
  if (chosen.length > 0) return chosen;
  console.error(`no planted bug is called "${only}"; there are ${names.length} in scenarios/planted-bugs/`);
  process.exit(64);
}

/** Calls an exported function of a module of this folder with each task, in as many threads as there are cores. */
export async function inThreads<Task, Answer>(
  module: string,
  name: string,
  tasks: readonly Task[],
): Promise<readonly Answer[]> {
  const pool = new Tinypool({
    filename: new URL(module, import.meta.url).href,
    maxThreads: availableParallelism(),
    isolateWorkers: false,
  });
  let done = 0;
  const answers = await Promise.all(
    tasks.map(async (task) => {
      const answer = (await pool.run(task, { name })) as Answer;
      if (process.stderr.isTTY) process.stderr.write(`\r${++done} of ${tasks.length} bugs `);
      return answer;
    }),
  );
  if (process.stderr.isTTY) process.stderr.write('\r');
  await pool.destroy();
  return answers;
}
