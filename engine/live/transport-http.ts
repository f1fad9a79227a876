// Calls to participants over HTTP: the twin of the simulated network.
//
// N1. Where a call may go is configured and nothing else: a service by its name, an action below its address. What a
//     request body says never becomes an address; redirects are not followed.
// N2. A call is answered exactly once, at the latest when nobody waits for it any longer; then its socket is let go.
// N3. Connections are kept and used again, at most so many for each service. Calls beyond that wait for one, within
//     their time; a call that never got one certainly had no effect.
// N4. What an answer means stands in http-outcome.ts, and there alone.

import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  request,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { InputSink, Transport } from '../core/ports.ts';
import type { Call, Outcome } from '../core/protocol.ts';
import { SentCall } from '../core/saga-slot.ts';
import { UserError } from '../core/user-error.ts';
import { type HttpFailure, outcomeOfAnswer, outcomeOfFailure } from '../http/http-outcome.ts';
import { headersOf, pathOf } from '../http/http-request.ts';
import { liveNowUs } from './clock.ts';

const CONNECTIONS_MAX = 64;
const TIMEOUT_MS = 30_000;
const BODY_BYTES_MAX = 1_048_576;

/** Where a service is. */
export interface HttpService {
  /** `http:` or `https:`, perhaps with a path; no user, no query. */
  readonly baseUrl: string;
  /** Sent with every call, for example `authorization`. Never logged. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Connections at most, from 1; default 64. Each carries one call at a time. */
  readonly connectionsMax?: number;
}

/** Where the services of an {@link HttpTransport} are, and what is borne of their answers. */
export interface HttpTransportOptions {
  /** By name; a text is a base URL. */
  readonly services: Readonly<Record<string, string | HttpService>>;
  /** The host's clock, by which calls say until when they are waited for. Default: that of a {@link LiveClock}. */
  readonly clock?: { nowUs(): number };
  /** How long to wait for a call that does not say, in milliseconds, from 1; default 30,000. */
  readonly timeoutMs?: number;
  /** An answer that is longer counts as none, in bytes, from 0; default 1 MiB. */
  readonly bodyBytesMax?: number;
}

interface Service {
  readonly base: URL;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
}

/**
 * Sends each call as `POST <base>/<action>` with the payload as its JSON body; see {@link headersOf} for the headers and
 * http-outcome.ts for what each answer means.
 *
 * @throws UserError `bad-service`, `bad-option`.
 * @example
 * const transport = new HttpTransport({
 *   services: {
 *     bank: 'http://127.0.0.1:7001',
 *     inventory: { baseUrl: 'https://stock.example/v1', headers: { authorization: `Bearer ${token}` } },
 *   },
 * });
 */
export class HttpTransport implements Transport {
  /** The names of those that are configured. */
  readonly services: readonly string[];
  readonly #services: ReadonlyMap<string, Service>;
  readonly #nowUs: () => number;
  readonly #timeoutMs: number;
  readonly #bodyBytesMax: number;
  readonly #exchanges = new Set<Exchange>();

