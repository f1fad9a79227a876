// The engine behind `sagastorm serve`: a host on a file or in memory, or a worker on a database that others share.

import {
  EngineMeter,
  type RequestLog,
  servicesBy,
  TraceExporter,
  type TraceExporterOptions,
} from '../engine/api/index.ts';
import type { SagaDefinition } from '../engine/core/define-saga.ts';
import type { Policy } from '../engine/core/policy.ts';
import {
  Host,
  type HostReport,
  type HttpTransport,
  type LiveEngine,
  MemoryStore,
  PostgresStore,
  type SagaCatalogue,
  SqliteStore,
  Worker,
  type WorkerReport,
} from '../engine/live/index.ts';

import { VERSION } from '../simulator/campaign/source-tree.ts';

export type StoreChoice =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite'; readonly file: string }
  /** Not to be shown: the address holds a password. */
  | { readonly kind: 'postgres'; readonly url: string };

export interface EngineOptions {
  readonly store: StoreChoice;
  readonly transport: HttpTransport;
  readonly definitions: readonly SagaDefinition[];
  readonly policy: Policy | undefined;
  /** The collector that traces are sent to. */
  readonly otlp: string | undefined;
  readonly log: RequestLog;
  /** The engine is over, and this process should be. */
  readonly over: (error: Error) => void;
}

export interface ServedEngine {
  readonly engine: LiveEngine;
  readonly catalogue: SagaCatalogue;
  readonly meter: EngineMeter;
  /** Sagas that were taken up; unknown for a worker. */
  readonly recovered: number | undefined;
  /** Ends the engine, then lets go of the store. */
  close(): Promise<{ readonly handedOver: number }>;
}

/** @throws UserError of the store, or of a definition. */
export function openEngine(options: EngineOptions): Promise<ServedEngine> {
  return options.store.kind === 'postgres' ? openWorker(options, options.store.url) : openHost(options);
}

async function openHost(options: EngineOptions): Promise<ServedEngine> {
  const { store: choice, transport, definitions, policy, log, over } = options;
  const exporter = exporterOf(
    options,
    (saga) => store.logOf(saga),
    (events) => servicesBy(host, events),
  );
  const onTrouble = (error: Error): void => log.trouble('store', error);
  const store =
    choice.kind === 'sqlite' ? new SqliteStore({ file: choice.file, onTrouble }) : new MemoryStore();
  const close = async (): Promise<void> => void ('close' in store && (await store.close()));
  const meter = meterOf(log);
  const report = (report: HostReport): void => {
    meter.report(report);
    exporter?.report(report);
    if (report.kind === 'circuit')
      log.say('circuit', { service: report.service, from: report.from, to: report.to });
    if (report.kind === 'halted') over(report.error);
  };
  const host = new Host({
    store,
    transport,
    definitions,
    report,
    ...(policy === undefined ? {} : { policy }),
  });
  try {
    const { recovered } = await host.start();
    return {
      engine: host,
      catalogue: store,
      meter,
      recovered,
      async close() {
        const stopped = await host.stop();
        await exporter?.close();
        await close();
        return stopped;
      },
    };
  } catch (error) {
    await host.stop({ graceMs: 0 });
    await close();
    throw error;
  }
}

/** It logs which sagas get stuck. */
function meterOf(log: RequestLog): EngineMeter {
  return new EngineMeter({ onStuck: (saga) => log.say('stuck', { saga }) });
}

/** Undefined where no traces are wanted. @throws UserError `bad-option` */
function exporterOf(
  { otlp, log }: EngineOptions,
  logOf: TraceExporterOptions['logOf'],
  servicesOf: TraceExporterOptions['servicesOf'] & {},
): TraceExporter | undefined {
  if (otlp === undefined) return undefined;
  const onTrouble = (error: Error): void => log.trouble('traces', error);
  return new TraceExporter({ url: otlp, logOf, servicesOf, version: VERSION, onTrouble });
}

async function openWorker(options: EngineOptions, url: string): Promise<ServedEngine> {
  const { transport, definitions, policy, log } = options;
  const exporter = exporterOf(
    options,
    (saga) => store.logOf(saga),
    (events) => servicesBy(worker, events),
  );
  const store = await PostgresStore.connect({ url, onTrouble: (error) => log.trouble('store', error) });
  const meter = meterOf(log);
  const report = (report: WorkerReport): void => {
    const { kind, partition } = report;
    if (kind === 'host') {
      exporter?.report(report.report);
      if (report.report.kind !== 'halted') meter.report(report.report, partition); // a worker outlives its hosts
      return;
    }
    if (kind === 'failed') log.trouble('partition', report.error);
    else log.say('partition', { partition, now: kind });
    if (kind !== 'begun') meter.letGo(partition);
  };
  const worker = new Worker({
    store,
    transport,
    definitions,
    report,
    ...(policy === undefined ? {} : { policy }),
  });
  try {
    await worker.start();
    return {
      engine: worker,
      catalogue: store,
      meter,
      recovered: undefined,
      async close() {
        const stopped = await worker.stop();
        await exporter?.close();
        await store.close();
        return stopped;
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
