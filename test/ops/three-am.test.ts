// The 3 AM drill in virtual time: how soon somebody is woken, what they are told, and when the last order is repaired.

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { seriesOf } from '../../cli/metric-series.ts';
import { isChosen } from '../../engine/core/repair-selection.ts';
import {
  diagnoseAll,
  isReconciled,
  policies,
  reconcile,
  type StoredEvent,
  summaryOf,
} from '../../engine/index.ts';
import threeAm, { ONE_COMMAND, WALLET_AWAY } from '../../scenarios/three-am.ts';
import { logsOf, type ObservedRun, observed, prepare } from '../../simulator/campaign/index.ts';
import type { Incident } from '../../simulator/index.ts';
import { alertsOf, UNTIL_MIN } from './simulated-run.ts';

const S = 1_000_000;
const AWAY_S = WALLET_AWAY.fromMs / 1_000;
const BACK_S = (WALLET_AWAY.fromMs + WALLET_AWAY.forMs) / 1_000;
/** What guides for on call promise for the whole of it, from the alert on. */
const MINUTES_PROMISED = 15;

async function drill(incidents: readonly Incident[], policy = threeAm.policy): Promise<ObservedRun> {
  const job = await prepare({ scenario: 'three-am', profile: 'calm' });
  const scenario = { ...threeAm, incidents, policy };
  return observed({ ...job, scenario, sagas: scenario.sagasPerRun }, '3am', {});
}

/** Seconds of virtual time at which an event of this kind was written. */
function timesOf({ happenings }: ObservedRun, kind: StoredEvent['event']['kind']): readonly number[] {
  return happenings.flatMap((one) =>
    one.kind === 'written' && one.batch.events.some((event) => event.kind === kind) ? [one.atUs / S] : [],
  );
}

/** As of a second of virtual time. */
function logsAt({ happenings }: ObservedRun, second: number): readonly (readonly StoredEvent[])[] {
  return [...logsOf(happenings.filter(({ atUs }) => atUs <= second * S)).values()];
}

const minutes = (s: number): string => `${Math.floor(s / 60)}:${(s % 60).toFixed(1).padStart(4, '0')}`;

const isOpen = (log: readonly StoredEvent[]): boolean =>
  !/^saga-(completed|compensated|failed)$/.test(log.at(-1)!.event.kind);