  constructor(options: HttpTransportOptions) {
    const { clock, timeoutMs = TIMEOUT_MS, bodyBytesMax = BODY_BYTES_MAX } = options;
    check('timeoutMs', timeoutMs, 1);
    check('bodyBytesMax', bodyBytesMax, 0);
    const named = Object.entries(options.services);
    this.#services = new Map(named.map(([name, service]) => [name, serviceOf(name, service)]));
    this.services = [...this.#services.keys()];
    this.#nowUs = clock === undefined ? liveNowUs : () => clock.nowUs();
    this.#timeoutMs = timeoutMs;
    this.#bodyBytesMax = bodyBytesMax;
  }

  send(call: Call, answers: InputSink): void {
    const answer = (outcome: Outcome): void => answers.input({ kind: 'reply', call, outcome });
    const service = this.#services.get(call.service);
    if (service === undefined) {
      return answer({
        kind: 'rejected',
        failure: 'dependency_failure',
        reason: `no service ${call.service}`,
      });
    }
    const path = pathOf(service.path, call.action);
    if (path === undefined) {
      return answer({ kind: 'rejected', failure: 'invalid_request', reason: `no action ${call.action}` });
    }
    const timeoutMs = this.#timeoutOf(call);
    const exchange: Exchange = new Exchange({
      request: this.#request(service, path, call, timeoutMs),
      timeoutMs,
      bodyBytesMax: this.#bodyBytesMax,
      settle: (outcome) => {
        this.#exchanges.delete(exchange);
        answer(outcome);
      },
    });
    this.#exchanges.add(exchange);
    exchange.begin(JSON.stringify(call.payload) ?? 'null');
  }

  /** Cuts off what is on the wire, which is answered as such, and closes all connections. */
  close(): void {
    for (const exchange of this.#exchanges) exchange.cut();
    for (const { agent } of this.#services.values()) agent.destroy();
  }

  #timeoutOf(call: Call): number {
    if (!(call instanceof SentCall)) return this.#timeoutMs;
    return Math.max(1, Math.ceil((call.timeoutAtUs - this.#nowUs()) / 1_000));
  }

  #request({ base, headers, agent }: Service, path: string, call: Call, timeoutMs: number): ClientRequest {
    const send = base.protocol === 'https:' ? secureRequest : request;
    return send({
      agent,
      protocol: base.protocol,
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      path,
      method: 'POST',
      headers: { ...headersOf(call, timeoutMs), ...headers },
    });
  }
}

interface ExchangeParts {
  readonly request: ClientRequest;
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
  settle(outcome: Outcome): void;
}

/** One call on the wire, from its first byte to its outcome. */
class Exchange {
  readonly #parts: ExchangeParts;
  #timer: NodeJS.Timeout | undefined;
  /** From here on the participant may have got it. */
  #isConnected = false;
  #isSettled = false;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
  }

  begin(body: string): void {
    const { request, timeoutMs } = this.#parts;
    this.#timer = setTimeout(() => this.#late(), timeoutMs);
    request.on('socket', (socket) => this.#watch(socket));
    request.on('response', (response) => this.#read(response));
    request.on('error', (error: NodeJS.ErrnoException) => this.fail(error.code ?? error.message));
    request.on('close', () => this.fail('the connection was closed'));
    request.end(body);
  }

  /** There will be no answer, or no complete one. */
  fail(why: string): void {
    const failure: HttpFailure = !this.#isConnected
      ? 'no-connection'
      : why.startsWith('HPE_')
        ? 'garbled'
        : 'cut';
    this.#settle(outcomeOfFailure(failure, why));
  }

  cut(): void {
    this.fail('the transport was closed');
    this.#parts.request.destroy();
  }

  #watch(socket: Socket): void {
    const isSecure = 'secureConnecting' in socket;
    if (
      !socket.connecting &&
      !(isSecure && (socket as TLSSocket & { secureConnecting: boolean }).secureConnecting)
    ) {
      this.#isConnected = true;
      return;
    }
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      this.#isConnected = true;
    });
  }

  #read(response: IncomingMessage): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > this.#parts.bodyBytesMax) this.#answered(response, undefined);
      else chunks.push(chunk);
    });
    response.on('end', () => this.#answered(response, Buffer.concat(chunks).toString('utf8')));
    response.on('error', (error: NodeJS.ErrnoException) => this.fail(error.code ?? error.message));
    response.on('close', () => this.fail('half an answer'));
  }

  #answered({ statusCode = 0, headers }: IncomingMessage, body: string | undefined): void {
    const answer = { status: statusCode, retryAfter: headers['retry-after'], body };
    this.#settle(outcomeOfAnswer(answer, Date.now()));
    if (body === undefined) this.#parts.request.destroy();
  }

  #late(): void {
    const failure = this.#isConnected ? 'late-answer' : 'late-connection';
    this.#settle(outcomeOfFailure(failure, `no answer within ${this.#parts.timeoutMs} ms`));
    this.#parts.request.destroy();
  }

  /** N2. */
  #settle(outcome: Outcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#parts.settle(outcome);
  }
}

/** N1. */
function serviceOf(name: string, given: string | HttpService): Service {
  const {
    baseUrl,
    headers = {},
    connectionsMax = CONNECTIONS_MAX,
  } = typeof given === 'string' ? { baseUrl: given } : given;
  check(`connectionsMax of service "${name}"`, connectionsMax, 1);
  const base = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const isPlain =
    base !== undefined &&
    /^https?:$/.test(base.protocol) &&
    [base.username, base.password, base.search, base.hash].every((part) => part === '');
  if (!isPlain) {
    throw new UserError(
      'bad-service',
      `service "${name}" has no usable address`,
      'Give http://host:port/path or https://…, without user, password, query or fragment; put secrets into headers.',
    );
  }
  checkHeaders(name, headers);
  const options = { keepAlive: true, maxSockets: connectionsMax, maxFreeSockets: connectionsMax };
  const agent = base.protocol === 'https:' ? new SecureAgent(options) : new Agent(options);
  return { base, path: base.pathname.replace(/\/+$/, ''), headers, agent };
}

/** What Node would refuse at every call is refused at once, and not shown. */
function checkHeaders(service: string, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      const what = `service "${service}": the header ${JSON.stringify(name)} cannot be sent`;
      throw new UserError('bad-service', what, 'Use a token for its name, and one line of printable text.');
    }
  }
}

function check(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new UserError('bad-option', `${name} is ${value}`, `Give a whole number from ${least}.`);
}
