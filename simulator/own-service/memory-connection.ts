// A connection in memory between Node's own HTTP client and Node's own HTTP server: everything is as on a socket, but nothing
// is real, and it is up at once.

import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { Duplex } from 'node:stream';
import { VirtualTimer } from './virtual-time.ts';

/**
 * Node's HTTP, when it is needed. To import it costs every command and every thread a tenth of a second: an ES module is
 * given all that it exports, and among that is a client that is made when somebody looks at it.
 */
export function nodeHttp(): typeof import('node:http') {
  return process.getBuiltinModule('node:http');
}

/** Runs code as if on behalf of who opened the connection. */
export type Context = <Value>(work: () => Value) => Value;

type Done = (error?: Error | null) => void;

/** One end, with as much of a socket as Node's client and server ask for. */
export class MemoryConnection extends Duplex {
  readonly connecting = false;
  readonly authorized = true;
  readonly remoteAddress = '127.0.0.1';
  readonly encrypted: boolean;
  readonly context: Context;
  /** What is written here is read there. */
  peer: MemoryConnection | undefined;
  readonly #isServer: boolean;
  #idle: VirtualTimer | undefined;

  constructor(context: Context, encrypted: boolean, peer?: MemoryConnection) {
    super();
    this.context = context;
    this.encrypted = encrypted;
    this.peer = peer;
    this.#isServer = peer !== undefined;
  }

  override _read(): void {
    // its peer pushes
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#idle?.refresh();
    this.peer?.receive(chunk);
    done();
  }

  override _final(done: Done): void {
    this.peer?.receive(null);
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#idle?.close();
    const { peer } = this;
    if (peer !== undefined) process.nextTick(() => peer.destroy());
    done(error);
  }

  receive(chunk: Buffer | null): void {
    if (this.destroyed || this.readableEnded) return;
    this.#idle?.refresh();
    this.push(chunk);
  }

  /** In virtual time; a server does not lose patience. */
  setTimeout(ms: number, onTimeout?: () => void): this {
    this.#idle?.close();
    this.#idle = undefined;
    if (onTimeout !== undefined) this.once('timeout', onTimeout);
    if (ms > 0 && !this.#isServer) {
      this.#idle = this.context(() => new VirtualTimer(() => this.emit('timeout'), ms, false));
    }
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** A server that listens nowhere: {@link connectTo} it. Its listener runs on behalf of who connected. */
export function memoryServer(listener: RequestListener): Server {
  const options = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };
  const server = nodeHttp().createServer(options, (incoming, response) => {
    response.sendDate = false; // it would be a real one
    clientOf(incoming).context(() => listener(incoming, response));
  });
  return server.on('clientError', (error, end) => end.destroy(error));
}

/** The client's end of a new connection. */
export function connectTo(server: Server, context: Context, encrypted: boolean): MemoryConnection {
  const client = new MemoryConnection(context, encrypted);
  client.peer = new MemoryConnection(context, encrypted, client);
  server.emit('connection', client.peer);
  return client;
}

/** The end from which this request came. */
export function clientOf(incoming: IncomingMessage): MemoryConnection {
  return (incoming.socket as unknown as MemoryConnection).peer!;
}

/** Headers of one connection, not of what is asked on it. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect'];

/** What was said of the message itself. */
export function headersIn({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!);
  return withoutHops(headers);
}

export function withoutHops(headers: Headers): Headers {
  for (const name of HOP_BY_HOP) headers.delete(name);
  return headers;
}

/** All of a body. */
export async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
