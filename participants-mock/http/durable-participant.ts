// A participant whose memory is a file: each request that it handles stands there with its answer and its ledger entries
// before it is answered, and a new process makes the participant again from that.
//
// R1. Nobody is told of anything that is not on the disk.
// R2. Requests that arrive in one turn of the event loop are handled one after the other, and written in one
//     transaction. From the first effect in memory to the end of the commit nothing else runs: nobody sees a state
//     between the two.
// R3. When a batch cannot be written, or the participant threw, what is in memory is thrown away and made again from the
//     file before anything else is answered. All of that batch is without effect.
// R4. When it cannot be made again, nothing is answered any more.

import { assert } from '../../engine/core/assert.ts';
import type { Call, Outcome, Participant } from '../../engine/core/protocol.ts';
import { type BookPage, bookPage } from './book-page.ts';
import type { Crash } from './chaos.ts';
import { dialectOf } from './known-services.ts';
import { type FileIdentity, ParticipantFile, textOf } from './participant-file.ts';
import type { PlainAnswer, PlainDialect, PlainRequest } from './plain-desk.ts';
import { replay } from './replay.ts';
import type { MachineAnswer, MachineRequest, ReplayedMachine } from './replayed-machine.ts';

/** What a {@link DurableParticipant} is made of: its file, and the machine whose calls the file keeps. */
export interface DurableParticipantParts extends FileIdentity {
  /** Made with its folder when there is none. One process may write it at a time. */
  readonly file: string;
  /** The participant as it is before its first call: a new one each time, always alike. */
  readonly create: () => Participant;
  /** How it can be asked plainly. Default: {@link dialectOf} the service. */
  readonly dialect?: PlainDialect;
  /** Microseconds since 1970; need not be steady. Default: the real clock. */
  readonly nowUs?: () => number;
  /** Ends the process at once. Default: SIGKILL to itself. */
  readonly die?: () => void;
  /** Told, once, that nothing is answered any more (R4). */
  readonly onBroken?: (error: Error) => void;
}

/** Why a request got no answer: nothing of it was kept. */
export class NotKept extends Error {
  override name = 'NotKept';
}

interface Waiting {
  readonly request: MachineRequest;
  readonly crash: Crash;
  settle(answer: MachineAnswer): void;
  fail(error: Error): void;
}

/**
 * Opens the file and is at once as it was when its last request was answered.
 *
 * @example
 * const options = { accounts: 2, openingBalance: 1_000 };
 * const durable = new DurableParticipant({ file: 'bank.db', service: 'bank', options, create: () => bank(options) });
 * await durable.handle(call); // { kind: 'applied' }, and it is on the disk
 * durable.close();
 */
export class DurableParticipant {
  readonly service: string;
  readonly dialect: PlainDialect;
  readonly #parts: DurableParticipantParts;
  readonly #file: ParticipantFile;
  readonly #nowUs: () => number;
  #machine: ReplayedMachine;
  #calls: number;
  #lastUs: number;
  #waiting: Waiting[] = [];
  #broken: Error | undefined;
  #isClosed = false;

