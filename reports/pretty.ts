// The report for people, on a terminal: verdict first, then each distinct failure, then what was checked.

import type {
  FaultMark,
  RecordedLive,
  RecordedViolation,
  RunRecord,
  ShrunkFailure,
  Verdict,
} from '../simulator/run-record.ts';
import { labelled, together, wrap } from './layout.ts';
import { loadRows } from './load.ts';
import type { NotRun } from './not-run.ts';
import { objectiveText } from './objectives.ts';
import { policyRows } from './policy.ts';
import {
  alikeWords,
  counted,
  duration,
  durations,
  FAULTS_SHOWN_MAX,
  number,
  oftenWords,
  percent,
} from './wording.ts';

/** Wraps text in the codes of a colour, or leaves it as it is. */
export type Paint = (text: string) => string;

/** The colours that the report uses. */
export type Palette = Readonly<Record<'bold' | 'dim' | 'green' | 'red' | 'yellow', Paint>>;

export interface PrettyOptions {
  readonly colors: Palette;
  /** Columns of the terminal. */
  readonly width: number;
  /** Where the record was stored, if it was. */
  readonly stored?: string;
  /** Where its page was written, if it was. */
  readonly page?: string;
  /** Where the command ran, from the root of the repository; files are told from there. Left out: the root. */
  readonly folder?: string;
  /** Scenarios that came to no record; told by reports of all records. */
  readonly notRun?: readonly NotRun[];
}

const LABEL_COLUMN = 13;
const SHOWN_MAX = 5;
const CELLS_SHOWN_MAX = 6;
const REASONS_SHOWN_MAX = 3;

/** How a verdict is told: its sign, its words and its colour. */
export const VERDICTS: Readonly<Record<Verdict, { mark: string; words: string; color: keyof Palette }>> = {
  held: { mark: '✓', words: 'HELD', color: 'green' },
  violated: { mark: '✗', words: 'VIOLATED', color: 'red' },
  inconclusive: { mark: '?', words: 'INCONCLUSIVE', color: 'yellow' },
  'slo-missed': { mark: '✗', words: 'SLO MISSED', color: 'yellow' },
  nondeterministic: { mark: '✗', words: 'NOT DETERMINISTIC', color: 'red' },
};

/** Renders one record; the text ends in a newline. */
export function renderPretty(record: RunRecord, options: PrettyOptions): string {
  const { bold } = options.colors;
  const lines = [
    ...wrap(title(record), options.width).map(bold),
    '',
    ...outcome(record, options),
    ...divergence(record, options),
    ...record.violations.slice(0, SHOWN_MAX).flatMap((violation) => failure(violation, record, options)),
    ...more(record.violations.length - SHOWN_MAX, 'further distinct failure', options),
    ...inconclusive(record, options),
    '',
    ...summary(record, options),
    ...wrap(costs(record, options), options.width - 1).map((line) => options.colors.dim(` ${line}`)),
    '',
    ...verdict(record, options),
  ];
  return `${lines.join('\n')}\n`;
}

/** `1,000 runs × 100 sagas`. */
export function extent({ runs, sagasPerRun }: RunRecord): string {
  return `${counted(runs.total, 'run')} × ${counted(sagasPerRun, 'saga')}`;
}

function title(record: RunRecord): string {
  const version = record.version.split('.', 2).join('.');
  const seed = `${record.runs.total === 1 ? 'seed' : 'root seed'} "${record.rootSeed}"`;
  const protocol = record.protocol === undefined ? [] : [record.protocol];
  const policy = record.policy === 'default' ? [] : [`policy ${record.policy}`];
  const weather = record.explored === undefined ? record.profile : 'every fault';
  const real = record.live === undefined ? [] : ['for real'];
  return [
    `sagastorm ${version}`,
    record.scenario,
    extent(record),
    seed,
    weather,
    ...real,
    ...protocol,
    ...policy,
  ].join(' · ');
}

