// A durable participant as a Hono app.
//
// | request                  | answer                                                                        |
// |--------------------------|-------------------------------------------------------------------------------|
// | `POST /<action>`         | the outcome: see request-reading.ts and engine/http/http-response.ts          |
// | `GET /health`            | 200, or 503 when nothing is answered any more                                 |
// | `GET /ledger`            | accounts, their sum, and stock                                                |
// | `GET /ledger/entries`    | what stands in its books, `?after=` the `next` of the page before: book-page.ts |
// | `GET /balances`          | account → balance, in minor units                                             |
// | `GET /chaos`, `PUT /chaos` | the knobs, when the app was made with some that may be turned               |
//
// H1. A request that is wrong in form is refused with a problem of the 4xx kind, and no participant sees it.
// H2. A 5xx is either a participant's own outcome, or chaos, or means that nothing was kept; none shows more than a
//     sentence.
// H3. A fate is dealt to each well-formed request once, before the participant is asked.

import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { UserError } from '../../engine/core/user-error.ts';
import { json, responseTo } from '../../engine/http/http-response.ts';
import type { ChaosDecider, ChaosFate, ChaosPanel, Crash } from './chaos.ts';
import { type DurableParticipant, NotKept } from './durable-participant.ts';
import { callAtFirstSight, type PlainRequest } from './plain-desk.ts';
import { problem, RequestRefused } from './problem.ts';
import { bodyOf, requestFrom } from './request-reading.ts';
import { plainResponseTo } from './response-writing.ts';

/** Arrivals are counted for so many plain operations; then counting begins anew. */
const ARRIVALS_MAX = 65_536;
const CHAOS = 'Chaos: this request was chosen to fail.';

/** What answers the requests, and what may go wrong with them. */
export interface ParticipantAppParts {
  readonly durable: DurableParticipant;
  /** Deals a fate to each request. Default: nothing goes wrong. */
  readonly decide?: ChaosDecider;
  /** Offered at `/chaos`, for everybody who can reach the app. Default: not offered. */
  readonly panel?: ChaosPanel;
  /** Told of errors that are nobody's fault but ours. */
  readonly onError?: (error: Error) => void;
}

/** The Hono app of a participant, with the bindings of a Node server. */
export type ParticipantApp = Hono<{ Bindings: HttpBindings }>;
type AppContext = Context<{ Bindings: HttpBindings }>;

/**
 * Makes the app; it needs Node's server only to break connections off.
 *
 * @example
 * const app = participantApp({ durable });
 * await app.request('/debit', {
 *   method: 'POST',
 *   headers: { 'transaction-id': 't-1' },
 *   body: JSON.stringify({ account: 'a-0', amount: 500 }),
 * });
 */
export function participantApp(parts: ParticipantAppParts): ParticipantApp {
  const { durable, panel } = parts;
  const counter = new ActionCounter(parts);
  const app: ParticipantApp = new Hono<{ Bindings: HttpBindings }>();
  app.get('/health', () => health(durable));
  app.get('/ledger', () => json(200, ledgerOf(durable)));
  app.get('/ledger/entries', (c) => bookPageAt(durable, c.req.query('after')));
  app.get('/balances', () => json(200, ledgerOf(durable).accounts));
  if (panel !== undefined) {
    app.get('/chaos', () => json(200, panel.knobs));
    app.put('/chaos', (c) => turned(panel, c.req.raw));
  }
  app.post('/:action', (c) => counter.serve(c, c.req.param('action')));
  app.all('/:action', (c) => notAllowed(parts, c.req.param('action')));
  app.notFound(() => problem(404, 'There is nothing at this path; actions are called by POST /<action>.'));
  app.onError((error) => answerTo(error, parts.onError));
  return app;
}

/** Where actions are asked for. */
class ActionCounter {
  readonly #parts: ParticipantAppParts;
  readonly #arrivals = new Map<string, number>();

  constructor(parts: ParticipantAppParts) {
    this.#parts = parts;
  }

