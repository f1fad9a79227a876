// Hostile requests against a server, and what must hold whatever they are:
//
// X1. The process goes on, and the server is well afterwards.
// X2. No answer is a 5xx, and none shows our insides; what is refused over HTTP is a problem.
// X3. Nothing happens but what was acknowledged, to those who may: every saga in the store was told as begun, every call is of such a saga,
//     and those that were there before are as they were.
// X4. No secret stands in the log.
//
//   node test/engine/api/hostile.ts --requests 100000 --seed night-1

import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { accessToken, EngineMeter, type ServedApi, serveApi } from '../../../engine/api/index.ts';
import { Host, MemoryStore } from '../../../engine/live/index.ts';
import { APPLIED, LOST, NO, order, quick, StageTransport } from '../live/stage.ts';
import { EXAMPLE } from './example.ts';
import { asked, type Loot, raw } from './hostile-requests.ts';

/** A saga that waits for a person, who could go on with its undo. */
const STUCK = 'stuck-1';
const AT_ONCE = 32;
/** One in so many goes over a socket as bytes. */
const RAW_EVERY = 5;
const SOCKET_TIMEOUT_MS = 2_000;
const FINDINGS_MAX = 20;
const SECRETS = {
  read: 'hostile-secret-of-the-reader',
  operate: 'hostile-secret-of-the-operator',
  admin: 'hostile-secret-of-the-admin',
};

export interface Assault {
  readonly requests: number;
  readonly seed: string;
}

export interface Outcome {
  /** What did not hold, one sentence each, with the seed of the request. */
  readonly findings: readonly string[];
  readonly statuses: Readonly<Record<string, number>>;
  /** Sagas that were begun by requests that turned out to be right. */
  readonly begun: number;
}

class Target {
  readonly store = new MemoryStore();
  readonly findings: string[] = [];
  readonly statuses: Record<string, number> = {};
  readonly begun = new Set<string>();
  readonly #meter = new EngineMeter();
  readonly #called = new Set<string>();
  readonly #host: Host;
  api!: ServedApi;
  loot!: Loot;

  constructor() {
    const transport = new (class extends StageTransport {
      override readonly services = ['shop', 'inventory', 'payment', 'shipping'];
    })();
    transport.answer = ({ saga, action }) => {
      this.#called.add(saga);
      transport.calls.length = 0;
      if (saga !== STUCK || action === 'reserve') return APPLIED;
      return action === 'charge' ? NO : LOST;
    };
    this.#host = new Host({
      store: this.store,
      transport,
      definitions: [order],
      policy: quick,
      overridePolicy: true,
      report: (report) => this.#meter.report(report),
    });
  }

  async start(): Promise<void> {
    await this.#host.start();
    const ids = [STUCK, 'ended-1', 'ended-2'];
    for (const id of ids) {
      await this.#host.createFromJson(EXAMPLE, { id });
      await this.#host.whenEnded(id);
    }
    this.loot = { secrets: SECRETS, ids };
    this.api = await serveApi({
      engine: this.#host,
      catalogue: this.store,
      meter: this.#meter,
      definitions: [order],
      tokens: Object.entries(SECRETS).map(([role, secret]) =>
        accessToken(secret, role as keyof typeof SECRETS, role),
      ),
      limits: { requestsPerSecond: 1_000_000, requestsBurst: 1_000_000, subscribersMax: 10_000 },
      log: { write: (line) => this.#logged(line) },
    });
  }

  find(what: string): void {
    if (this.findings.length < FINDINGS_MAX) this.findings.push(what);
  }

  count(status: string): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
  }

  /** X4. */
  #logged(line: string): void {
    if (Object.values(SECRETS).some((secret) => line.includes(secret)))
      this.find(`a secret was logged: ${line}`);
    if (line.includes('"level":"error"')) this.find(`an error was logged: ${line}`);
  }

  /** X1, X3. */
  async end(before: string): Promise<void> {
    if ((await fetch(`${this.api.url}/health`)).status !== 200) this.find('the server is not well');
    if ((await this.picture()) !== before) this.find('a saga that was there before has changed');
    const mine = new Set([...this.loot.ids, ...this.begun]);
    const stranger = [...this.#called].find((saga) => !mine.has(saga));
    if (stranger !== undefined) this.find(`a call was made for saga ${stranger}, which nobody was told of`);
    const total = (await this.store.counts()).reduce((sum, { count }) => sum + count, 0);
    if (total !== mine.size) this.find(`there are ${total} sagas, and ${mine.size} were acknowledged`);
    await this.api.close({ graceMs: 1_000 });
    await this.#host.stop({ graceMs: 0 });
  }

  /** The sagas that are to stay as they are. */
  async picture(): Promise<string> {
    return JSON.stringify(await Promise.all(this.loot.ids.map((id) => this.store.logOf(id))));
  }
}

