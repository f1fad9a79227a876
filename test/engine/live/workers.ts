// What tests of workers share: workers in this process and in others, and what they say.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect } from 'vitest';
import {
  type PostgresStore,
  Worker,
  type WorkerOptions,
  type WorkerReport,
} from '../../../engine/live/index.ts';
import { schema, url } from './postgres-server.ts';
import { order, quick, StageTransport } from './stage.ts';

const workers: Worker[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(workers.splice(0).map((worker) => worker.stop({ graceMs: 0 })));
});

export interface Staff {
  readonly worker: Worker;
  readonly transport: StageTransport;
  readonly reports: WorkerReport[];
}

/** In this process; stopped after the test. */
export function employ(store: PostgresStore, options: Partial<WorkerOptions> = {}): Staff {
  const reports: WorkerReport[] = [];
  const transport = new StageTransport();
  const worker = new Worker({
    store,
    transport,
    definitions: [order],
    policy: quick,
    overridePolicy: true,
    partitions: 4,
    report: (report) => reports.push(report),
    ...options,
  });
  workers.push(worker);
  return { worker, transport, reports };
}

/** Waits, without a limit of its own: the test has one. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(5);
}

export const holds = (worker: Worker, partitions: number) => (): boolean =>
  worker.partitions.length >= partitions;

interface ColleagueOptions {
  readonly name?: string;
  readonly leaseMs?: number;
  readonly partitions?: number;
  readonly partitionsMax?: number;
}

/** A worker in a process of its own. */
export class Colleague {
  readonly ledger: string;
  readonly #child: ChildProcess;
  #said = '';
  #complaints = '';

  constructor(
    folder: string,
    { name = 'a', leaseMs = 1_000, partitions = 4, partitionsMax = 1_000 }: ColleagueOptions = {},
  ) {
    this.ledger = join(folder, `ledger-${name}`);
    const program = join(import.meta.dirname, 'fixtures/works-for-ever.ts');
    this.#child = spawn(process.execPath, [
      program,
      url,
      schema,
      this.ledger,
      name,
      `${leaseMs}`,
      `${partitions}`,
      `${partitionsMax}`,
    ]);
    children.push(this.#child);
    this.#child.stdout!.on('data', (text) => {
      this.#said += text;
    });
    this.#child.stderr!.on('data', (text) => {
      this.#complaints += text;
    });
  }

  /** What followed this word, each time. */
  said(word: string): readonly string[] {
    expect(this.#complaints).toBe('');
    const lines = this.#said.split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  }

  get epochs(): readonly number[] {
    return this.said('begun').map((words) => Number(words.split(' ')[1]));
  }

  /** The keys of the calls that it made. */
  get called(): readonly string[] {
    return readFileSync(this.ledger, 'utf8').split('\n').slice(0, -1);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async gone(): Promise<unknown> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
    return this.#child.signalCode ?? this.#child.exitCode;
  }
}
