// A process in which one command line runs after the other. What a command says and does is the same as in a process of its
// own; what is not seen is whether a process ends by itself, and that its modules are loaded anew.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Ended } from './sagastorm.ts';

/** One command line, without `sagastorm`. */
export interface Line {
  readonly words: readonly string[];
  readonly cwd: string;
  /** What the environment has besides. */
  readonly env: NodeJS.ProcessEnv;
}

export class SharedProcess {
  readonly #timeoutMs: number;
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** Written past the streams of the lines, or after they had ended: there is to be nothing. */
  #stray = '';

  /** `timeoutMs`: for each line; the process of one that takes longer is killed. It ends with the one that asks. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * How the line ends. Lines are run in the order in which they come.
   *
   * @throws Error when the process ends with it, or wrote what no line did
   */
  run(line: Line): Promise<Ended> {
    const ended = this.#last.then(() => this.#ending(line));
    this.#last = ended.catch(() => undefined);
    return ended;
  }

  /** After all lines. */
  async close(): Promise<void> {
    await this.#last;
    const child = this.#child;
    if (child === undefined) return;
    const over = [once(child, 'exit'), once(child.stdout!, 'end'), once(child.stderr!, 'end')];
    child.ref();
    child.disconnect();
    await Promise.all(over);
    this.#refuseStray();
  }

  async #ending(line: Line): Promise<Ended> {
    this.#child ??= this.#start();
    const child = this.#child;
    const timer = setTimeout(() => child.kill('SIGKILL'), this.#timeoutMs);
    const settled = new AbortController();
    const { signal } = settled;
    child.channel!.ref();
    try {
      const answered = once(child, 'message', { signal }) as Promise<[Ended]>;
      const over = once(child, 'exit', { signal }).then(([code, by]) => this.#over(line, code ?? by));
      over.catch(() => undefined); // that it is no longer waited for
      child.send(line);
      const [ended] = await Promise.race([answered, over]);
      return ended;
    } finally {
      clearTimeout(timer);
      settled.abort();
      child.channel?.unref();
      this.#refuseStray();
    }
  }

  #start(): ChildProcess {
    const { NO_COLOR, FORCE_COLOR, DEBUG, ...env } = process.env;
    const child = fork(resolve(import.meta.dirname, 'line-by-line.ts'), { env, execArgv: [], silent: true });
    child.stdin!.end();
    child.unref();
    child.channel!.unref();
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk) => {
        this.#stray += String(chunk);
      });
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    return child;
  }

  #over({ words }: Line, how: unknown): never {
    const stray = this.#stray;
    this.#stray = '';
    throw new Error(`the process of \`sagastorm ${words.join(' ')}\` ended with ${how}: ${stray}`);
  }

  #refuseStray(): void {
    if (this.#stray === '') return;
    const stray = this.#stray;
    this.#stray = '';
    throw new Error(`written by no line: ${stray}`);
  }
}
