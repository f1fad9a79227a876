// A Restate server for one measurement: the binary from npm on free ports of the loopback, its data in a folder that is
// thrown away, its settings those that it has by itself.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const START_MS_MAX = 60_000;
const ENVIRONMENT = { ...process.env, RESTATE_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: '1' };

export interface RestateServer {
  readonly ingressUrl: string;
  readonly durability: string;
  /** Makes the services known that answer at `url`. */
  register(url: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startRestate(folder: string): Promise<RestateServer> {
  const binary = binaryHere();
  const [ingress, admin, node] = [await freePort(), await freePort(), await freePort()];
  const server = spawn(
    binary,
    ['--base-dir', join(folder, 'restate'), '--node-name', 'bench', '--no-logo', '--log-filter', 'warn'],
    {
      env: {
        ...ENVIRONMENT,
        RESTATE_LISTEN_MODE: 'tcp',
        RESTATE_BIND_IP: '127.0.0.1',
        RESTATE_BIND_PORT: `${node}`,
        RESTATE_INGRESS__BIND_PORT: `${ingress}`,
        RESTATE_ADMIN__BIND_PORT: `${admin}`,
      },
      stdio: 'ignore',
    },
  );
  const kill = (): boolean => server.kill('SIGKILL');
  process.once('exit', kill);
  const adminUrl = `http://127.0.0.1:${admin}`;
  const ingressUrl = `http://127.0.0.1:${ingress}`;
  await answering(server, `${adminUrl}/health`);
  await answering(server, `${ingressUrl}/restate/health`);
  return {
    ingressUrl,
    durability: durabilityOf(binary),
    register: async (uri) => {
      const body = JSON.stringify({ uri });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${adminUrl}/deployments`, { method: 'POST', headers, body });
      if (!response.ok) throw new Error(`Restate took no deployment: ${await response.text()}`);
    },
    stop: async () => {
      const closed = once(server, 'exit');
      server.kill('SIGTERM');
      const timer = setTimeout(() => server.kill('SIGKILL'), 10_000);
      await closed;
      clearTimeout(timer);
      process.off('exit', kill);
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

function binaryHere(): string {
  const name = `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`;
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(`the Restate server for ${process.platform}-${process.arch} is not installed`);
  }
}

async function answering(server: ChildProcess, url: string): Promise<void> {
  const end = performance.now() + START_MS_MAX;
  while (performance.now() < end) {
    if (server.exitCode !== null) throw new Error(`the Restate server ended with code ${server.exitCode}`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok === true) return;
    await delay(100);
  }
  server.kill('SIGKILL');
  throw new Error(`the Restate server did not answer at ${url} in time`);
}

/** The server's own answer to what it is set to: whether its log is synced, and how many partitions there are. */
function durabilityOf(binary: string): string {
  const text = execFileSync(binary, ['--dump-config'], { env: ENVIRONMENT, encoding: 'utf8' });
  const logServer = text.slice(text.indexOf('\n[log-server]'));
  const value = (from: string, name: string): string =>
    `${name}=${new RegExp(`^${name} = (.*)$`, 'm').exec(from)?.[1] ?? 'unset'}`;
  return `log server: ${value(logServer, 'rocksdb-disable-wal-fsync')}; ${value(text, 'default-num-partitions')}`;
}
