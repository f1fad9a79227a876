// The fence as a middleware of Hono: a route behind it is asked at most once for what it did, whatever the network does.
// The twin of fence.ts for real services; its F1 to F4 hold here, and are decided by the same rules.
//
// M1. Effects and memory are one commit: a handler writes with `c.var.fence.database`, and is answered after the commit.
// M2. What an answer means is what the engine will take it for (engine/http/http-outcome.ts): 2xx is applied; 402, 409, 422
//     and most other 4xx are a final no; all else may be asked again, so nothing of it may stand.
// M3. A final no leaves nothing but itself: what the handler wrote on the way to it is taken back.

import type { Context, MiddlewareHandler } from 'hono';
import { type Applied, isFinal, type Rejected } from '../../core/protocol.ts';
import { UserError } from '../../core/user-error.ts';
import { outcomeOfAnswer } from '../../http/http-outcome.ts';
import { type WireCall, wireCall } from '../../http/wire-call.ts';
import type { FenceRow, FenceTable, FenceTransaction } from './fence-table.ts';

/** What a handler finds as `c.var.fence`. */
export interface Fenced<Database> {
  readonly call: WireCall;
  /** Writes on it are kept when the handler answers 2xx, and never otherwise. */
  readonly database: Database;
  /** Of a compensation: what the forward call answered. */
  readonly forward: unknown;
}

/** What {@link fence} adds to an app: `new Hono<FenceEnv<DatabaseSync>>()`. */
export interface FenceEnv<Database> {
  Variables: { fence: Fenced<Database> };
}

/** A handler failed or was in doubt: its transaction is rolled back, and this is answered. */
class InDoubt extends Error {
  readonly response: Response;

  constructor(response: Response) {
    super('nothing of this is kept');
    this.response = response;
  }
}

/**
 * Guards the routes behind it: the same key twice has one effect and one answer, with another payload it is refused; a
 * compensation without its forward call succeeds without effect, and the forward call that comes after it has none.
 *
 * @example
 * const database = new DatabaseSync('payment.db');
 * const app = new Hono<FenceEnv<DatabaseSync>>();
 * app.use(fence(sqliteFence(database)));
 * app.post('/charge', async (c) => {
 *   const { amount } = await c.req.json();
 *   c.var.fence.database.prepare('INSERT INTO charges VALUES (?, ?)').run(c.var.fence.call.saga, amount);
 *   return c.json({ charged: amount });
 * });
 * app.post('/refund', (c) => {
 *   c.var.fence.database.prepare('DELETE FROM charges WHERE saga = ?').run(c.var.fence.call.saga);
 *   return c.body(null, 204);
 * });
 */
export function fence<Database>(table: FenceTable<Database>): MiddlewareHandler<FenceEnv<Database>> {
  return async (c, next) => {
    if (c.req.method !== 'POST') return next(); // looks, and does nothing
    const call = await callIn(c);
    if (call instanceof Response) return call;
    try {
      return await table.transact(call.saga, (transaction) => answer(c, next, call, transaction));
    } catch (error) {
      if (error instanceof InDoubt) return error.response;
      throw error;
    }
  };
}

async function callIn(c: Context): Promise<WireCall | Response> {
  try {
    const action = decodeURIComponent(c.req.path.slice(c.req.path.lastIndexOf('/') + 1));
    return wireCall({ action, body: await c.req.text(), header: (name) => c.req.header(name) });
  } catch (error) {
    if (error instanceof UserError) return refused(400, error.message);
    throw error;
  }
}

async function answer<Database>(
  c: Context<FenceEnv<Database>>,
  next: () => Promise<void>,
  call: WireCall,
  transaction: FenceTransaction<Database>,
): Promise<Response> {
  const rows = await transaction.rows(call.saga, call.step, call.round);
  const before = rows.find(({ key, direction }) => key === call.key && direction === call.direction);
  if (before !== undefined) {
    const same = before.payloadHash === call.payloadHash && before.action === call.action;
    return same ? stored(before) : refused(400, 'this key came with another request before'); // F1
  }
  const forward = rows.find(({ direction, isApplied }) => direction === 'forward' && isApplied);
  if (call.direction === 'forward') {
    if (rows.some(({ direction }) => direction === 'compensation'))
      return refused(409, 'compensated before it arrived'); // F3
  } else if (forward === undefined) {
    const tombstone = rowOf(call, true, 204, '');
    await transaction.keep(tombstone);
    return stored(tombstone); // F2
  }
  c.set('fence', { call, database: transaction.database, forward: parsed(forward?.body) });
  await next();
  return settle(c, call, transaction);
}

/** F4, M2, M3. */
async function settle<Database>(
  c: Context<FenceEnv<Database>>,
  call: WireCall,
  transaction: FenceTransaction<Database>,
): Promise<Response> {
  const response = c.res;
  if (c.error !== undefined) throw new InDoubt(response); // Hono has made an answer of what the handler threw
  const body = await response.clone().text();
  const retryAfter = response.headers.get('retry-after') ?? undefined;
  const outcome = outcomeOfAnswer({ status: response.status, retryAfter, body }, 0);
  if (!closes(outcome.kind === 'unknown' ? undefined : outcome, call)) throw new InDoubt(response);
  if (outcome.kind === 'rejected') await transaction.takeBack();
  await transaction.keep(rowOf(call, outcome.kind === 'applied', response.status, body));
  return response;
}

/** A refused undo is not remembered, whatever its class: a person may resume it under the same key (E7). */
function closes(outcome: Applied | Rejected | undefined, { direction }: WireCall): boolean {
  if (outcome === undefined) return false;
  return outcome.kind === 'applied' || (direction === 'forward' && isFinal(outcome.failure));
}

function rowOf(call: WireCall, isApplied: boolean, status: number, body: string): FenceRow {
  const { key, saga, step, round, direction, action, payloadHash } = call;
  return { key, saga, step, round, direction, action, payloadHash, isApplied, status, body };
}

function stored({ status, body }: FenceRow): Response {
  if (body === '') return new Response(null, { status });
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}

function refused(status: number, detail: string): Response {
  const headers = { 'content-type': 'application/problem+json' };
  return new Response(JSON.stringify({ status, detail }), { status, headers });
}

function parsed(body: string | undefined): unknown {
  try {
    return body === undefined || body === '' ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
}