/** Sends so many requests, several at a time, and says what did not hold. */
export async function assault({ requests, seed }: Assault): Promise<Outcome> {
  const target = new Target();
  await target.start();
  const before = await target.picture();
  const fatal = (error: unknown): void => target.find(`X1: ${String(error)}`);
  process.on('uncaughtException', fatal).on('unhandledRejection', fatal);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < requests; i = next++) {
      const one = `${seed}/${i}`;
      await (i % RAW_EVERY === 0 ? sendRaw(target, one) : send(target, one));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await target.end(before);
  process.off('uncaughtException', fatal).off('unhandledRejection', fatal);
  return { findings: target.findings, statuses: target.statuses, begun: target.begun.size };
}

async function send(target: Target, seed: string): Promise<void> {
  const { method, path, headers, body } = asked(seed, target.loot);
  const stop = new AbortController();
  let response: Response;
  try {
    const sent = body === undefined ? {} : { body: body as string | Uint8Array<ArrayBuffer> };
    response = await fetch(target.api.url + path, { method, headers, signal: stop.signal, ...sent });
  } catch (error) {
    const isOurs = error instanceof TypeError && error.cause === undefined; // fetch itself refuses to send it
    target.count(isOurs ? 'not sent' : 'cut off');
    if (!isOurs && !wasCutOff(error)) target.find(`${seed}: ${method} ${path}: ${String(error)}`);
    return;
  }
  target.count(String(response.status));
  const text =
    response.headers.get('content-type') === 'text/event-stream' ? '' : await response.text().catch(() => '');
  stop.abort();
  judge(target, `${seed}: ${method} ${path}`, response.status, text);
  const isWrite = !/^(GET|HEAD|OPTIONS|PROPFIND)$/.test(method);
  if (isWrite && response.ok && !mayWrite(headers)) target.find(`${seed}: ${method} ${path} was allowed`);
  const isProblem = response.headers.get('content-type') === 'application/problem+json';
  if (response.status >= 400 && !isProblem) target.find(`${seed}: ${response.status} is no problem`);
  if (method === 'POST' && (response.status === 201 || response.status === 202)) {
    const { id, orderId } = JSON.parse(text) as { id?: string; orderId?: string };
    const saga = id ?? orderId ?? '';
    if (path.includes('/retry') && !target.begun.has(saga)) target.find(`${seed}: ${saga} was retried`);
    target.begun.add(saga);
  }
}

/** Who shows the right token, and is no page of another origin. */
function mayWrite({
  authorization = '',
  origin,
  'sec-fetch-site': site = 'none',
}: Readonly<Record<string, string>>) {
  const isKnown = [SECRETS.operate, SECRETS.admin].some((secret) => authorization === `Bearer ${secret}`);
  return isKnown && origin === undefined && site === 'none';
}

/** A body that is too long may be answered and cut off before it is sent. */
function wasCutOff(error: unknown): boolean {
  const { cause } = error as { readonly cause?: { readonly code?: string } };
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(cause?.code ?? '');
}

async function sendRaw(target: Target, seed: string): Promise<void> {
  const socket = connect(target.api.port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1');
    if (said.includes('\r\n\r\n')) socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.setTimeout(SOCKET_TIMEOUT_MS, () => socket.destroy());
  await once(socket, 'connect');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(raw(seed, target.loot));
  socket.write('\r\n\r\n');
  setTimeout(() => socket.end(), 20); // one who waits for an answer hears it before; one who waits for ever does not
  await closed;
  const status = /^HTTP\/1\.1 (\d{3})/.exec(said)?.[1];
  target.count(status === undefined ? 'silence' : `raw ${status}`);
  if (status !== undefined) judge(target, seed, Number(status), said);
}

/** X2. */
function judge(target: Target, what: string, status: number, text: string): void {
  if (status >= 500) target.find(`${what}: ${status} ${text.slice(0, 300)}`);
  if (/\n\s+at |node_modules|\.ts:\d|SQLITE_/.test(text))
    target.find(`${what}: shows our insides: ${text.slice(0, 300)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '100000' },
      seed: { type: 'string', default: 'hostile' },
    },
  });
  const requests = Number(values.requests);
  const { findings, statuses, begun } = await assault({ requests, seed: values.seed });
  const lines = Object.entries(statuses).sort(([a], [b]) => (a < b ? -1 : 1));
  console.log(
    `${requests} requests, seed "${values.seed}": ${findings.length} findings, ${begun} sagas begun by right ones`,
  );
  for (const [status, count] of lines) console.log(`  ${status.padEnd(10)} ${count}`);
  for (const finding of findings) console.log(`  ✗ ${finding}`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
