// What tests of participants over HTTP share: a folder for each test, servers and transports that are closed after it,
// and ways to ask.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Call, Outcome, Participant } from '../../../engine/core/protocol.ts';
import { HttpTransport } from '../../../engine/live/index.ts';
import {
  type ServedParticipant,
  type ServeParticipantOptions,
  serveParticipant,
} from '../../../participants-mock/http/index.ts';

let folder = '';
const open: { close(): unknown }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'participants-'));
});

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A file of the present test. */
export function fileOf(service: string): string {
  return join(folder, `${service}.db`);
}

/** Closed after the test, the latest first. */
export function closing<One extends { close(): unknown }>(one: One): One {
  open.push(one);
  return one;
}

/** Credits that never fail, unless a test wants them to. */
export const STEADY_BANK = { accounts: 4, openingBalance: 1_000, creditFails: { permille: 0 } };

export async function served(
  service: string,
  options: Partial<ServeParticipantOptions> = {},
): Promise<ServedParticipant> {
  const defaults = service === 'bank' ? { options: STEADY_BANK } : {};
  return closing(await serveParticipant({ service, file: fileOf(service), ...defaults, ...options }));
}

/** Asks as an engine does. */
export function engineFor(url: string, timeoutMs = 10_000) {
  const transport = closing(new HttpTransport({ services: { service: url }, timeoutMs }));
  return (call: Call): Promise<Outcome> =>
    new Promise((resolve) => {
      transport.send(
        { ...call, service: 'service' },
        {
          input: (input) => {
            if (input.kind === 'reply') resolve(input.outcome);
          },
        },
      );
    });
}

export interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

/** Asks as curl does: a body, and a transaction-id when there is one. */
export async function post(
  url: string,
  action: string,
  body: unknown,
  id?: string,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(`${url}/${action}`, {
    method: 'POST',
    headers: { ...(id === undefined ? {} : { 'transaction-id': id }), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return answered(response);
}

export async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  const type = response.headers.get('content-type');
  return {
    status: response.status,
    type,
    body: type?.includes('json') === true ? JSON.parse(text) : text,
  };
}

export function balancesOf({ ledger }: Participant): Record<string, number> {
  return Object.fromEntries(ledger.balances());
}

export function sumOf(participant: Participant): number {
  return Object.values(balancesOf(participant)).reduce((sum, balance) => sum + balance, 0);
}