  async serve(c: AppContext, action: string): Promise<Response> {
    const { durable, decide } = this.#parts;
    const { participant, dialect, service } = durable;
    if (!participant.actions.includes(action)) return notAllowed(this.#parts, action);
    const body = await bodyOf(c.req.raw);
    const header = (name: string): string | undefined => c.req.header(name);
    const request = requestFrom({ service, action, body, header }, dialect);
    if (request.kind === 'plain') {
      const fate = decide?.(callAtFirstSight(request, durable, this.#arrived(request)));
      return suffer(c, fate, async (crash) => plainResponseTo(await durable.handlePlain(request, crash)));
    }
    return suffer(c, decide?.(request), async (crash) => responseTo(await durable.handle(request, crash)));
  }

  /** Plain clients do not say how often they ask: without counting, a fate would be for ever. */
  #arrived({ action, transaction }: PlainRequest): number {
    if (this.#arrivals.size >= ARRIVALS_MAX) this.#arrivals.clear();
    const id = `${action} ${transaction}`;
    const arrivals = (this.#arrivals.get(id) ?? 0) + 1;
    this.#arrivals.set(id, arrivals);
    return arrivals;
  }
}

/** H3. */
async function suffer(
  c: AppContext,
  fate: ChaosFate = {},
  act: (crash: Crash) => Promise<Response>,
): Promise<Response> {
  const { delayMs = 0, crash = 'none' } = fate;
  if (delayMs > 0) await sleep(delayMs);
  if (fate.dropRequest) return hangUp(c);
  if (fate.failBefore) return problem(500, CHAOS);
  const response = await act(crash);
  if (fate.dropReply) return hangUp(c);
  return fate.failAfter ? problem(500, CHAOS) : response;
}

function hangUp(c: AppContext): Response {
  c.env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

function health({ service, calls, broken }: DurableParticipant): Response {
  return broken === undefined
    ? json(200, { status: 'ok', service, calls })
    : problem(503, `The participant is broken: ${broken.message}.`);
}

function ledgerOf({ service, participant: { ledger } }: DurableParticipant) {
  const accounts = Object.fromEntries(ledger.balances());
  const total = Object.values(accounts).reduce((sum, balance) => sum + BigInt(balance), 0n); // beyond 2^53 on the way
  return { service, accounts, total: Number(total), stock: [...ledger.stock()] };
}

function bookPageAt(durable: DurableParticipant, after = '0'): Response {
  if (!/^\d{1,15}$/.test(after))
    return problem(400, 'after is the `next` of the page before, a whole number.');
  return json(200, durable.books(Number(after)));
}

async function turned(panel: ChaosPanel, request: Request): Promise<Response> {
  const body = await bodyOf(request);
  try {
    panel.turn(JSON.parse(body));
  } catch (error) {
    if (error instanceof SyntaxError) return problem(400, 'The body is not JSON.');
    if (!(error instanceof UserError)) throw error;
    return problem(400, `${error.message}. ${error.hint ?? ''}`.trim());
  }
  return json(200, panel.knobs);
}

/** The path is there but not for this method, or it is not there at all. */
function notAllowed({ durable, panel }: ParticipantAppParts, path: string): Response {
  const { actions } = durable.participant;
  const reads = ['health', 'ledger', 'balances'].includes(path) ? ['GET', 'HEAD'] : [];
  const knobs = panel !== undefined && path === 'chaos' ? ['GET', 'HEAD', 'PUT'] : [];
  const allowed = [...new Set([...reads, ...knobs, ...(actions.includes(path) ? ['POST'] : [])])];
  if (allowed.length === 0) return unknownAction(actions, path);
  const allow = allowed.join(', ');
  return problem(405, `This path can be asked with ${allow} only.`, { allow });
}

function unknownAction(actions: readonly string[], action: string): Response {
  const shown = JSON.stringify(action.slice(0, 60));
  return problem(404, `There is no action ${shown} here; there are ${actions.join(', ')}.`);
}

/** H2. */
function answerTo(error: Error, onError: (error: Error) => void = () => undefined): Response {
  if (error instanceof RequestRefused) return problem(error.status, error.message, error.headers);
  onError(error);
  const detail =
    error instanceof NotKept
      ? 'The participant failed; nothing of this request was kept.'
      : 'The server failed.';
  return problem(500, detail);
}
