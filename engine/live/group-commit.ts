// Appends that wait for the one before them: what came meanwhile becomes durable together.
//
// C1. The appends that came in one turn of the event loop, or while the last batch was under way, go into one batch, and
//     none of them is answered before that is written (E1).
//     There is one batch under way at a time: the more comes, the larger they get.
// C2. Loads are read after the appends that came before them were answered.

import type { LoadOutput } from '../core/orchestrator-messages.ts';
import type { InputSink } from '../core/ports.ts';
import type { TextedAppend, WrittenAppends } from './postgres-writer.ts';

export interface AskedLoad {
  readonly load: LoadOutput;
  readonly answers: InputSink;
}

/** What goes into one transaction, and what is read after it. */
class Work {
  readonly appends: TextedAppend[] = [];
  readonly sinks: InputSink[] = [];
  readonly loads: AskedLoad[] = [];
}

export interface GroupCommitParts {
  /** Appends in one batch: their answers are handed out in one turn of the event loop. */
  readonly appendsMax: number;
  /** Must not fail. Batches are written in the order in which they were given. */
  write(appends: readonly TextedAppend[]): Promise<WrittenAppends>;
  read(loads: readonly AskedLoad[]): void;
  trouble(error: Error): void;
  /** Nothing is under way, and nothing waits. */
  idle(): void;
}

export class GroupCommit {
  readonly #parts: GroupCommitParts;
  /** Oldest first; C2: a load is kept with the appends that came before it. */
  readonly #waiting: Work[] = [];
  #isUnderWay = false;
  #isSendDue = false;

  constructor(parts: GroupCommitParts) {
    this.#parts = parts;
  }

  get isBusy(): boolean {
    return this.#isUnderWay || this.#waiting.length > 0;
  }

  append(append: TextedAppend, answers: InputSink): void {
    const work = this.#latest(this.#parts.appendsMax - 1);
    work.appends.push(append);
    work.sinks.push(answers);
    this.#sendSoon();
  }

  load(load: LoadOutput, answers: InputSink): void {
    this.#latest(this.#parts.appendsMax).loads.push({ load, answers });
    this.#sendSoon();
  }

  /** C1: with what else comes in this turn. */
  #sendSoon(): void {
    if (this.#isSendDue || this.#isUnderWay) return;
    this.#isSendDue = true;
    setImmediate(() => {
      this.#isSendDue = false;
      if (!this.#isUnderWay) this.#send();
    });
  }

  /** The newest work, when it has no more than so many appends. */
  #latest(appendsMax: number): Work {
    const last = this.#waiting.at(-1);
    if (last !== undefined && last.appends.length <= appendsMax) return last;
    const work = new Work();
    this.#waiting.push(work);
    return work;
  }

  #send(): void {
    const work = this.#waiting.shift();
    if (work === undefined) return this.#parts.idle();
    if (work.appends.length > 0) {
      this.#isUnderWay = true;
      void this.#write(work);
    } else {
      this.#parts.read(work.loads);
      this.#send();
    }
  }

  /** The writer never waits for what has come already: it gets that before the answers of this batch are handed out. */
  async #write(work: Work): Promise<void> {
    const { answers, trouble } = await this.#parts.write(work.appends);
    this.#isUnderWay = false;
    if ((this.#waiting[0]?.appends.length ?? 0) > 0) this.#send();
    if (trouble !== undefined) this.#parts.trouble(trouble);
    for (let i = 0; i < answers.length; i++) {
      work.sinks[i]!.input({ kind: answers[i]!, append: work.appends[i]!.append });
    }
    if (work.loads.length > 0) this.#parts.read(work.loads);
    if (!this.#isUnderWay) this.#send();
  }
}
