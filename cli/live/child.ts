// A process of a run for real that is started again whenever it dies: as a service manager would.

import { type ChildProcess, fork } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { modulePath } from '../../simulator/campaign/source-tree.ts';

/** Why a process is gone: a signal, the code that it ended with, or what kept it from being one. */
export type End = NodeJS.Signals | number | Error;

export interface ChildParts<To, From> {
  readonly name: string;
  /** Its module, by the path without extension from the source's root. */
  readonly module: string;
  /** What it complains of goes here. */
  readonly log: string;
  /** The first message of every life. */
  begin(): To;
  told(message: From): void;
  /** How long it stays down, in milliseconds; undefined: for good. */
  died(end: End): number | undefined;
}

export class Child<To extends object, From> {
  readonly name: string;
  readonly #parts: ChildParts<To, From>;
  readonly #log: WriteStream;
  #process: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauses = 0;
  #isOver = false;
  #whenGone: (() => void) | undefined;
  /** Lives so far. */
  lives = 0;
  /** It has said that it can work. */
  isReady = false;

  constructor(parts: ChildParts<To, From>) {
    this.name = parts.name;
    this.#parts = parts;
    this.#log = createWriteStream(parts.log, { flags: 'a' });
  }

  get isAlive(): boolean {
    return this.#process !== undefined;
  }

  start(): void {
    this.lives++;
    const child = fork(modulePath(this.#parts.module), { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#process = child;
    child.stdout?.pipe(this.#log, { end: false }); // there is none when the process could not be started
    child.stderr?.pipe(this.#log, { end: false });
    child.on('message', (message) => {
      if (this.#process !== child) return;
      if ((message as { kind: string }).kind === 'ready') this.isReady = true;
      this.#parts.told(message as From);
    });
    child.on('error', (error) => {
      if (child.pid === undefined) this.#gone(child, error); // it never was, and will not exit
      // Else it did not live to read a message.
    });
    child.on('exit', (code, signal) => this.#gone(child, endOf(code, signal)));
    this.tell(this.#parts.begin());
  }

  #gone(child: ChildProcess, end: End): void {
    if (this.#process !== child) return;
    this.#process = undefined;
    this.isReady = false;
    this.#pauses = 0;
    this.#whenGone?.();
    if (this.#isOver) return;
    const downMs = this.#parts.died(end);
    if (downMs !== undefined) this.#timer = setTimeout(() => this.start(), downMs);
  }

  /** It may not live to read it. */
  tell(message: To): void {
    if (this.#process?.connected === true) this.#process.send(message);
  }

  /** False when there is nobody to kill. */
  kill(): boolean {
    return this.#process?.kill('SIGKILL') ?? false;
  }

  /** SIGSTOP for so long, in milliseconds. */
  pause(ms: number): void {
    const child = this.#process;
    if (child === undefined) return;
    child.kill('SIGSTOP');
    this.#pauses++;
    setTimeout(() => {
      if (this.#process === child && --this.#pauses === 0) child.kill('SIGCONT');
    }, ms);
  }

  /**
   * Goes on by itself; this stands for it no longer. What it says and how it ends is for the caller to hear, and to end it
   * too: `end` knows nothing of it.
   */
  letGo(): ChildProcess | undefined {
    const child = this.#process;
    this.#process = undefined;
    this.isReady = false;
    this.#pauses = 0;
    return child;
  }

  /** Told to stop; killed when it does not, after so many milliseconds. */
  async end(stop: To, graceMs: number): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    const child = this.#process;
    if (child !== undefined) {
      child.kill('SIGCONT');
      const gone = new Promise<void>((resolve) => {
        this.#whenGone = resolve;
      });
      this.tell(stop);
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await gone;
      clearTimeout(timer);
    }
    this.#log.end();
  }
}

export function endOf(code: number | null, signal: NodeJS.Signals | null): End {
  return signal ?? code ?? 0;
}
