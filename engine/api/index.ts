// The REST API of a live engine, its documents, and its status page.

export { type AccessToken, accessToken, ROLES, type Role, TOKEN_LENGTH_MIN } from './access.ts';
export { type ApiLimits, LIMITS_DEFAULT, limitsOf } from './api-limits.ts';
export { checkAddress, isLoopback } from './bind-address.ts';
export { EngineMeter, type EngineMeterOptions } from './engine-meter.ts';
export { ORDER_SAGA } from './order-saga.ts';
export { reconcileStore, type StoreReconciliation } from './reconciliation.ts';
export { type LogSink, RequestLog } from './request-log.ts';
export { SagaMeters, type SagaMetersParts } from './saga-meters.ts';
export { servicesBy } from './saga-services.ts';
export { type ApiOptions, type ServedApi, serveApi } from './serve-api.ts';
export { TraceExporter, type TraceExporterOptions } from './trace-exporter.ts';