describe('the wallet provider is away for three minutes', () => {
  let run: ObservedRun;
  beforeAll(async () => {
    run = await drill([WALLET_AWAY]);
  });

  test('30 % of the orders since then are stuck, and the others are not touched', () => {
    const since = logsAt(run, BACK_S).filter(([first]) => first!.atUs > AWAY_S * S);
    const stuck = since.filter(isOpen);
    expect(stuck.length / since.length).toBeGreaterThan(0.27);
    expect(stuck.length / since.length).toBeLessThan(0.33);
    for (const [first] of stuck) expect(first!.event).toMatchObject({ definition: 'checkout-wallet' });
  });

  test('it is detected within 30 s, and the alert for the error budget comes with it', async () => {
    const told = alertsOf(await seriesOf(run.happenings, UNTIL_MIN * 60 * S));
    const [firstMin] = told.CompensationFailed!;
    expect(firstMin * 60 - AWAY_S).toBeLessThan(30);
    expect(firstMin * 60).toBeGreaterThanOrEqual(timesOf(run, 'saga-compensation-failed')[0]!);
    expect(told.ManyStuckSagas![0]).toBe(firstMin);
    expect(told.ErrorBudgetBurnVeryFast![0]).toBe(firstMin);
    expect(told.ManyStuckSagas![1] * 60).toBeLessThanOrEqual(BACK_S); // and it is over when they are repaired
  });

  test('the diagnosis names what was put there, at its service', () => {
    const diagnoses = diagnoseAll({
      logs: logsAt(run, AWAY_S + 60),
      servicesOf: (log) => {
        const created = log[0]!.event;
        const steps = run.services.get(created.kind === 'saga-created' ? created.definition : '');
        return (step) => steps?.get(step) ?? step;
      },
      nowUs: (AWAY_S + 60) * S,
    });
    const { primary, serviceFailures } = summaryOf(diagnoses);
    expect(primary).toBe('compensating-failure');
    expect(Object.keys(serviceFailures)).toEqual(['wallet']);
    const stuck = diagnoses.filter((one) => one.class === 'compensating-failure');
    expect(stuck.length).toBeGreaterThan(50);
    for (const one of stuck)
      expect(one).toMatchObject({ service: 'wallet', primaryError: 'connection_failure' });
  });

  test('before it is repaired the books say that nothing is lost: all that waits is in doubt', () => {
    const { booked, happenings, services } = run;
    const names = new Set([...services.values()].flatMap((steps) => [...steps.values()]));
    const found = reconcile({
      logs: logsOf(happenings.filter(({ atUs }) => atUs <= BACK_S * S)).values(),
      books: [...names].map((service) => ({
        service,
        entries: booked
          .filter((one) => one.service === service && one.atUs <= BACK_S * S)
          .map(({ entry }) => entry),
      })),
    });
    expect(isReconciled(found)).toBe(true);
    expect(found.inDoubt.filter(({ settle }) => settle.act === 'resume').length).toBeGreaterThan(150);
  });

  test('one command, by the code of the command line, repairs all that are stuck then, and nobody else has to', () => {
    const { result } = run;
    const stuck = timesOf(run, 'saga-compensation-failed');
    const resumed = run.happenings.flatMap((one) =>
      one.kind === 'written' ? one.batch.events.filter(({ kind }) => kind === 'compensation-resumed') : [],
    );
    expect(resumed).toHaveLength(stuck.length);
    for (const event of resumed) expect(event).toMatchObject({ act: { id: 'three-am', by: 'anna' } });
    const looked = logsAt(run, BACK_S).filter((log) => isChosen('resume', ONE_COMMAND, log, BACK_S * S));
    expect(looked).toHaveLength(stuck.length);
    expect(logsAt(run, Number.POSITIVE_INFINITY).filter(isOpen)).toEqual([]);
    const repairedS = timesOf(run, 'saga-compensated').at(-1)!;
    expect(repairedS - BACK_S).toBeLessThan(60);
    expect((repairedS - AWAY_S) / 60).toBeLessThan(MINUTES_PROMISED / 3);
    expect(result).toMatchObject({ verdict: 'held', sagas: { open: 0, compensationFailed: 0 } });
    expect(result.sagas.resumed).toBe(stuck.length);
  });

  test('the times are those of the runbook', async () => {
    const told = alertsOf(await seriesOf(run.happenings, UNTIL_MIN * 60 * S));
    const rows = {
      'the provider goes away': AWAY_S,
      'the first order is stuck': timesOf(run, 'saga-compensation-failed')[0]!,
      alert: told.CompensationFailed![0] * 60,
      'the provider is back, one command': ONE_COMMAND.atMs / 1_000,
      'the last stuck order is compensated': timesOf(run, 'saga-compensated').at(-1)!,
    };
    const words = Object.entries(rows).map(([what, s]) => `| ${what} | ${minutes(s)} |`);
    expect(readFileSync('docs/runbook.md', 'utf8')).toContain(words.join('\n'));
  });
});

test('in a calm night nobody is woken', async () => {
  const run = await drill([]);
  expect(run.result.sagas).toMatchObject({ completed: run.result.sagas.started });
  expect(alertsOf(await seriesOf(run.happenings, UNTIL_MIN * 60 * S))).toEqual({});
});

test('with the policy `resilient` the same outage leaves nothing stuck', async () => {
  const run = await drill([WALLET_AWAY], policies.resilient);
  expect(timesOf(run, 'saga-compensation-failed')).toEqual([]);
  expect(run.result.sagas).toMatchObject({ open: 0 });
  expect(run.result.sagas.compensated).toBeLessThan(10);
});
