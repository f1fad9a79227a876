// `sagastorm health`: reads a store beside its server, and says how its sagas fare.

import { healthOf, type SagaHealth, type StepHealth } from '../../engine/core/saga-health.ts';
import { healthFacts } from '../../engine/live/index.ts';
import { counted, duration, number, percent } from '../../reports/wording.ts';
import { type GivenFlags, refuseWords } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isGiven } from '../flags.ts';
import { HEALTH } from '../specs.ts';
import { storeToRead } from '../store-upkeep.ts';
import { palette, print } from '../terminal.ts';

const SAGAS_MAX = 100_000;
const SAMPLE_MAX = 1_000;

/** @throws UserError `no-store`, and those of a store */
export async function health(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  refuseWords(words, HEALTH);
  const store = await storeToRead(given);
  try {
    const found = healthOf(await healthFacts(store, { sagasMax: SAGAS_MAX, sampleMax: SAMPLE_MAX }));
    print(isGiven(given, 'json') ? `${JSON.stringify(found)}\n` : textOf(found, isGiven(given, 'no-color')));
  } finally {
    await store.close();
  }
  return EXIT.held;
}

const SIGN = { healthy: '✓', degraded: '!', unhealthy: '✗' } as const;

function textOf(found: SagaHealth, isPlain: boolean): string {
  const { overall, active, steps } = found;
  const colors = palette(isPlain);
  const paint = { healthy: colors.green, degraded: colors.yellow, unhealthy: colors.red }[overall];
  const lines = [
    ` ${paint(`${SIGN[overall]} ${overall}`)}`,
    '',
    `   open       ${number(active)}, of which ${number(found.stuckCount)} stuck`,
    `   last 24 h  ${dayText(found)}`,
    ...(steps.length === 0
      ? []
      : [
          '',
          `   steps, of the last that ended${found.stuck.some(({ waitsFor }) => waitsFor === 'person') ? ', and of those that wait for a person' : ''}`,
        ]),
    ...steps.map(stepText),
    ...(found.reasons.length === 0 ? [] : ['']),
    ...found.reasons.map((reason) => `   · ${reason}`),
    ...found.recommendations.map((todo) => `   → ${todo}`),
    ...(found.suggestions.length === 0 ? [] : ['', '   to make it faster']),
    ...found.suggestions.map(
      ({ description, impact, effort }) => `   + ${description} (impact ${impact}, effort ${effort})`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function dayText({ ended, waitForPerson, successRate, compensationRate, meanUs }: SagaHealth): string {
  if (successRate === undefined || compensationRate === undefined) return 'none ended';
  return [
    `${counted(ended, 'saga')} ended`,
    ...(waitForPerson === 0 ? [] : [`${number(waitForPerson)} wait for a person`]),
    `completed ${percent(successRate)}`,
    `undone ${percent(compensationRate)}`,
    ...(meanUs === undefined ? [] : [`${duration(meanUs)} on average`]),
  ].join(' · ');
}

function stepText(one: StepHealth): string {
  const { step, calls, atOnce, retries, rejected, failedUndos, meanUs, timeShare } = one;
  const undos = failedUndos === 0 ? '' : ` · ${number(failedUndos)} failed undos`;
  return `     ${step.padEnd(20)} ${number(calls)} calls · ${percent(atOnce)} at once · ${number(retries)} retries · ${number(rejected)} rejected${undos} · ${duration(Math.round(meanUs))} · ${percent(timeShare)} of the time`;
}
