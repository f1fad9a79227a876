// Real servers on real sockets for the tests of the HTTP transport: one that answers as it is told, one that does as it
// pleases with its connections.

import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { CERTIFICATE, KEY } from './fixtures/certificate.ts';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** Requests that arrived whole. */
  readonly seen: Seen[];
  /** Connections so far. */
  connections(): number;
  close(): Promise<void>;
}

/** Answers each request by `answer`. */
export async function serve(
  answer: (response: ServerResponse, seen: Seen) => void,
  { tls = false } = {},
): Promise<TestServer> {
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      seen.push(one);
      answer(response, one);
    });
  };
  const server = tls ? createSecureServer({ key: KEY, cert: CERTIFICATE }, listener) : createServer(listener);
  return listening(server, tls ? 'https' : 'http', seen);
}

/** Does as it pleases with each connection. */
export function serveTcp(take: (socket: Socket) => void): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    take(socket);
  });
  const closeAllConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return listening(Object.assign(server, { closeAllConnections }), 'http', []);
}

async function listening(
  server: TcpServer & { closeAllConnections(): void },
  protocol: string,
  seen: Seen[],
): Promise<TestServer> {
  let connections = 0;
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${protocol}://127.0.0.1:${port}`,
    port,
    seen,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
