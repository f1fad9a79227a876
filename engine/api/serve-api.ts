// The server: an engine and its catalogue, on a socket.
//
// V1. Without tokens it listens on its own machine only.
// V2. What is no HTTP is answered as such and cut off; nothing that comes over a socket ends the process.
// V3. Closing: no new connections, the streams end, requests under way are answered, within a time. The engine and the
//     store stay open: they belong to whoever made them.

import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { SagaDefinition } from '../core/define-saga.ts';
import { UserError } from '../core/user-error.ts';
import type { LiveEngine, SagaCatalogue } from '../live/index.ts';
import type { Book } from '../observe/index.ts';
import { Access, type AccessToken } from './access.ts';
import { adminEndpoints } from './admin-endpoints.ts';
import { type ApiLimits, limitsOf } from './api-limits.ts';
import { apiApp } from './app.ts';
import { checkAddress } from './bind-address.ts';
import { Counts } from './counts.ts';
import { Creations } from './creation.ts';
import { diagnosisEndpoint } from './diagnosis-endpoint.ts';
import type { ApiApp } from './endpoint.ts';
import { EngineMeter } from './engine-meter.ts';
import { EventStream } from './event-stream.ts';
import { HealthWatch } from './health-report.ts';
import { ApiMeters } from './meters.ts';
import { monitoringEndpoints } from './monitoring-endpoints.ts';
import { openApiDocument } from './open-api.ts';
import { orderEndpoints } from './order-endpoints.ts';
import { bad, PROBLEM_TYPE, Problem, problemBody, problemResponse } from './problem.ts';
import { reconciliationEndpoint } from './reconciliation-endpoint.ts';
import { repairEndpoints } from './repair-endpoints.ts';
import { type LogSink, RequestLog } from './request-log.ts';
import { sagaEndpoints } from './saga-endpoints.ts';
import { SagaReader } from './saga-reader.ts';
import { StatusWatch } from './status-snapshot.ts';
import { transactionEndpoints } from './transaction-endpoints.ts';

const HOST_DEFAULT = '127.0.0.1';
const GRACE_MS = 10_000;
const HEADER_BYTES_MAX = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;

/** What a server of the REST API is made of: an engine that runs, its catalogue, and who may ask. */
export interface ApiOptions {
  /** A host that has started, or a worker. */
  readonly engine: LiveEngine;
  readonly catalogue: SagaCatalogue;
  /** Those that can be begun by name; the engine must know them too. Default none. */
  readonly definitions?: readonly SagaDefinition[];
  /** Reads the books of the services, to reconcile them with the log. Default: there are none. */
  readonly books?: () => Promise<readonly Book[]>;
  /** What the engine reports, when it was given one; see there. */
  readonly meter?: EngineMeter;
  /** Default none: then only this machine may ask, and may do everything. */
  readonly tokens?: readonly AccessToken[];
  readonly limits?: Partial<ApiLimits>;
  /** 0 to 65,535; 0 (the default) finds a free one. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Gets one line of JSON for each request. Default: none are written. */
  readonly log?: LogSink;
  /** Of the program, for the documents of the API. */
  readonly version?: string;
}

/** A server that listens. */
export interface ServedApi {
  /** For example `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly port: number;
  /** Who watches the event stream. */
  readonly subscribers: number;
  /** V3. @param graceMs how long requests under way are waited for; default 10,000 */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Serves the REST API, its documents and the status page.
 *
 * @throws UserError `public-without-tokens` (V1), `bad-port`, `port-taken`, `bad-limit`, `bad-token`
 * @example
 * const api = await serveApi({ engine: host, catalogue: store, port: 8080 });
 * console.log(api.url);
 * …
 * await api.close();
 */
export async function serveApi(options: ApiOptions): Promise<ServedApi> {
  const { port = 0, host = HOST_DEFAULT, tokens = [] } = options;
  checkAddress(host, port, tokens.length > 0);
  const limits = limitsOf(options.limits);
  const log = new RequestLog(options.log);
  const life = { isClosing: false };
  const parts = partsOf(options, limits, log, () => life.isClosing);
  const server = serverOf(parts.app, limits, log);
  try {
    await listening(server, port, host);
  } catch (error) {
    parts.meters.close();
    throw error;
  }
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    port: address.port,
    get subscribers() {
      return parts.stream.size;
    },
    async close({ graceMs = GRACE_MS } = {}) {
      life.isClosing = true;
      parts.stream.close();
      await closed(server, graceMs);
      parts.meters.close();
    },
  };
}

