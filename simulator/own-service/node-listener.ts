// An app of the older shape, `(req, res)`, as one with `fetch`: behind Node's own server, which listens nowhere. What Express
// makes, and what Fastify has as `app.routing`, are of this shape.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { bytesOf, clientOf, connectTo, headersIn, memoryServer, nodeHttp } from './memory-connection.ts';

/** As much of Node's `IncomingMessage` as is typed here: who imports this package need not have the types of Node. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  setEncoding(encoding: 'utf8'): unknown;
  on(event: 'data', listener: (chunk: string) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  [Symbol.asyncIterator](): AsyncIterator<unknown>;
}

/** As much of Node's `ServerResponse` as is typed here. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string | number): unknown;
  writeHead(status: number, headers?: Readonly<Record<string, string | number>>): unknown;
  write(chunk: string | Uint8Array): unknown;
  end(chunk?: string | Uint8Array): unknown;
}

/** An Express app is one; `http.createServer` takes one: `(request: IncomingMessage, response: ServerResponse) => …`. */
export type NodeListener = { listen(request: NodeRequest, response: NodeResponse): unknown }['listen'];

/**
 * Makes a `fetch` of a listener that is called with `(req, res)`, without a server.
 * @example
 * const app = express().post('/charge', charge);
 * return { fetch: nodeListener(app), books };
 */
export function nodeListener(listener: NodeListener): (request: Request) => Promise<Response> {
  const server = memoryServer(async (incoming, response) => {
    try {
      await listener(incoming, response);
    } catch (error) {
      clientOf(incoming).destroy(error as Error);
    }
  });
  return async (request) => {
    const body = Buffer.from(await request.arrayBuffer());
    const { host, pathname, protocol, search } = new URL(request.url);
    const headers = { host, ...Object.fromEntries(request.headers), 'content-length': body.length };
    const { method } = request;
    const context = AsyncLocalStorage.snapshot(); // not that of asking: what the app calls is its own doing
    const createConnection = () => connectTo(server, context, protocol === 'https:');
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method, path: pathname + search, headers, createConnection };
      const asked = nodeHttp().request(options, resolve);
      asked.on('error', reject);
      asked.end(body);
    });
    return responseOf(answered);
  };
}

const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

async function responseOf(answered: IncomingMessage): Promise<Response> {
  const { statusCode: status = 0 } = answered;
  const body = await bytesOf(answered);
  return new Response(WITHOUT_BODY.has(status) ? null : body, { status, headers: headersIn(answered) });
}
