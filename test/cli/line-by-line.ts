// Runs many command lines in one process, because to start one takes longer than most lines: is sent one line after the other
// (its words, its folder, what its environment has besides), and answers how each ended. See shared-process.ts.

import { program } from '../../cli/program.ts';
import type { Ended } from './sagastorm.ts';
import type { Line } from './shared-process.ts';

/** What `stream` is given while `body` runs. */
async function capturing<Result>(
  streams: readonly NodeJS.WriteStream[],
  body: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly written: readonly string[] }> {
  const written = streams.map(() => '');
  const writes = streams.map((stream) => stream.write);
  streams.forEach((stream, i) => {
    stream.write = (chunk: string | Uint8Array) => {
      written[i] += String(chunk);
      return true;
    };
  });
  try {
    return { result: await body(), written };
  } finally {
    streams.forEach((stream, i) => {
      stream.write = writes[i]!;
    });
  }
}

/** As at the start of a process: in this folder, with these variables, and with a console that writes to stdout. */
async function within<Result>({ cwd, env }: Line, body: () => Promise<Result>): Promise<Result> {
  const before = { ...process.env };
  const { console } = globalThis;
  process.chdir(cwd);
  Object.assign(process.env, env);
  try {
    return await body();
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    globalThis.console = console;
  }
}

const { stdout, stderr } = process;
for (const stream of [stdout, stderr]) stream.setMaxListeners(0); // each line listens to both

async function ending(line: Line): Promise<Ended> {
  const { result: code, written } = await capturing([stdout, stderr], () =>
    within(line, () => program(line.words)),
  );
  return { code, stdout: written[0]!, stderr: written[1]! };
}

process.on('message', (line: Line) => void ending(line).then((ended) => process.send!(ended)));
process.on('disconnect', () => process.exit()); // who asked has gone
