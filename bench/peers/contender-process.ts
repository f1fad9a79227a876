// Starts the process of a contender and gives it orders, one at a time. Whatever happens in there, what comes back is an
// answer: a contender that cannot go on says why in one sentence.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Introduction, Measurement, Order, Side } from './orders.ts';

/** No measurement takes as long by far; a contender that does is stuck. */
const ANSWER_MS_MAX = 300_000;
const STOP_MS_MAX = 5_000;
const PROGRAM = fileURLToPath(new URL('./contender.ts', import.meta.url));

export class Contender {
  readonly id: string;
  introduction: Introduction | undefined;
  /** Why it takes no part any more. */
  failure: string | undefined;
  readonly #child: ChildProcess;
  #lastWords = '';

  constructor(side: Side, id: string) {
    this.id = id;
    this.#child = fork(PROGRAM, [side, id], {
      execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.on('data', (words) => {
      this.#lastWords = `${this.#lastWords}${words}`.slice(-2_000);
    });
  }

  get name(): string {
    return this.introduction?.name ?? this.id;
  }

  async introduce(): Promise<void> {
    const answer = await this.#answer();
    if (answer?.kind === 'ready') this.introduction = answer;
    else this.failure ??= 'it did not introduce itself';
  }

  /** Undefined when it failed; then it is out. */
  async measure(order: Order): Promise<Measurement | undefined> {
    if (this.failure !== undefined) return undefined;
    const answered = this.#answer();
    this.#child.send(order);
    const answer = await answered;
    if (answer?.kind === 'measured') return answer;
    this.failure ??= 'it gave no figures';
    return undefined;
  }

  /** It ends what it has started, too; one that does not listen is killed. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS_MAX);
    await gone;
    clearTimeout(timer);
  }

  #answer(): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const done = (answer: Answer | undefined, failure?: string): void => {
        clearTimeout(timer);
        this.#child.off('message', onMessage);
        this.#child.off('exit', onExit);
        if (failure !== undefined) this.failure = failure;
        resolve(answer);
      };
      const onMessage = (answer: Answer): void =>
        done(answer, answer.kind === 'failed' ? answer.reason : undefined);
      const onExit = (code: number | null, signal: string | null): void =>
        done(undefined, `its process ended (${signal ?? code}): ${this.#firstError()}`);
      const timer = setTimeout(() => {
        done(undefined, `no answer within ${ANSWER_MS_MAX / 1_000} s`);
        void this.stop();
      }, ANSWER_MS_MAX);
      this.#child.on('message', onMessage);
      this.#child.on('exit', onExit);
    });
  }

  #firstError(): string {
    const lines = this.#lastWords.split('\n');
    return lines.find((line) => /error/i.test(line))?.trim() ?? 'without a word';
  }
}