function partsOf(options: ApiOptions, limits: ApiLimits, log: RequestLog, isClosing: () => boolean) {
  const {
    engine,
    catalogue,
    definitions = [],
    tokens = [],
    meter = new EngineMeter(),
    version = '0',
  } = options;
  const counts = new Counts(catalogue);
  const reader = new SagaReader(engine, catalogue);
  const creations = new Creations(catalogue);
  const meters = new ApiMeters({ engine, meter, counts: () => counts.recent() });
  const { stuckAfterSeconds, subscribersMax } = limits;
  const watch = new StatusWatch({ engine, catalogue, counts, meter, meters, stuckAfterSeconds });
  const snapshot = async (): Promise<string> => JSON.stringify(await watch.snapshot());
  const stream = new EventStream({ snapshot, subscribersMax });
  const sagaParts = { engine, catalogue, definitions, reader, creations };
  const health = new HealthWatch(catalogue, meter);
  const document = (): object => openApiDocument(app, version);
  const monitoring = { engine, catalogue, counts, meter, meters, watch, health, stream, document, isClosing };
  const app: ApiApp = apiApp({
    endpoints: [
      ...monitoringEndpoints(monitoring),
      ...sagaEndpoints(sagaParts),
      ...adminEndpoints({ catalogue, reader }),
      ...transactionEndpoints({ catalogue, definitions, reader }),
      diagnosisEndpoint({ engine, catalogue, reader, books: options.books }),
      ...repairEndpoints({ engine, catalogue, reader, isOpen: tokens.length === 0 }),
      reconciliationEndpoint({ catalogue, definitions, books: options.books }),
      ...orderEndpoints(sagaParts),
    ],
    access: new Access(tokens),
    limits,
    log,
    meters,
    isClosing,
  });
  return { app, meters, stream };
}

function serverOf(app: ApiApp, limits: ApiLimits, log: RequestLog): Server {
  const listener = getRequestListener((request, env) => app.fetch(request, env), {
    overrideGlobalObjects: false,
    errorHandler: () =>
      problemResponse(bad('the request cannot be read', 'Look at its address and headers.')),
  });
  const timeouts = {
    requestTimeout: limits.requestTimeoutMs,
    headersTimeout: Math.min(HEADERS_TIMEOUT_MS, limits.requestTimeoutMs),
    connectionsCheckingInterval: 1_000,
    requireHostHeader: false, // it is required all the same, and refused with a problem
  };
  const server = createServer({ ...timeouts, maxHeaderSize: HEADER_BYTES_MAX }, (incoming, outgoing) => {
    void listener(incoming, outgoing);
  });
  server.maxConnections = limits.connectionsMax;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    refuseGarbled(error, socket as Socket, log),
  );
  return server;
}

/** V2. */
function refuseGarbled({ code = 'unknown' }: NodeJS.ErrnoException, socket: Socket, log: RequestLog): void {
  log.garbled(code);
  if (!socket.writable || socket.bytesWritten > 0) return void socket.destroy();
  const [status, detail] =
    code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'the headers are too long']
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'the request did not come within its time']
        : [400, 'this is no HTTP request'];
  const problem = new Problem({ status: Number(status), code: 'bad-http', detail: String(detail) });
  const body = JSON.stringify(problemBody(problem));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[Number(status)]}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'it is taken' : (error.code ?? error.message);
      const hint = 'Give another port, or 0 for a free one.';
      reject(new UserError('port-taken', `cannot listen on ${host}, port ${port}: ${why}`, hint));
    });
    server.listen(port, host, resolve);
  });
}

/** V3. */
async function closed(server: Server, graceMs: number): Promise<void> {
  const end = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  server.closeIdleConnections();
  await end;
  clearInterval(idle);
  clearTimeout(cut);
}
