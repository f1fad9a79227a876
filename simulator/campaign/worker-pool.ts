// The worker threads of one campaign. Owns their lives: whoever makes a pool closes it.
//
// P1. A thread that dies fails the task at hand; tinypool alone would wait for its answer for ever.

import { totalmem } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import { Tinypool } from 'tinypool';
import type { Divergence } from '../run-record.ts';
import type { FaultPlan } from '../run-result.ts';
import { firstLine, fromErrorData, InternalError } from './error-data.ts';
import type { Job } from './job.ts';
import type { SeedMeasure } from './measure.ts';
import type { PackedSummary } from './run-summary.ts';
import type { ShrinkRequest, ShrunkRun } from './shrink-run.ts';
import { WORKER_MODULE } from './source-tree.ts';
import type { Answer, Explored, SeedsTask } from './worker.ts';

const MEBIBYTE = 2 ** 20;
/** Of the machine's memory, for all threads together. */
const MEMORY_SHARE = 0.75;

export class WorkerPool {
  readonly #job: Job;
  readonly #pool: Tinypool;
  readonly #death: Promise<never>;
  #closing = false;

  /** Starts `threads` threads for one job. */
  constructor(job: Job, threads: number) {
    this.#job = job;
    this.#pool = new Tinypool({
      filename: WORKER_MODULE,
      minThreads: threads,
      maxThreads: threads,
      isolateWorkers: false,
      resourceLimits: {
        maxOldGenerationSizeMb: Math.floor((memory() * MEMORY_SHARE) / MEBIBYTE / threads),
      },
    });
    this.#death = this.#watch();
  }

  /** Runs seeds; `onEnded` hears now and then how many sagas of the run at hand have ended. */
  runSeeds(seeds: readonly string[], onEnded?: (ended: number) => void): Promise<PackedSummary> {
    return this.#ask('runSeeds', seeds, onEnded);
  }

  /** Runs seeds of a job, which need not be the pool's own, and measures each. */
  measure(
    job: Job,
    seeds: readonly string[],
    judgesPromises: boolean | undefined,
  ): Promise<readonly SeedMeasure[]> {
    return this.#ask('measureSeeds', seeds, undefined, { job, judgesPromises });
  }

  /** Runs a seed again, with a plan if it had one. */
  fingerprintOf(seed: string, plan?: FaultPlan, onEnded?: (ended: number) => void): Promise<string> {
    return this.#ask('fingerprintOf', [seed], onEnded, { plan });
  }

  /** Runs a seed twice more, with a plan if it had one, and compares the events. */
  divergenceOf(seed: string, plan?: FaultPlan): Promise<Divergence | undefined> {
    return this.#ask('divergenceOf', [seed], undefined, { plan });
  }

  /** Runs plans of one seed, and with `deeper` everything that extends them by one fault. */
  explore(seed: string, plans: readonly FaultPlan[], deeper: boolean): Promise<Explored> {
    return this.#ask('explorePlans', [seed], undefined, { plans, deeper });
  }

  /** Makes a failed run small; `onFaults` hears how many faults are left. */
  shrink(request: ShrinkRequest, onFaults?: (left: number) => void): Promise<ShrunkRun | undefined> {
    return this.#ask('shrinkSeed', [request.seed], onFaults, { request });
  }

  /** Ends all threads, busy or not. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#pool.threads.map((thread) => thread.terminate()));
  }

  async #ask<Value>(
    name: string,
    seeds: readonly string[],
    onEnded?: (ended: number) => void,
    more: object = {},
  ): Promise<Value> {
    const channel = onEnded === undefined ? undefined : new MessageChannel();
    channel?.port1.on('message', onEnded!);
    const task: SeedsTask = {
      job: this.#job,
      seeds,
      ...more,
      ...(channel === undefined ? {} : { port: channel.port2 }),
    };
    const transferList = channel === undefined ? [] : [channel.port2];
    try {
      const asked = this.#pool.run(task, { name, transferList }) as Promise<Answer<Value>>;
      const answer = await Promise.race([asked.catch(threadBroke), this.#death]);
      if (answer.kind === 'failed') throw fromErrorData(answer.error);
      return answer.value;
    } finally {
      channel?.port1.close();
    }
  }

  /** Rejects when a thread dies (P1). */
  #watch(): Promise<never> {
    const death = new Promise<never>((_, reject) => {
      const died = (how: string): void => {
        if (!this.#closing) reject(new InternalError(`a worker thread ended by itself: ${how}`));
      };
      this.#pool.on('error', (error: Error) => died(firstLine(error)));
      for (const thread of this.#pool.threads) {
        thread.ref?.(); // Or the process ends with the thread, before anybody hears of it.
        thread.on('exit', (code: number) => died(`exit code ${code}`));
      }
    });
    death.catch(() => undefined); // Heard in #ask; a thread may also die while nothing is asked of it.
    return death;
  }
}

function threadBroke(error: unknown): never {
  throw new InternalError(`a worker thread broke: ${firstLine(error)}`, (error as Error).stack);
}

/** Bytes that this process may use. */
function memory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
