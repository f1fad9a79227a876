// node:http in the thread of the services: Node's own client, which axios and got are built on, speaks with Node's own server
// over a connection in memory. So the client's timeouts, chunks and aborts are those of production.
//
// W1. Each request has a connection of its own: what is asked on it belongs to the call on whose behalf it was made.
// W2. A connection is up at once; how long an answer takes is said by who answers.

import { AsyncLocalStorage } from 'node:async_hooks';
import http, { type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import {
  bytesOf,
  type Context,
  clientOf,
  connectTo,
  headersIn,
  memoryServer,
  withoutHops,
} from './memory-connection.ts';
import { outgoing } from './outgoing.ts';

const server = memoryServer((incoming, response) => {
  const client = clientOf(incoming);
  answer(incoming, response, client.encrypted ? 'https' : 'http').catch((error: unknown) => {
    client.destroy(error instanceof Error ? error : new Error(String(error)));
  });
});

async function answer(
  incoming: IncomingMessage,
  response: ServerResponse,
  scheme: 'http' | 'https',
): Promise<void> {
  const { method = 'GET', url = '/', headers } = incoming;
  const body = await bytesOf(incoming);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const request = new Request(new URL(url, `${scheme}://${headers.host}`), {
    method,
    headers: headersIn(incoming),
    body: method === 'GET' || method === 'HEAD' ? null : body,
    signal: gone.signal,
  });
  const answered = await outgoing(request, `${scheme}.request(${request.url})`);
  const bytes = Buffer.from(await answered.arrayBuffer());
  response.statusCode = answered.status;
  response.statusMessage = answered.statusText;
  response.setHeaders(withoutHops(new Headers(answered.headers)));
  response.end(bytes);
}

const CONTEXT = Symbol('context');

interface ConnectionOptions {
  readonly timeout?: number;
  readonly [CONTEXT]?: Context;
}

/** What Node's agents do, as far as it is changed here. */
interface AgentInside {
  createConnection: (options: ConnectionOptions) => Duplex;
  addRequest: (request: ClientRequest, options: ConnectionOptions, ...rest: readonly unknown[]) => void;
  keepSocketAlive: (socket: Duplex) => boolean;
}

/** From here on, in this thread; where `isReal` says so, connections are. */
export function installHttpWire(isReal: () => boolean): void {
  for (const [{ prototype }, encrypted] of [[http.Agent, false] as const, [https.Agent, true] as const]) {
    const agent = prototype as unknown as AgentInside;
    const { createConnection } = agent;
    agent.createConnection = function (this: AgentInside, options, ...rest) {
      if (isReal()) return createConnection.call(this, options, ...rest);
      const connection = connectTo(server, options[CONTEXT] ?? AsyncLocalStorage.snapshot(), encrypted);
      return options.timeout === undefined ? connection : connection.setTimeout(options.timeout);
    };
  }
  const agent = http.Agent.prototype as unknown as AgentInside;
  const { addRequest } = agent;
  agent.addRequest = function (this: AgentInside, request, options, ...rest) {
    addRequest.call(this, request, { ...options, [CONTEXT]: AsyncLocalStorage.snapshot() }, ...rest);
  };
  agent.keepSocketAlive = () => false; // W1
}
