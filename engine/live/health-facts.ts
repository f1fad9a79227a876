// What a report of the health of sagas is made of, read from a store.

import type { StoredEvent } from '../core/ports.ts';
import type { SagaStatus } from '../core/saga-event.ts';
import type { HealthFacts } from '../core/saga-health.ts';
import { liveNowUs } from './clock.ts';
import { PAGE_MAX, type SagaQueries, type SagaQuery, type SagaRow } from './saga-catalogue.ts';

const DAY_US = 86_400_000_000;
const OPEN: readonly SagaStatus[] = ['created', 'running', 'compensating', 'compensation_failed'];
const ENDED: readonly SagaStatus[] = ['completed', 'compensated', 'failed', 'resolved'];

/** How much of a store is read for a report of its health. */
export interface HealthBounds {
  /** Sagas of the last 24 hours that are looked at, newest first, and open ones whose logs are read. */
  readonly sagasMax: number;
  /** Logs of sagas that ended that are read, newest first. */
  readonly sampleMax: number;
  /**
   * Open sagas that are known to be stuck: only their logs are read, and those of sagas that wait for a person. Left out:
   * the logs of all open sagas are, to find out.
   */
  readonly stuck?: readonly string[];
}

/**
 * For `healthOf`. Asks for pages and single logs, so that others have their turn.
 *
 * @throws UserError `store-failed`
 */
export async function healthFacts(catalogue: SagaQueries, bounds: HealthBounds): Promise<HealthFacts> {
  const { sagasMax, sampleMax, stuck } = bounds;
  const nowUs = liveNowUs();
  const sagas = await rowsOf(catalogue, { createdFromUs: nowUs - DAY_US }, sagasMax);
  const sample = await logsOf(catalogue, await rowsOf(catalogue, { statuses: ENDED }, sampleMax));
  if (stuck === undefined) {
    const open = await logsOf(catalogue, await rowsOf(catalogue, { statuses: OPEN }, sagasMax));
    return { sagas, sample, open, nowUs };
  }
  const counts = await catalogue.counts();
  const countOf = (statuses: readonly SagaStatus[]): number =>
    counts.reduce((sum, { status, count }) => sum + (statuses.includes(status) ? count : 0), 0);
  const persons = await rowsOf(catalogue, { statuses: ['compensation_failed'] }, sagasMax);
  const ids = [...new Set([...persons.map(({ saga }) => saga), ...stuck])];
  const open = await logsOf(
    catalogue,
    ids.slice(0, sagasMax).map((saga) => ({ saga })),
  );
  const unread = {
    active: Math.max(0, countOf(OPEN) - open.length),
    stuck: Math.max(0, ids.length - open.length) + countOf(['compensation_failed']) - persons.length,
  };
  return { sagas, sample, open, unread, nowUs };
}

/** The newest rows, page by page, at most so many. @throws UserError `store-failed` */
export async function rowsOf(
  catalogue: SagaQueries,
  query: Omit<SagaQuery, 'limit'>,
  most: number,
): Promise<readonly SagaRow[]> {
  const rows: SagaRow[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const limit = Math.min(PAGE_MAX, most);
    const page = await catalogue.find({ ...query, limit, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...page.sagas);
    cursor = rows.length < most ? page.next : undefined;
  }
  return rows.slice(0, most);
}

/** The logs of these sagas, one by one. @throws UserError `store-failed` */
export async function logsOf(
  catalogue: SagaQueries,
  sagas: readonly { readonly saga: string }[],
): Promise<readonly (readonly StoredEvent[])[]> {
  const logs: (readonly StoredEvent[])[] = [];
  for (const { saga } of sagas) logs.push(await catalogue.logOf(saga));
  return logs;
}