  /**
   * @throws UserError `participant-file-unusable`, `participant-file-newer`, `participant-file-taken`,
   *   `participant-file-differs`; and what `create` throws.
   */
  constructor(parts: DurableParticipantParts) {
    const { file, service, options, dialect = dialectOf(service), nowUs = realNowUs } = parts;
    this.#parts = parts;
    this.service = service;
    this.dialect = dialect;
    this.#nowUs = nowUs;
    const first = parts.create(); // before a file is made for options that cannot be
    this.#file = ParticipantFile.open(file, { service, options });
    try {
      const { machine, calls, lastUs } = replay(this.#file, { participant: first, dialect });
      [this.#machine, this.#calls, this.#lastUs] = [machine, calls, lastUs];
      if (calls > 0 && machine.participant.restart !== undefined) this.#write([{ kind: 'restart' }], []);
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** As of the last commit; not to be kept, for it may be made again. */
  get participant(): Participant {
    return this.#machine.participant;
  }

  /** How many requests stand in the file. */
  get calls(): number {
    return this.#calls;
  }

  /** Of this participant, the same in all its lives: for keyed draws. */
  get seed(): number {
    return this.#file.meta.seed;
  }

  /** Why nothing is answered any more (R4). */
  get broken(): Error | undefined {
    return this.#broken;
  }

  /**
   * Handles a call of an engine.
   *
   * @param crash when to die of it
   * @throws NotKept when nothing of it was kept, or the participant is closed.
   */
  async handle(call: Call, crash: Crash = 'none'): Promise<Outcome> {
    const answer = await this.#enqueue(call, crash);
    assert(answer.kind !== 'plain' && answer.kind !== 'restarted', 'a call is answered with an outcome');
    return answer;
  }

  /**
   * Handles a request that knows of no saga.
   *
   * @param crash when to die of it
   * @throws NotKept when nothing of it was kept, or the participant is closed.
   */
  async handlePlain(request: PlainRequest, crash: Crash = 'none'): Promise<PlainAnswer> {
    const answer = await this.#enqueue(request, crash);
    assert(answer.kind === 'plain', 'a plain request is answered by the desk');
    return answer;
  }

  /**
   * What stands in its books, with what was asked and answered, page by page; balances and levels are those after all
   * requests so far, so they belong to the last page.
   *
   * @param after `next` of the page before; 0 for the first
   */
  books(after: number): BookPage {
    return bookPage(this.#file, { after, now: this.participant, opening: this.#parts.create() });
  }

  /** Handles what has arrived, and lets go of the file. */
  close(): void {
    if (this.#isClosed) return;
    this.#flush();
    this.#isClosed = true;
    this.#file.close();
  }

  #enqueue(request: MachineRequest, crash: Crash): Promise<MachineAnswer> {
    return new Promise((settle, fail) => {
      if (this.#isClosed) return fail(new NotKept('the participant is closed'));
      this.#waiting.push({ request, crash, settle, fail });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush()); // R2
    });
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    const answers = this.#answersTo(batch);
    if (answers instanceof Error) {
      for (const { fail } of batch) fail(answers);
      return;
    }
    if (batch.some(({ crash }) => crash === 'after')) this.#die();
    batch.forEach(({ settle }, i) => {
      settle(answers[i]!);
    });
  }

  #answersTo(batch: readonly Waiting[]): readonly MachineAnswer[] | NotKept {
    if (this.#broken !== undefined) return new NotKept('the participant is broken', { cause: this.#broken });
    try {
      return this.#write(
        batch.map(({ request }) => request),
        batch.map(({ crash }) => crash),
      );
    } catch (error) {
      this.#rebuild();
      const why = error instanceof Error ? error.message : String(error);
      return new NotKept(`the request could not be kept: ${why}`, { cause: error });
    }
  }

  /** R1, R2. */
  #write(requests: readonly MachineRequest[], crashes: readonly Crash[]): readonly MachineAnswer[] {
    let calls = this.#calls;
    let lastUs = this.#lastUs;
    const answers = this.#file.write((row) => {
      const handled = requests.map((request) => {
        calls += 1;
        lastUs = Math.max(lastUs, this.#nowUs()); // the wall may have been set back since the last life
        const { answer, entries } = this.#machine.handle(request, lastUs);
        row({
          no: calls,
          nowUs: lastUs,
          request: JSON.stringify(request),
          answer: JSON.stringify(answer),
          entries: entries.map(textOf),
        });
        return answer;
      });
      if (crashes.includes('before')) this.#die();
      return handled;
    });
    [this.#calls, this.#lastUs] = [calls, lastUs];
    return answers;
  }

  /** R3, R4. */
  #rebuild(): void {
    try {
      const participant = this.#parts.create();
      const { machine, calls, lastUs } = replay(this.#file, { participant, dialect: this.dialect });
      [this.#machine, this.#calls, this.#lastUs] = [machine, calls, lastUs];
    } catch (error) {
      this.#broken = error instanceof Error ? error : new Error(String(error));
      this.#parts.onBroken?.(this.#broken);
    }
  }

  #die(): void {
    if (this.#parts.die !== undefined) this.#parts.die();
    else process.kill(process.pid, 'SIGKILL');
  }
}

function realNowUs(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1_000);
}
