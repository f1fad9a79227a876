// Where the words of other people's code go. A scenario may print; what this package writes to stdout is its result and
// nothing else, so that a program can read it.
//
// Written at once: what a thread prints would otherwise wait for the main thread to pass it on, and the thread for that,
// also when nobody reads any more.

import { Console } from 'node:console';
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

const STDERR = 2;
/** Nobody reads any more, or not fast enough: the words are dropped, the run goes on. */
const LOST: readonly unknown[] = ['EPIPE', 'EAGAIN'];

/** From here on `console.log` and its like write to stderr, in this thread. */
export function keepStdoutClean(): void {
  const stderr = new Writable({
    write(words: Buffer, _encoding, done) {
      try {
        writeSync(STDERR, words);
      } catch (error) {
        if (!LOST.includes((error as NodeJS.ErrnoException).code)) throw error;
      }
      done();
    },
  });
  globalThis.console = new Console(stderr);
}