function outcome(
  { scenario, verdict, sagas, latencyUs, live }: RunRecord,
  { colors, width }: PrettyOptions,
): readonly string[] {
  const { mark, color } = VERDICTS[verdict];
  const ends: readonly (readonly [string, number])[] = [
    ['completed', sagas.completed],
    ['compensated', sagas.compensated],
    ['failed', sagas.failed],
    ['compensation failed', sagas.compensationFailed],
    ['resolved by hand', sagas.resolved ?? 0],
    ['still open', sagas.open],
  ];
  const shares = ends
    .filter(([, count], i) => i < 2 || count > 0)
    .map(([name, count]) => `${name} ${percent(sagas.started === 0 ? 0 : count / sagas.started)}`);
  const { count, p50, p99 } = latencyUs.saga;
  const times =
    count === 0 ? 'no saga ended' : `${durations({ p50, p99 })} (${live === undefined ? 'virtual' : 'real'})`;
  const head = ` ${mark} ${scenario}`;
  const painted = ` ${colors[color](mark)} ${colors.bold(scenario)}`;
  const texts = [...shares, ` ${times}`].map(together).join('  ');
  return labelled(head, texts, head.length + 3, width).map((line) => line.replace(head, painted));
}

function failure(
  violation: RecordedViolation,
  { runs }: RunRecord,
  { colors, width }: PrettyOptions,
): readonly string[] {
  const { invariant, message, saga, seed, atUs, faults, replay, notShrunk } = violation;
  const often = oftenWords(violation, runs.total);
  const who = saga === undefined ? 'at' : `saga ${saga} at`;
  const kinds = [...Map.groupBy(faults, ({ kind }) => kind)].map(([kind, list]) =>
    list.length === 1 ? kind : `${kind} (${number(list.length)}×)`,
  );
  const struck = saga === undefined ? 'faults' : 'struck by';
  return [
    '',
    ` ${colors.red('✗')} ${colors.bold(invariant)}   ${often}`,
    ...paragraph(message, width),
    ...(violation.also === undefined ? [] : paragraph(`and breaks ${violation.also.join(', ')}`, width)),
    ...(violation.alike === undefined ? [] : paragraph(alikeWords(violation.alike), width)),
    '',
    ...detail('seed', `"${seed}"   ${who} ${duration(atUs)}`, width),
    ...(violation.shrunk === undefined
      ? detail(struck, kinds.length === 0 ? 'no fault' : kinds.join(', '), width)
      : smallRun(violation.shrunk, width)),
    ...(notShrunk === undefined ? [] : detail('shrunk', `no: ${notShrunk}`, width)),
    ...detail('replay', together(replay), width),
    ...(violation.runTest === undefined ? [] : detail('test', together(violation.runTest), width)),
    ...(violation.debug === undefined ? [] : detail('debug', together(violation.debug), width)),
  ];
}

/** `(necessary)`; `(necessary, and 5 % milder is not enough)` when nothing milder that was tried does. */
function mark(found: FaultMark | undefined): string {
  if (found === undefined || !found.isNecessary) return '';
  return found.needsItsParameters ? ' (necessary, and 5 % milder is not enough)' : ' (necessary)';
}

/** What is left of the run, fault by fault. */
function smallRun(
  { faults, marks, sagas, events, from, isMinimal }: ShrunkFailure,
  width: number,
): readonly string[] {
  const sizes = [
    `${number(from.faults)} → ${counted(faults.length, 'fault')}`,
    `${number(from.sagas)} → ${counted(sagas, 'saga')}`,
    `${number(from.events)} → ${counted(events, 'event')}`,
  ];
  const open = isMinimal ? '' : ' (the budget is spent: `sagastorm shrink` goes on from the capsule)';
  return [
    ...detail('shrunk', `${sizes.join(', ')}${open}`, width),
    ...faults
      .slice(0, FAULTS_SHOWN_MAX)
      .flatMap((words, i) => detail('', `${words}${mark(marks[i])}`, width)),
    ...(faults.length > FAULTS_SHOWN_MAX
      ? detail('', `… and ${number(faults.length - FAULTS_SHOWN_MAX)} more, all in the capsule`, width)
      : []),
  ];
}

function divergence({ determinism }: RunRecord, { colors, width }: PrettyOptions): readonly string[] {
  const { checked, equal, divergence: found } = determinism;
  if (equal === checked) return [];
  const where =
    found === undefined
      ? paragraph(
          'Traced again, the runs agreed or were too large: try --seeds 50 with fewer --sagas.',
          width,
        )
      : [
          ...detail('seed', `"${found.seed}"   differs first in event ${number(found.index)}`, width),
          ...detail('  once', found.first, width),
          ...detail('  again', found.second, width),
        ];
  const often = `${number(checked - equal)} of ${counted(checked, 'repeated run')} differed`;
  return [
    '',
    ` ${colors.red('✗')} ${colors.bold('not deterministic')}   ${often}`,
    '',
    ...where,
    ...paragraph('Look for state that outlives a run: variables of a module, caches, counters.', width),
  ];
}

