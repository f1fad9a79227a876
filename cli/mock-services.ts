// `sagastorm serve --mock`: services to try sagas with, each on a port of its own on this machine.
//
// This file is the seam to the participants over HTTP. At present it serves them from memory; with
// `serveParticipant` of participants-mock/http, `startMocks` becomes one call of it for each name, with a file in
// `folder`, and everything below it goes away.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call, Outcome, Participant } from '../engine/core/protocol.ts';
import { LocalTransport } from '../engine/live/index.ts';
import { bank, inventory, payment, shipping } from '../participants-mock/index.ts';

export interface MockServices {
  /** Base URLs by name. */
  readonly services: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** @param _folder where they keep their files */
export async function startMocks(_folder: string): Promise<MockServices> {
  const mocks: Readonly<Record<string, Participant>> = {
    bank: bank({
      accounts: 100,
      openingBalance: 1_000_00,
      creditFails: { permille: 0, per: 'attempt', answer: 'unknown' },
    }),
    inventory: inventory({ items: { prod_123: 1_000, prod_456: 1_000 } }),
    payment: payment({ customers: 10, openingBalance: 1_000_000_00 }),
    shipping: shipping(),
  };
  const servers = await Promise.all(Object.entries(mocks).map(([name, mock]) => served(name, mock)));
  return {
    services: Object.fromEntries(servers.map(({ name, url }) => [name, url])),
    close: async () => {
      await Promise.all(servers.map(({ server }) => closed(server)));
    },
  };
}

async function served(name: string, participant: Participant) {
  const local = new LocalTransport({ participants: { [name]: participant } });
  const server = createServer(async (request, response) => {
    const outcome = await asked(local, name, request);
    const isDone = outcome.kind === 'applied';
    response.writeHead(isDone ? 200 : outcome.kind === 'rejected' ? 422 : 500, {
      'content-type': 'application/json',
    });
    response.end(isDone ? (JSON.stringify(outcome.result) ?? '{}') : JSON.stringify(outcome));
    participant.ledger.drain();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { name, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function asked(local: LocalTransport, service: string, request: IncomingMessage): Promise<Outcome> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const said = (name: string): string => decodeURIComponent(String(request.headers[name] ?? ''));
  const call: Call = {
    kind: 'call',
    saga: said('sagastorm-saga'),
    step: said('sagastorm-step'),
    direction: said('sagastorm-direction') === 'compensation' ? 'compensation' : 'forward',
    round: Number(said('sagastorm-round')),
    attempt: Number(said('sagastorm-attempt')),
    key: said('idempotency-key'),
    service,
    action: decodeURIComponent((request.url ?? '').slice(1)),
    payload: JSON.parse(Buffer.concat(chunks).toString() || '{}') as unknown,
    payloadHash: Number(said('sagastorm-payload-hash')),
  };
  return new Promise((resolve) => {
    local.send(call, { input: (input) => input.kind === 'reply' && resolve(input.outcome) });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
