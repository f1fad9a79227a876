// The live engine: the same orchestrator as in the storm, on real clocks, sockets and disks.

export { traceIdOf } from '../http/trace-ids.ts';
export { LiveClock, type LiveClockOptions, liveNowUs } from './clock.ts';
export { type FileKind, fileKind, isSameFile, kindText } from './file-kinds.ts';
export { type HealthBounds, healthFacts } from './health-facts.ts';
export { Host, type HostOptions, type Started, type Stopped } from './host.ts';
export type { HostReport } from './host-report.ts';
export { KEY_SCOPES, type KeyScope, sagaOfKey } from './keyed-saga.ts';
export type { LiveEngine, RepairAnswer } from './live-engine.ts';
export {
  type ExportedSagas,
  LogWriter,
  sagasOfLines,
  type WritableStore,
  type WrittenTogether,
  writeLogs,
} from './log-writer.ts';
export {
  type Lease,
  type LeaseHolder,
  PartitionLeases,
  type PartitionLeasesOptions,
} from './partition-leases.ts';
export { SAGAS_SCHEMA } from './postgres-address.ts';
export { PostgresStreams, type PostgresStreamsOptions } from './postgres-streams.ts';
export {
  inPostgresTransaction,
  type PostgresTransaction,
  type PostgresTransactionOptions,
  saveLines,
} from './postgres-transaction.ts';
export { SqliteReader, type SqliteReaderOptions } from './reader-sqlite.ts';
export type { Retirement } from './retirement.ts';
export {
  PAGE_MAX,
  RETIRED_ASKED_MAX,
  type SagaCatalogue,
  type SagaPage,
  type SagaQueries,
  type SagaQuery,
  type SagaRow,
  type StatusCount,
} from './saga-catalogue.ts';
export {
  type HistoryPage,
  type HistoryPlace,
  type KeptView,
  type ProjectSagasOptions,
  projectSagas,
  type SagaHistory,
  type SagaView,
} from './saga-history.ts';
export { isEntry, type ServiceBook, serviceBook } from './service-books.ts';
export type { ClientContext, ServiceClient } from './service-client.ts';
export { withoutEngine } from './sqlite-engine-lock.ts';
export { SAGAS_FILE } from './sqlite-file.ts';
export { partitionsIn, type RestoredFile, restoreSagasFile } from './sqlite-restore.ts';
export { SqliteStreams, type SqliteStreamsOptions } from './sqlite-streams.ts';
export { MemoryStore } from './store-memory.ts';
export { PostgresStore, type PostgresStoreOptions } from './store-postgres.ts';
export { SqliteStore, type SqliteStoreOptions } from './store-sqlite.ts';
export { ClientTransport, type ClientTransportOptions } from './transport-client.ts';
export { type HttpService, HttpTransport, type HttpTransportOptions } from './transport-http.ts';
export { LocalTransport, type LocalTransportOptions } from './transport-local.ts';
export { type TroubledBounds, type TroubledSagas, troubledSagas } from './troubled-sagas.ts';
export { Worker, type WorkerOptions, type WorkerReport } from './worker.ts';