/** One labelled line under a heading. */
function detail(label: string, text: string, width: number): readonly string[] {
  return labelled(`   ${label}`, text, LABEL_COLUMN, width);
}

/** Running text under a heading. */
function paragraph(text: string, width: number): readonly string[] {
  return wrap(text, width - 3).map((line) => `   ${line}`);
}

function inconclusive({ inconclusive: runs }: RunRecord, options: PrettyOptions): readonly string[] {
  const { colors, width } = options;
  if (runs.length === 0) return [];
  const shown = runs
    .slice(0, SHOWN_MAX)
    .flatMap(({ seed, reason }) => paragraph(`seed "${seed}"   ${reason}`, width));
  return [
    '',
    ` ${colors.yellow('?')} ${colors.bold('inconclusive')}`,
    ...shown,
    ...more(runs.length - SHOWN_MAX, 'more', options, false),
  ];
}

function more(count: number, noun: string, { colors }: PrettyOptions, plural = true): readonly string[] {
  if (count <= 0) return [];
  const text = plural ? counted(count, noun) : `${number(count)} ${noun}`;
  return [colors.dim(`   … and ${text}, all in the run record`)];
}

function summary(record: RunRecord, { colors, width }: PrettyOptions): readonly string[] {
  return summaryRows(record).flatMap(([label, text]) =>
    labelled(` ${label}`, text, LABEL_COLUMN, width).map((line, i) =>
      i === 0 ? line.replace(label, colors.bold(label)) : line,
    ),
  );
}

/** What was checked and what it came to, as label and text; text that is to stay on one line is marked so. */
export function summaryRows(record: RunRecord): readonly (readonly [label: string, text: string])[] {
  return [
    ...stopped(record),
    ['INVARIANTS', invariants(record)],
    ...occasions(record),
    ...objectives(record),
    ...policyRows(record),
    ...loadRows(record),
    ...regressions(record),
    ['FAULTS', faults(record)],
    ['COVERAGE', coverage(record)],
    ...(record.explored === undefined ? [] : ([['EXPLORED', explored(record.explored)]] as const)),
    record.live === undefined ? ['DETERMINISM', determinism(record)] : ['PROCESSES', processes(record.live)],
    ...(record.live === undefined || record.verdict === 'held'
      ? []
      : ([['EVIDENCE', together(record.live.evidence)]] as const)),
    ['FINGERPRINT', record.fingerprint],
  ];
}

/** What must happen: named when it never did. */
function occasions({ sometimes }: RunRecord): readonly (readonly [string, string])[] {
  if (sometimes === undefined) return [];
  const never = sometimes.flatMap(({ name, times }) => (times === 0 ? [`"${name}"`] : []));
  const done = `${number(sometimes.length - never.length)}/${number(sometimes.length)} happened`;
  return [['SOMETIMES', never.length === 0 ? done : `${done} · never true: ${never.join(', ')}`]];
}

function objectives({ slo }: RunRecord): readonly (readonly [string, string])[] {
  if (slo === undefined) return [];
  const met = slo.filter(({ state }) => state === 'met').length;
  const rest = slo
    .filter(({ state }) => state !== 'met')
    .map((objective) =>
      objective.actual === undefined
        ? `not measured: ${objective.statement}`
        : `missed: ${objectiveText(objective)}`,
    );
  return [['SLO', [`${number(met)}/${number(slo.length)} met`, ...rest].join(' · ')]];
}

/** Failures that were found once. */
function regressions({ regressions: pinned }: RunRecord): readonly (readonly [string, string])[] {
  if (pinned === undefined) return [];
  const stale =
    pinned.stale === 0
      ? ''
      : ` · ${number(pinned.stale)} stale: their faults strike nothing any more, see \`sagastorm seeds list\``;
  const lost = pinned.lost.length === 0 ? '' : ` · cannot be run: ${pinned.lost.join(', ')}`;
  return [['REGRESSIONS', `${number(pinned.held)}/${number(pinned.total)} held${stale}${lost}`]];
}

/** `1,225 of 1,225`, what that means, and what was left out. */
function explored({ k, points, total, run, pruned }: NonNullable<RunRecord['explored']>): string {
  const what = k === 1 ? 'every fault by itself' : 'every fault by itself and every pair';
  const left =
    pruned === 0 ? '' : ` · ${number(pruned)} of them not run: their second fault has nothing to strike`;
  const missing = total - run - pruned;
  const done = `${number(run + pruned)} of ${number(total)} explored`;
  if (missing > 0 && k === 1) return `${done}, then it was stopped`;
  if (missing > 0) {
    const faults = counted(missing, 'single fault');
    return `${number(run + pruned)} explored, then it was stopped: ${faults} left, and every pair that begins with one of them`;
  }
  return `${done}: ${what} at ${number(points)} points${left}`;
}

