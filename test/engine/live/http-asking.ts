// What tests of the HTTP transport share: servers and transports that are closed after each test, and a way to ask.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect } from 'vitest';
import type { Call, Outcome } from '../../../engine/core/protocol.ts';
import { HttpTransport, type HttpTransportOptions } from '../../../engine/live/index.ts';
import { serve, serveTcp, type TestServer } from './servers.ts';

const CALL: Call = {
  kind: 'call',
  saga: 's-1',
  step: 'pay',
  direction: 'forward',
  round: 0,
  attempt: 1,
  key: 's-1/pay/forward',
  service: 'shop',
  action: 'charge',
  payload: { amount: 5 },
  payloadHash: 42,
};

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

export async function server(...parameters: Parameters<typeof serve>): Promise<TestServer> {
  const one = await serve(...parameters);
  open.push(one);
  return one;
}

export async function tcp(...parameters: Parameters<typeof serveTcp>): Promise<TestServer> {
  const one = await serveTcp(...parameters);
  open.push(one);
  return one;
}

export function transportTo(url: string, options: Partial<HttpTransportOptions> = {}): HttpTransport {
  const transport = new HttpTransport({ services: { shop: url }, timeoutMs: 5_000, ...options });
  open.push(transport);
  return transport;
}

/** The outcome of a call, and that there is only one. */
export async function ask(transport: HttpTransport, call: Partial<Call> = {}): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  await new Promise<void>((resolve) =>
    transport.send(
      { ...CALL, ...call },
      {
        input(input) {
          if (input.kind === 'reply') outcomes.push(input.outcome);
          resolve();
        },
      },
    ),
  );
  await sleep(5);
  expect(outcomes).toHaveLength(1);
  return outcomes[0]!;
}

/** What comes of an answer of this kind. */
export async function answered(
  status: number,
  headers: Record<string, string> = {},
  body = '',
  options: Partial<HttpTransportOptions> = {},
): Promise<Outcome> {
  const { url } = await server((response) => response.writeHead(status, headers).end(body));
  return ask(transportTo(url, options));
}
