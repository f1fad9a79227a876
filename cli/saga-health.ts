// `sagastorm health`: reads a store beside its server, and says how its sagas fare.

import type { StoredEvent } from '../engine/core/ports.ts';
import type { SagaStatus } from '../engine/core/saga-event.ts';
import { healthOf, type SagaHealth, type StepHealth } from '../engine/core/saga-health.ts';
import { liveNowUs, PAGE_MAX, type SagaQuery, type SagaRow } from '../engine/live/index.ts';
import { counted, duration, number, percent } from '../reports/index.ts';
import { type GivenFlags, refuseWords } from './command-line.ts';
import { HEALTH } from './commands/health.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { isGiven } from './flags.ts';
import { type OpenStore, openedStore } from './store-upkeep.ts';
import { palette, print } from './terminal.ts';

const DAY_US = 86_400_000_000;
const OPEN: readonly SagaStatus[] = ['created', 'running', 'compensating', 'compensation_failed'];
const ENDED: readonly SagaStatus[] = ['completed', 'compensated', 'failed'];
/** Sagas of the day that are looked at, newest first, and logs of those that ended. */
const SAGAS_MAX = 100_000;
const SAMPLE_MAX = 1_000;

/** @throws UserError `no-store`, and those of a store */
export async function health(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  refuseWords(words, HEALTH);
  const store = await openedStore(given);
  try {
    const nowUs = liveNowUs();
    const sagas = await listed(store, { createdFromUs: nowUs - DAY_US }, SAGAS_MAX);
    const open = await listed(store, { statuses: OPEN }, SAGAS_MAX);
    const sample = await listed(store, { statuses: ENDED }, SAMPLE_MAX);
    const found = healthOf({
      sagas,
      open: await logsOf(store, open),
      sample: await logsOf(store, sample),
      nowUs,
    });
    print(isGiven(given, 'json') ? `${JSON.stringify(found)}\n` : textOf(found, isGiven(given, 'no-color')));
  } finally {
    await store.close();
  }
  return EXIT.held;
}

async function listed(
  store: OpenStore,
  query: Omit<SagaQuery, 'limit'>,
  most: number,
): Promise<readonly SagaRow[]> {
  const rows: SagaRow[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = await store.find({ ...query, limit: PAGE_MAX, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...page.sagas);
    cursor = rows.length < most ? page.next : undefined;
  }
  return rows.slice(0, most);
}

async function logsOf(
  store: OpenStore,
  sagas: readonly SagaRow[],
): Promise<readonly (readonly StoredEvent[])[]> {
  const logs: (readonly StoredEvent[])[] = [];
  for (const { saga } of sagas) logs.push(await store.logOf(saga));
  return logs;
}

const SIGN = { healthy: '✓', degraded: '!', unhealthy: '✗' } as const;

function textOf(found: SagaHealth, isPlain: boolean): string {
  const { overall, active, ended, successRate, compensationRate, meanUs, stuck, steps } = found;
  const colors = palette(isPlain);
  const paint = { healthy: colors.green, degraded: colors.yellow, unhealthy: colors.red }[overall];
  const day =
    successRate === undefined
      ? 'none ended'
      : `${counted(ended, 'saga')} ended · completed ${percent(successRate)} · undone ${percent(compensationRate!)} · ${duration(meanUs!)} on average`;
  const lines = [
    ` ${paint(`${SIGN[overall]} ${overall}`)}`,
    '',
    `   open       ${number(active)}, of which ${number(stuck.length)} stuck`,
    `   last 24 h  ${day}`,
    ...(steps.length === 0 ? [] : ['', '   steps, of the last that ended']),
    ...steps.map(stepText),
    ...(found.reasons.length === 0 ? [] : ['']),
    ...found.reasons.map((reason) => `   · ${reason}`),
    ...found.recommendations.map((todo) => `   → ${todo}`),
  ];
  return `${lines.join('\n')}\n`;
}

function stepText({ step, calls, atOnce, retries, rejected, meanUs, timeShare }: StepHealth): string {
  return `     ${step.padEnd(20)} ${number(calls)} calls · ${percent(atOnce)} at once · ${number(retries)} retries · ${number(rejected)} rejected · ${duration(Math.round(meanUs))} · ${percent(timeShare)} of the time`;
}