/** Why forward work ended early; a saga that never completes is seldom what was meant. */
function stopped({ sagas, stopped: reasons = [] }: RunRecord): readonly (readonly [string, string])[] {
  if (reasons.length === 0) return [];
  const shown = reasons.slice(0, REASONS_SHOWN_MAX).map(({ reason, sagas: n }) => `${reason} (${number(n)})`);
  const more = reasons.length > REASONS_SHOWN_MAX ? ' · …' : '';
  const none = sagas.completed === 0 ? 'NO SAGA COMPLETED · ' : '';
  return [['STOPPED', `${none}${shown.join(' · ')}${more}`]];
}

function invariants({ invariants: all, runs, bound95 }: RunRecord): string {
  const idsOf = (state: string): readonly string[] =>
    all.filter((invariant) => invariant.state === state).map(({ id }) => id);
  const [held, violated, idle] = [idsOf('held'), idsOf('violated'), idsOf('not-exercised')];
  const parts = [`${held.length}/${held.length + violated.length} held`];
  if (bound95 !== undefined && runs.total > 1) {
    parts.push(`0 of ${counted(runs.held, 'run')} failed → true rate ≤ ${percent(bound95)} (95 %)`);
  }
  if (violated.length > 0)
    parts.push(
      `violated in ${number(runs.violated)} of ${counted(runs.total, 'run')}: ${violated.join(', ')}`,
    );
  if (idle.length > 0) parts.push(`nothing to judge for ${idle.join(', ')}`);
  return parts.join(' · ');
}

function faults({ faults: { delivered, undelivered }, profile }: RunRecord): string {
  const counts = Object.values(delivered);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length === 0 && undelivered.length === 0)
    return profile === 'calm' ? 'none: calm has none to deliver' : 'none';
  const done = `${counted(counts.length, 'kind')} delivered, ${number(total)} in all`;
  return undelivered.length === 0 ? done : `${done} · enabled and never delivered: ${undelivered.join(', ')}`;
}

function coverage({ coverage: { cells, hit, missing } }: RunRecord): string {
  const done = `${number(hit)}/${number(cells)} state × fault cells`;
  if (missing.length === 0) return done;
  const more = missing.length > CELLS_SHOWN_MAX ? `, … (${number(missing.length)})` : '';
  return `${done} · never: ${missing.slice(0, CELLS_SHOWN_MAX).map(together).join(', ')}${more}`;
}

/** What took part in a run for real. */
function processes({ store, orchestrators, kills, lives }: RecordedLive): string {
  return [
    `${counted(orchestrators, 'orchestrator')} on ${store === 'sqlite' ? 'SQLite' : 'PostgreSQL'}`,
    `${number(lives)} processes started`,
    `killed: ${number(kills.orchestrator)} × orchestrator, ${number(kills.participant)} × participant`,
  ].join(' · ');
}

function determinism({ determinism: { checked, equal } }: RunRecord): string {
  if (checked === 0) return 'no run was repeated';
  return `${number(equal)}/${counted(checked, 'run')} repeated identically`;
}

function costs({ virtualUs, events, meta, live }: RunRecord, { stored, page }: PrettyOptions): string {
  return [
    ...(live === undefined ? [`${duration(virtualUs)} of virtual time`] : []),
    counted(events, 'event'),
    duration(meta.wallMs * 1000),
    `${number(meta.sagasPerSecond)} sagas/s`,
    ...(stored === undefined ? [] : [stored]),
    ...(page === undefined ? [] : [together(`report ${page}`)]),
  ].join(' · ');
}

/** One word, unless it is no run that was violated. */
function verdict(
  { verdict, runs, violations, sometimes = [] }: RunRecord,
  { colors, width }: PrettyOptions,
): readonly string[] {
  const { words, color } = VERDICTS[verdict];
  const isByAbsence = verdict === 'violated' && runs.violated === 0 && violations.length === 0;
  const never = sometimes.flatMap(({ name, times }) => (times === 0 ? [`"${name}"`] : []));
  const why = isByAbsence ? `: every run held, and never was true: ${never.join(', ')}` : '';
  return wrap(`${words}${why}`, width - 1).map(
    (line) => ` ${line.replace(words, (found) => colors.bold(colors[color](found)))}`,
  );
}
