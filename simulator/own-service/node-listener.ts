// An app of the older shape, `(req, res)`, as one with `fetch`: no server, no socket. What Express makes, and what Fastify
// has as `app.routing`, are of this shape.

import {
  IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';
import { Socket } from 'node:net';

/** An Express app is one; `http.createServer` takes one. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * @example
 * const app = express().post('/charge', charge);
 * return { fetch: nodeListener(app), books };
 */
export function nodeListener(listener: NodeListener): (request: Request) => Promise<Response> {
  return async (request) => {
    const body = Buffer.from(await request.arrayBuffer());
    const incoming = incomingOf(request, body);
    return new Promise((resolve, reject) => {
      const response = new MemoryResponse(incoming, resolve);
      Promise.resolve(listener(incoming, response)).catch(reject);
    });
  };
}

function incomingOf(request: Request, body: Buffer): IncomingMessage {
  const url = new URL(request.url);
  const incoming = new IncomingMessage(new Socket());
  const headers = {
    host: url.host,
    ...Object.fromEntries(request.headers),
    'content-length': `${body.length}`,
  };
  incoming.method = request.method;
  incoming.url = url.pathname + url.search;
  incoming.httpVersion = '1.1';
  incoming.httpVersionMajor = 1;
  incoming.httpVersionMinor = 1;
  incoming.headers = headers;
  incoming.rawHeaders = Object.entries(headers).flat();
  incoming.push(body);
  incoming.push(null);
  incoming.complete = true;
  return incoming;
}

type Chunk = string | Uint8Array;
type Done = (error?: Error | null) => void;

/** Keeps what is written, and is a `Response` at its end. */
class MemoryResponse extends ServerResponse {
  readonly #chunks: Buffer[] = [];
  readonly #resolve: (response: Response) => void;
  #isSent = false;
  #isEnded = false;

  constructor(incoming: IncomingMessage, resolve: (response: Response) => void) {
    super(incoming);
    this.#resolve = resolve;
    Object.defineProperties(this, {
      headersSent: { get: () => this.#isSent },
      writableEnded: { get: () => this.#isEnded },
      writableFinished: { get: () => this.#isEnded },
    });
  }

  override writeHead(status: number, ...rest: unknown[]): this {
    const headers = rest.find((one) => typeof one === 'object') as
      | OutgoingHttpHeaders
      | readonly OutgoingHttpHeader[]
      | undefined;
    this.statusCode = status;
    const pairs = Array.isArray(headers) ? pairsIn(headers) : Object.entries(headers ?? {});
    for (const [name, value] of pairs) if (value !== undefined) this.setHeader(name, value);
    this.#isSent = true;
    return this;
  }

  override write(chunk: Chunk, encoding?: BufferEncoding | Done, done?: Done): boolean {
    this.#isSent = true;
    this.#keep(chunk, encoding);
    const after = typeof encoding === 'function' ? encoding : done;
    if (after !== undefined) process.nextTick(after);
    return true;
  }

  override end(chunk?: Chunk | Done, encoding?: BufferEncoding | Done, done?: Done): this {
    if (this.#isEnded) return this;
    if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') this.#keep(chunk, encoding);
    this.#isSent = true;
    this.#isEnded = true;
    const hasBody = this.statusCode !== 204 && this.statusCode !== 304;
    const headers = Object.entries(this.getHeaders()).map(([name, value]): [string, string] => [
      name,
      `${value}`,
    ]);
    const body = hasBody ? Buffer.concat(this.#chunks) : null;
    this.#resolve(new Response(body, { status: this.statusCode, headers }));
    const after = [chunk, encoding, done].find((one) => typeof one === 'function');
    process.nextTick(() => {
      this.emit('finish');
      this.emit('close');
      if (after !== undefined) (after as Done)();
    });
    return this;
  }

  #keep(chunk: Chunk, encoding: unknown): void {
    const isText = typeof chunk === 'string';
    const named = typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';
    this.#chunks.push(isText ? Buffer.from(chunk, named) : Buffer.from(chunk));
  }
}

/** A flat list, or one of pairs. */
function pairsIn(headers: readonly unknown[]): readonly (readonly [string, OutgoingHttpHeader])[] {
  if (Array.isArray(headers[0])) return headers as readonly (readonly [string, OutgoingHttpHeader])[];
  const pairs: (readonly [string, OutgoingHttpHeader])[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2)
    pairs.push([String(headers[i]), headers[i + 1] as OutgoingHttpHeader]);
  return pairs;
}
