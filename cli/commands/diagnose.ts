// `sagastorm diagnose`: reads a store beside its server, and says why sagas went wrong and what helps.

import { UserError } from '../../engine/core/user-error.ts';
import { liveNowUs, troubledSagas } from '../../engine/live/index.ts';
import {
  type Book,
  type Diagnosis,
  type DiagnosisSummary,
  diagnoseAll,
  effectsIn,
  type ManyFacts,
  type PaymentReport,
  paymentReport,
  type StockReport,
  servicesIn,
  stockReports,
  summaryOf,
} from '../../engine/observe/index.ts';
import { counted, duration } from '../../reports/wording.ts';
import { booksText } from '../books-of-a-saga.ts';
import { type GivenFlags, refuseWords } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { textOf as flagText, isGiven, textsOf } from '../flags.ts';
import { loadDefinitions } from '../saga-definitions.ts';
import { bookSources, readBooks } from '../service-books.ts';
import { DIAGNOSE } from '../specs.ts';
import { logBy, noLogOf, type ReadStore, storeToRead } from '../store-upkeep.ts';
import { palette, print } from '../terminal.ts';

const BOUNDS = { hours: 24, sagasMax: 10_000 };
/** Groups of sagas that are told one by one, and the sagas that are named of those that fared as the first of a group. */
const TOLD_MAX = 20;
const NAMED_MAX = 3;

/** @throws UserError `missing-argument`, `saga-and-all`, `unknown-saga`, `retired-saga`, `no-store`, and those of a store */
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
  const books = textsOf(given, 'against').length > 0 ? await readBooks(bookSources(given)) : [];
  const store = await storeToRead(given);
  try {
    const { diagnoses, ...booked } = await found(store, saga, {
      books,
      servicesOf: await servicesBy(flagText(given, 'definitions')),
    });
    const summary = summaryOf(diagnoses);
    const isPlain = isGiven(given, 'no-color');
    if (isGiven(given, 'json')) print(`${JSON.stringify({ summary, diagnoses, ...booked })}\n`);
    else print(textOf(diagnoses, summary, isPlain) + booksText(booked, isPlain));
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

/** What is to be told: of one saga also what the books have of it. */
interface Found {
  readonly diagnoses: readonly Diagnosis[];
  readonly stock?: readonly StockReport[];
  readonly payments?: PaymentReport;
}

async function found(
  store: ReadStore,
  saga: string | undefined,
  {
    books,
    servicesOf,
  }: { readonly books: readonly Book[]; readonly servicesOf: ManyFacts['servicesOf'] & {} },
): Promise<Found> {
  const { logs, others } = await troubledSagas(store, BOUNDS);
  const effects = books.length === 0 ? {} : { effectsOf: effectsIn(books) };
  const facts = { servicesOf, nowUs: liveNowUs(), ...effects };
  if (saga === undefined) return { diagnoses: diagnoseAll({ logs, others, ...facts }) };
  const log = await logBy(store, saga);
  if (log.length === 0) {
    const hint = '`sagastorm diagnose --all` tells of all that did not complete.';
    throw await noLogOf(store, saga, hint);
  }
  const beside = [...logs, ...others].filter(([first]) => first?.saga !== log[0]!.saga);
  const diagnoses = diagnoseAll({ logs: [log], others: beside, ...facts });
  if (books.length === 0) return { diagnoses };
  const byId = new Map(beside.map((one) => [one[0]!.saga, one]));
  const asked = { log, books, logOf: (id: string) => byId.get(id) };
  const payments = paymentReport(asked);
  return { diagnoses, stock: stockReports(asked), ...(payments === undefined ? {} : { payments }) };
}

function textOf(diagnoses: readonly Diagnosis[], summary: DiagnosisSummary, isPlain: boolean): string {
  if (diagnoses.length === 0) return 'Every saga of the last 24 hours completed.\n';
  const colors = palette(isPlain);
  const troubled = diagnoses.filter((one) => one.pattern !== 'none');
  const groups = diagnoses.length === 1 ? [diagnoses] : alike(troubled);
  const shown = groups.slice(0, TOLD_MAX);
  const blocks = shown.map(([first, ...others]) => {
    const one = first!;
    const { saga, status, cause, evidence, remedy, service } = one;
    const where = service === undefined ? '' : ` · ${service}`;
    return [
      ` ${colors.bold(saga)} ${status}: ${colors.yellow(one.class)}${where} — ${cause}`,
      ...evidence.map((line) => `     · ${line}`),
      `     → ${remedy}`,
      ...(others.length === 0 ? [] : [`     the same of ${namesOf(others)}`]),
      '',
    ].join('\n');
  });
  if (diagnoses.length === 1) return blocks.join('');
  const rest = groups.slice(TOLD_MAX).flat().length;
  return `${blocks.join('')}${rest > 0 ? ` ${counted(rest, 'more saga')} with --json\n` : ''}\n${summaryText(summary)}`;
}

/** Those of which the same is told, the commonest first. */
function alike(diagnoses: readonly Diagnosis[]): readonly (readonly Diagnosis[])[] {
  const groups = Map.groupBy(diagnoses, ({ status, class: is, service, cause, evidence, remedy }) =>
    JSON.stringify([status, is, service, cause, evidence, remedy]),
  );
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

function namesOf(diagnoses: readonly Diagnosis[]): string {
  const names = diagnoses.slice(0, NAMED_MAX).map(({ saga }) => saga);
  const more = diagnoses.length - names.length;
  return `${counted(diagnoses.length, 'other')}: ${names.join(', ')}${more > 0 ? ', …' : ''}`;
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
    `   failed attempts   ${listed(serviceFailures)}`,
    '',
  ].join('\n');
}
