// One participant behind one port: opens its file, listens, and closes both in the right order.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Participant } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { type ChaosDecider, type ChaosKnobs, ChaosPanel } from './chaos.ts';
import { DurableParticipant } from './durable-participant.ts';
import { knownService } from './known-services.ts';
import { type ParticipantApp, participantApp } from './participant-app.ts';
import type { PlainDialect } from './plain-desk.ts';
import { problem } from './problem.ts';

/** Connections are kept longer than clients keep them: so it is the client who ends them, never in the middle of a call. */
const KEEP_ALIVE_MS = 75_000;
/** How long requests under way may take once the server is told to close, in milliseconds. */
const GRACE_MS = 5_000;
/** How often a server that closes looks for connections that have become idle, in milliseconds. */
const SWEEP_MS = 20;

/** Which participant is served, on which file, and where. */
export interface ServeParticipantOptions {
  /** By this name the file knows it; one of `KNOWN_SERVICES` unless `create` is given. */
  readonly service: string;
  /** Its SQLite file; made with its folder when there is none. */
  readonly file: string;
  /** JSON; for a known service, those that differ from the defaults. */
  readonly options?: unknown;
  /** Makes the participant as it is before its first call, always alike. Default: the known service. */
  readonly create?: (options: unknown) => Participant;
  /** How it can be asked plainly. Default: as `dialectOf` the service. */
  readonly dialect?: PlainDialect;
  /** 0 to 65,535; default 0, any that is free. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** What goes wrong on purpose: a decider, or knobs. Default: nothing. */
  readonly chaos?: ChaosDecider | Partial<ChaosKnobs>;
  /** Whether `/chaos` is offered, which lets whoever reaches the port turn the knobs. Default false; not with a decider. */
  readonly chaosControl?: boolean;
  /** Told of internal errors, whose request got a 500. Default: a line on stderr. */
  readonly onError?: (error: Error) => void;
  /** Told, once, that nothing is answered any more: the file cannot be gone on with. Default: as `onError`. */
  readonly onBroken?: (error: Error) => void;
}

/** A participant that listens. */
export interface ServedParticipant {
  readonly service: string;
  readonly url: string;
  readonly port: number;
  readonly durable: DurableParticipant;
  /** Answers what is under way, for up to 5 s, and lets go of port and file. */
  close(): Promise<void>;
}

/**
 * Serves a participant; resolves when it can be called.
 *
 * @throws UserError `unknown-service`, `bad-option`, `bad-chaos`, `cannot-listen`, and those of `DurableParticipant`.
 * @example
 * const bank = await serveParticipant({ service: 'bank', file: '.sagastorm/live/bank.db' });
 * const transport = new HttpTransport({ services: { bank: bank.url } });
 * await bank.close();
 */
export async function serveParticipant(options: ServeParticipantOptions): Promise<ServedParticipant> {
  const { service, file, port = 0, host = '127.0.0.1', dialect, chaos = {} } = options;
  const { onError = report, onBroken = onError } = options;
  checkPort(port);
  const { create, made } = makerOf(options);
  const knobs = typeof chaos === 'function' ? undefined : chaos;
  const durable = new DurableParticipant({
    file,
    service,
    options: made,
    create: () => create(made),
    onBroken,
    ...(dialect === undefined ? {} : { dialect }),
  });
  try {
    const panel = knobs === undefined ? undefined : new ChaosPanel({ seed: durable.seed, knobs });
    const decide = typeof chaos === 'function' ? chaos : panel!.decide;
    const control = options.chaosControl === true && panel !== undefined ? { panel } : {};
    const open = serverOf(participantApp({ durable, decide, onError, ...control }));
    const address = await listening(open.server, port, host);
    let end: Promise<void> | undefined;
    return {
      service,
      durable,
      port: address.port,
      url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
      close: () => {
        end ??= closed(open).then(() => durable.close());
        return end;
      },
    };
  } catch (error) {
    durable.close();
    throw error;
  }
}

function makerOf({ service, create, options = {} }: ServeParticipantOptions) {
  if (create !== undefined) return { create, made: options };
  const known = knownService(service);
  return { create: known.create, made: known.optionsFrom(options) };
}

/** A server, and the answers that it owes. */
interface Listening {
  readonly server: Server;
  readonly owed: Set<ServerResponse>;
}

function serverOf(app: ParticipantApp): Listening {
  const listener = getRequestListener(app.fetch, { errorHandler: unread });
  const owed = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    owed.add(response);
    response.once('close', () => owed.delete(response));
    if (!server.listening) response.setHeader('connection', 'close');
    void listener(request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return { server, owed };
}

/** What could not even be made a request of, such as a path with a backslash. */
function unread(error: unknown): Response {
  return error instanceof RequestError
    ? problem(400, 'This is not a request that can be read: its path or its host is malformed.')
    : problem(500, 'The server failed.');
}

function listening(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ message }) =>
      reject(new UserError('cannot-listen', `cannot listen: ${message}`, 'Choose another port or host.')),
    );
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

/** Clients are told not to use their connections again, so that no call is lost on one that is going away. */
function closed({ server, owed }: Listening): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(late);
      clearInterval(sweep);
      resolve();
    });
    for (const response of owed) if (!response.headersSent) response.setHeader('connection', 'close');
  });
}

function checkPort(port: number): void {
  if (Number.isSafeInteger(port) && port >= 0 && port <= 65_535) return;
  throw new UserError('bad-option', `the port is ${port}`, 'Give a whole number from 0 to 65535.');
}

function report(error: Error): void {
  process.stderr.write(`${error.message}\n`);
}
