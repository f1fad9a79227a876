// Appends that wait for those before them: what came meanwhile becomes durable together.
//
// C1. The appends that came in one turn of the event loop, or while a batch was under way, go into one batch, and none of
//     them is answered before that is written (E1). The more comes, the larger they get.
// C2. Loads are read after the appends that came before them were answered.
// C3. Where the writer has a thread of its own, a batch does not wait for the turn to end, nor for the writer to be done, when
//     it is as large as the one before: so batches become alike, and neither the writer nor the engine waits for the other.

import type { LoadOutput } from '../core/orchestrator-messages.ts';
import type { InputSink } from '../core/ports.ts';
import type { TextedAppend, WrittenAppends } from './append-batch.ts';

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
  /** C3: so many, at least, are worth a batch before the turn ends. Left out: none are. */
  readonly appendsMin?: number;
  /** Must not fail. Batches are written in the order in which they were given. */
  write(appends: readonly TextedAppend[]): Promise<WrittenAppends>;
  read(loads: readonly AskedLoad[]): void;
  trouble(error: Error): void;
  /** Nothing is under way, and nothing waits. */
  idle(): void;
}

/** C3: while one is written, the next is there already, and one more grows. */
const UNDER_WAY_MAX = 2;

export class GroupCommit {
  readonly #parts: GroupCommitParts;
  /** Oldest first; C2: a load is kept with the appends that came before it. */
  readonly #waiting: Work[] = [];
  /** With the writer, oldest first. */
  readonly #underWay: Work[] = [];
  #isSendDue = false;

  constructor(parts: GroupCommitParts) {
    this.#parts = parts;
  }

  get isBusy(): boolean {
    return this.#underWay.length > 0 || this.#waiting.length > 0;
  }

  append(append: TextedAppend, answers: InputSink): void {
    const work = this.#latest(this.#parts.appendsMax - 1);
    work.appends.push(append);
    work.sinks.push(answers);
    if (work.appends.length >= this.#worthSending) this.#send();
    else this.#sendSoon();
  }

  load(load: LoadOutput, answers: InputSink): void {
    this.#latest(this.#parts.appendsMax).loads.push({ load, answers });
    this.#sendSoon();
  }

  /** C3. */
  get #worthSending(): number {
    const { appendsMin } = this.#parts;
    if (appendsMin === undefined || this.#underWay.length === UNDER_WAY_MAX) return Number.POSITIVE_INFINITY;
    return Math.max(appendsMin, this.#underWay.at(-1)?.appends.length ?? 0);
  }

  /** C1: with what else comes in this turn. */
  #sendSoon(): void {
    if (this.#isSendDue || this.#underWay.length > 0) return;
    this.#isSendDue = true;
    setImmediate(() => {
      this.#isSendDue = false;
      if (this.#underWay.length === 0) this.#send();
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

  get #hasAppends(): boolean {
    return this.#waiting.length > 0 && this.#waiting[0]!.appends.length > 0;
  }

  #send(): void {
    const work = this.#waiting.shift();
    if (work === undefined) return this.#parts.idle();
    if (work.appends.length > 0) {
      this.#underWay.push(work);
      void this.#write(work);
    } else {
      this.#parts.read(work.loads);
      this.#send();
    }
  }

  /** The writer never waits for what has come already: it gets that before the answers of this batch are handed out. */
  async #write(work: Work): Promise<void> {
    const { answers, trouble } = await this.#parts.write(work.appends);
    this.#underWay.shift();
    if (this.#underWay.length === 0 && this.#hasAppends) this.#send();
    if (trouble !== undefined) this.#parts.trouble(trouble);
    for (let i = 0; i < answers.length; i++) {
      work.sinks[i]!.input({ kind: answers[i]!, append: work.appends[i]!.append });
    }
    if (work.loads.length > 0) this.#parts.read(work.loads);
    if (this.#underWay.length === 0 || (this.#hasAppends && this.#mayHaveMore)) this.#send();
  }

  get #mayHaveMore(): boolean {
    return this.#parts.appendsMin !== undefined && this.#underWay.length < UNDER_WAY_MAX;
  }
}
