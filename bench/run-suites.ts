// Runs suites, each in processes of its own, one after the other, and gathers what they found. What a process has once compiled
// and laid out stays for its life, so that rounds of one process are no independent samples, processes are; and what one suite
// left behind is not the next one's.
//
// Source: A. Georges, D. Buytaert, L. Eeckhout, Statistically rigorous Java performance evaluation, OOPSLA 2007.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus } from 'node:os';
import { modulePath, VERSION } from '../simulator/campaign/source-tree.ts';
import {
  BENCH_RECORD_SCHEMA,
  type BenchedMeasure,
  type BenchRecord,
  type FromChild,
  type MeasuredRounds,
} from './bench-record.ts';
import type { ChildTask } from './child.ts';
import { SUITES } from './suites.ts';
import { virtualMeasures } from './virtual.ts';

export interface BenchOptions {
  /** Names of suites; see `SUITES`. */
  readonly suites: readonly string[];
  /** Of each suite, from 1. */
  readonly processes: number;
  /** Per process and measure, from 1. */
  readonly rounds: number;
  /** Per process and measure: how long rounds are thrown away first, at least one of them. Default `WARM_UP_SECONDS_DEFAULT`. */
  readonly warmUpSeconds?: number;
  readonly signal?: AbortSignal;
  /** Told of every measure as it is there: of which process, from 0. */
  onMeasured?(measure: string, process: number): void;
}

/** Workload W takes three seconds until the compiler leaves it alone. */
export const WARM_UP_SECONDS_DEFAULT = 4;
const MS_PER_SECOND = 1_000;
/** Room for a million pending events, and for whoever has them. */
const MEMORY = '--max-old-space-size=4096';

/** The record; undefined when it was aborted. @throws Error when a measure went wrong: its result was, or its process died. */
export async function runSuites(options: BenchOptions): Promise<BenchRecord | undefined> {
  const startedAt = new Date();
  const found = new Map<string, Omit<BenchedMeasure, 'processes'> & { processes: MeasuredRounds[] }>();
  for (let process = 0; process < options.processes; process++) {
    for (const { name } of SUITES.filter((suite) => options.suites.includes(suite.name))) {
      await runProcess(name, options, ({ oursMs, referenceMs, ...about }) => {
        const times = { oursMs, referenceMs };
        const known = found.get(about.id);
        if (known === undefined) found.set(about.id, { ...about, processes: [times] });
        else known.processes.push(times);
        options.onMeasured?.(about.id, process);
      });
      if (options.signal?.aborted === true) return undefined;
    }
  }
  return {
    schema: BENCH_RECORD_SCHEMA,
    version: VERSION,
    node: globalThis.process.versions.node,
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      platform: `${globalThis.process.platform} ${globalThis.process.arch}`,
    },
    warmUpSeconds: options.warmUpSeconds ?? WARM_UP_SECONDS_DEFAULT,
    measures: [...found.values()],
    virtual: await virtualMeasures(),
    meta: { startedAt: startedAt.toISOString(), wallMs: Date.now() - startedAt.getTime() },
  };
}

type Measured = Extract<FromChild, { readonly kind: 'measured' }>['measure'];

async function runProcess(
  suite: string,
  { rounds, warmUpSeconds = WARM_UP_SECONDS_DEFAULT, signal }: BenchOptions,
  measured: (measure: Measured) => void,
): Promise<void> {
  const child = fork(modulePath('bench/child'), {
    execArgv: [MEMORY],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const stop = (): boolean => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  let trouble: string | undefined;
  child.on('message', (message: FromChild) => {
    if (message.kind === 'measured') measured(message.measure);
    else trouble = message.message;
  });
  child.send({ suite, rounds, warmUpMs: warmUpSeconds * MS_PER_SECOND } satisfies ChildTask);
  const [code] = (await once(child, 'exit')) as [number | null];
  signal?.removeEventListener('abort', stop);
  if (signal?.aborted === true) return;
  if (trouble !== undefined) throw new Error(`a measure went wrong: ${trouble}`);
  if (code !== 0) throw new Error(`a process of the benchmark ended with ${code}`);
}
