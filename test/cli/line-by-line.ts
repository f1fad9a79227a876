// Runs many command lines in one process, because to start one takes longer than most lines: `node line-by-line.ts` reads
// a JSON array of lines (each an array of words) from stdin, and writes how each of them ended, as one JSON array.

import { text } from 'node:stream/consumers';
import { program } from '../../cli/program.ts';
import type { Ended } from './sagastorm.ts';

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

const { stdout, stderr } = process;
for (const stream of [stdout, stderr]) stream.setMaxListeners(0); // each line listens to both
const lines = JSON.parse(await text(process.stdin)) as readonly (readonly string[])[];
const endings: Ended[] = [];
for (const line of lines) {
  const { result: code, written } = await capturing([stdout, stderr], () => program(line));
  endings.push({ code, stdout: written[0]!, stderr: written[1]! });
}
stdout.write(JSON.stringify(endings));
