// `sagastorm diagnose`: reads a store beside its server, and says why sagas went wrong and what helps.

import { UserError } from '../engine/core/user-error.ts';
import { liveNowUs, troubledSagas } from '../engine/live/index.ts';
import {
  type Diagnosis,
  type DiagnosisSummary,
  diagnoseAll,
  type ManyFacts,
  servicesIn,
  summaryOf,
} from '../engine/observe/index.ts';
import { counted, duration } from '../reports/index.ts';
import { type GivenFlags, refuseWords } from './command-line.ts';
import { DIAGNOSE } from './commands/diagnose.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { textOf as flagText, isGiven } from './flags.ts';
import { loadDefinitions } from './saga-definitions.ts';
import { type OpenStore, openedStore } from './store-upkeep.ts';
import { palette, print } from './terminal.ts';

const BOUNDS = { hours: 24, sagasMax: 10_000 };
/** Sagas that are told one by one. */
const TOLD_MAX = 20;

/** @throws UserError `missing-argument`, `saga-and-all`, `unknown-saga`, `no-store`, and those of a store */
export async function diagnoseSagas(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const [saga, ...extra] = words;
  refuseWords(extra, DIAGNOSE);
  if (saga !== undefined && isGiven(given, 'all')) {
    throw new UserError('saga-and-all', 'diagnose takes a saga or --all, not both', 'Leave one of them out.');
  }
  if (saga === undefined && !isGiven(given, 'all')) {
    const hint = 'Write sagastorm diagnose --all for those of the last day.';
    throw new UserError('missing-argument', 'diagnose needs a saga, or --all', hint);
  }
  const store = await openedStore(given);
  try {
    const diagnoses = await diagnosesOf(store, saga, await servicesBy(flagText(given, 'definitions')));
    const summary = summaryOf(diagnoses);
    if (isGiven(given, 'json')) print(`${JSON.stringify({ summary, diagnoses })}\n`);
    else print(textOf(diagnoses, summary, isGiven(given, 'no-color')));
  } finally {
    await store.close();
  }
  return EXIT.held;
}

/** Of a saga that did not bring its definition along, the services that a module names. */
async function servicesBy(module: string | undefined): Promise<ManyFacts['servicesOf'] & {}> {
  if (module === undefined) return servicesIn;
  const definitions = await loadDefinitions(module);
  return (log) => {
    const first = log[0]?.event;
    const own = definitions.find(
      ({ name, version }) =>
        first?.kind === 'saga-created' && name === first.definition && version === first.definitionVersion,
    );
    if (own === undefined) return servicesIn(log);
    return (step) => own.steps.find(({ name }) => name === step)?.service ?? step;
  };
}

async function diagnosesOf(
  store: OpenStore,
  saga: string | undefined,
  servicesOf: ManyFacts['servicesOf'] & {},
): Promise<readonly Diagnosis[]> {
  const { logs, others } = await troubledSagas(store, BOUNDS);
  const nowUs = liveNowUs();
  if (saga === undefined) return diagnoseAll({ logs, others, servicesOf, nowUs });
  const log = await store.logOf(saga);
  if (log.length === 0) {
    const hint = '`sagastorm diagnose --all` tells of all that did not complete.';
    throw new UserError('unknown-saga', `the store knows no saga "${saga}"`, hint);
  }
  const beside = [...logs, ...others].filter(([first]) => first?.saga !== saga);
  return diagnoseAll({ logs: [log], others: beside, servicesOf, nowUs });
}

function textOf(diagnoses: readonly Diagnosis[], summary: DiagnosisSummary, isPlain: boolean): string {
  if (diagnoses.length === 0) return 'Every saga of the last 24 hours completed.\n';
  const colors = palette(isPlain);
  const troubled = diagnoses.filter((one) => one.pattern !== 'none');
  const shown = diagnoses.length === 1 ? diagnoses : troubled.slice(0, TOLD_MAX);
  const blocks = shown.map((one) => {
    const { saga, status, cause, evidence, remedy, service } = one;
    const where = service === undefined ? '' : ` · ${service}`;
    return [
      ` ${colors.bold(saga)} ${status}: ${colors.yellow(one.class)}${where} — ${cause}`,
      ...evidence.map((line) => `     · ${line}`),
      `     → ${remedy}`,
      '',
    ].join('\n');
  });
  if (diagnoses.length === 1) return blocks.join('');
  const rest = troubled.length - shown.length;
  return `${blocks.join('')}${rest > 0 ? ` ${counted(rest, 'more saga')} with --json\n` : ''}\n${summaryText(summary)}`;
}

function summaryText({
  sagas,
  classes,
  errorPatterns,
  serviceFailures,
  meanDurationUs,
}: DiagnosisSummary): string {
  const listed = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`)
      .join(' · ') || 'none';
  return [
    ` ${counted(sagas, 'saga')} that did not complete, or not yet · ${duration(meanDurationUs)} on average`,
    `   classes   ${listed(classes)}`,
    `   errors    ${listed(errorPatterns)}`,
    `   failed attempts by service   ${listed(serviceFailures)}`,
    '',
  ].join('\n');
}
