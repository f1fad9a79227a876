// One orchestrator of a run for real: a process with a host, or a worker, of the engine that people run, between faults.

import { join } from 'node:path';
import type { Store } from '../../engine/core/ports.ts';
import { UserError } from '../../engine/core/user-error.ts';
import {
  Host,
  type HostReport,
  HttpTransport,
  type LiveEngine,
  PostgresStore,
  SqliteStore,
  Worker,
  type WorkerOptions,
  type WorkerReport,
} from '../../engine/live/index.ts';
import { STORE_BUSY } from '../../engine/live/unreachable.ts';
import { sagaId } from '../../simulator/world/saga-register.ts';
import { ChaosStore } from './chaos-store.ts';
import { ChaosTransport } from './chaos-transport.ts';
import { LiveFaults } from './live-faults.ts';
import { type LiveJob, type LiveStore, type PreparedLive, prepareLive } from './live-job.ts';
import { type FromOrchestrator, type ToOrchestrator, TRY_AGAIN } from './messages.ts';
import { ProcessFaults } from './process-faults.ts';

/** What it runs, and how that ends. */
interface Running {
  readonly engine: LiveEngine;
  readonly run: PreparedLive;
  stop(): Promise<void>;
}

/** Later than this, nobody waits for an orchestrator that is told to stop. */
const GRACE_MS = 2_000;

let running: Running | undefined;
/** There before it runs: an engine that starts takes up sagas, and meets them. */
let faults: LiveFaults | undefined;
/** Told so, perhaps while it begins. */
let isHealed = false;

process.on('message', (message: ToOrchestrator) => {
  void take(message).catch(over);
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined); // ctrl-C is for the director, who tells everybody to stop

async function take(message: ToOrchestrator): Promise<void> {
  switch (message.kind) {
    case 'begin':
      running = await begin(message.live, message.number);
      return say({ kind: 'ready' });
    case 'create':
      return create(message);
    case 'resume':
      return running?.engine.resume(message.saga).catch(nothingToDo);
    case 'heal':
      isHealed = true;
      return faults?.heal();
    case 'stop':
      await running?.stop();
      process.exit(0);
  }
}

async function begin(live: LiveJob, number: number): Promise<Running> {
  const run = await prepareLive(live);
  faults = new LiveFaults(run, join(live.folder, `orchestrator-${number}.faults.ndjson`));
  if (isHealed) faults.heal();
  return { ...(await started(run, number, faults)), run };
}

/** The engine, between faults. */
async function started(run: PreparedLive, number: number, faults: LiveFaults): Promise<Begun> {
  const { live } = run;
  const mishaps = new ProcessFaults({
    faults,
    wish: say,
    cancel: (saga) => void running?.engine.cancel(sagaId(saga)).catch(nothingToDo),
  });
  const transport = new ChaosTransport({
    inner: new HttpTransport({ services: live.services }),
    run,
    faults,
    process: mishaps,
    late: (copy) => say({ kind: 'late-copy', ...copy }),
  });
  const parts = {
    transport,
    definitions: run.definitions,
    ...(run.policy === undefined ? {} : { policy: run.policy, overridePolicy: true }),
  };
  const wrap = (inner: Store): Store => new ChaosStore({ inner, faults, process: mishaps });
  const { store } = live;
  return store.kind === 'sqlite'
    ? host(store.file, number, { ...parts, wrap })
    : worker(store, live, number, { ...parts, wrap });
}

type Parts = Pick<WorkerOptions, 'transport' | 'definitions' | 'policy'> & { wrap(store: Store): Store };
type Begun = Pick<Running, 'engine' | 'stop'>;

async function host(file: string, number: number, { wrap, ...parts }: Parts): Promise<Begun> {
  const sqlite = new SqliteStore({ file, onTrouble: logged });
  const store = wrap(sqlite);
  const engine = new Host({ ...parts, store, partition: `orchestrator-${number}`, report: reported });
  await engine.start();
  const stop = async (): Promise<void> => {
    await engine.stop({ graceMs: GRACE_MS });
    await sqlite.close();
  };
  return { engine, stop };
}

/** Of several: two partitions for each, so that the others can share those of one that is gone. */
async function worker(
  { url, schema }: Extract<LiveStore, { kind: 'postgres' }>,
  { orchestrators, leaseMs }: LiveJob,
  number: number,
  parts: Parts,
): Promise<Begun> {
  const store = await PostgresStore.connect({ url, schema, onTrouble: logged });
  const engine = new Worker({
    ...parts,
    store,
    name: `orchestrator-${number}`,
    partitions: 2 * orchestrators,
    leaseMs,
    report: workerReported,
  });
  await engine.start();
  const stop = async (): Promise<void> => {
    await engine.stop({ graceMs: GRACE_MS });
    await store.close();
  };
  return { engine, stop };
}

async function create(message: Extract<ToOrchestrator, { kind: 'create' }>): Promise<void> {
  const { index, definition: name, version, input } = message;
  const definition = running?.run.definitions.find((one) => one.name === name && one.version === version);
  if (running === undefined || definition === undefined) return say({ kind: 'later', index });
  try {
    await running.engine.create(definition, input, { id: sagaId(index) });
    say({ kind: 'created', index });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.code === 'refused') say({ kind: 'refused', index, reason: error.message });
    else say({ kind: 'later', index });
  }
}

function reported(report: HostReport): void {
  if (report.kind === 'halted') over(report.error);
}

/** Nothing is wrong with one that was fenced, be it while it takes up its sagas. */
function over(error: unknown): never {
  if (error instanceof UserError && error.code === STORE_BUSY) process.exit(TRY_AGAIN);
  if (error instanceof UserError && error.code === 'fenced') {
    say({ kind: 'fenced' });
    process.exit(0);
  }
  say({ kind: 'broken', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(70);
}

function workerReported(report: WorkerReport): void {
  if (report.kind !== 'failed') return;
  say({ kind: 'broken', message: report.error.stack ?? report.error.message });
}

/** What its store complains of, and overcomes: it goes to the log of this process. */
function logged(error: Error): void {
  console.error(error);
}

/** A wish that the saga's state does not allow any more, or that is not for this process. */
function nothingToDo(error: unknown): void {
  if (!(error instanceof UserError)) throw error;
}

function say(message: FromOrchestrator): void {
  process.send?.(message);
}
