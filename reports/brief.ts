// A brief for architects: one page that can be printed. The decision, what to change, the evidence for it, what speaks
// against it, and the seeds on which anybody can look for themselves.
//
// B1. What can be told apart and is better, or neither, is evidence; what is worse speaks against it. Of a policy that is
//     kept it is the other way round: what the others lose is evidence.
// B2. A metric that only follows from another is left out. What is left has bounds, so that one sheet of paper holds it.

import type { ComparedPolicy, CompareRecord, Metric } from '../simulator/compare-record.ts';
import { verdicts } from './compare.ts';
import { blocksOf, contendersOf } from './compare-rows.ts';
import { changesTo, type PolicyChange } from './policy-change.ts';
import { type PromiseRow, promiseRowsOf } from './promise-rows.ts';
import { weatherSentence } from './sensitivity-rows.ts';
import { counted, curly, number, percent } from './wording.ts';

/** What a brief says, for whichever format. */
export interface Brief {
  readonly title: string;
  readonly decision: string;
  readonly why: string;
  /** Empty when everything stays as it is. */
  readonly changes: readonly PolicyChange[];
  /** Which service levels each policy meets; empty when none are promised. */
  readonly promises: readonly string[];
  /** Metrics that can be told apart, in words. */
  readonly evidence: readonly string[];
  readonly caveats: readonly string[];
  /** Commands that show a seed on which the recommendation loses. */
  readonly replays: readonly string[];
  /** What is to be said where there are none. */
  readonly noReplays: string;
  readonly method: string;
}

const CHANGES_MAX = 6;
const EVIDENCE_MAX = 5;
const WORSE_MAX = 3;
const VERDICTS_MAX = 2;
const REPLAYS_MAX = 2;
const PROMISES_MAX = 3;
const MISSED_MAX = 2;
/** B2: the metric on the left says nothing that the one on the right does not. */
const FOLLOWS: Readonly<Record<string, string>> = {
  cost: 'calls',
  events: 'calls',
  compensated: 'completed',
};

/** Something that can be told apart, in words. */
interface Told {
  readonly text: string;
  readonly isWorse: boolean;
}

export function briefOf(record: CompareRecord): Brief {
  const { scenario, recommended, sentence, policies, seeds, sagasPerRun, rootSeed, profile, statistics } =
    record;
  const [baseline] = policies;
  const chosen = policies.find(({ name, role }) => name === recommended && role !== 'control') ?? baseline!;
  const isKept = chosen === baseline;
  const what = contendersOf(record);
  const { evidence, against } = isKept ? ofOthers(record) : ofChosen(record, chosen);
  const weather = weatherSentence(record);
  const promises = promisesOf(record, [chosen, baseline!]).map(curly);
  const taken = promises.length === 0 ? 0 : 1; // B2
  return {
    title: `Which ${what.one} for ${scenario}`,
    decision: isKept ? `Keep “${recommended}”.` : `Take “${recommended}” in place of “${baseline!.name}”.`,
    why: curly(sentence),
    changes: isKept ? [] : changesTo(chosen, baseline!, what.one).slice(0, CHANGES_MAX),
    promises,
    evidence: evidence.slice(0, EVIDENCE_MAX - taken),
    caveats: [
      ...verdicts({ ...record, policies: [chosen] }).slice(0, VERDICTS_MAX),
      ...missing(chosen),
      ...against.slice(0, WORSE_MAX - taken),
      ...losing(chosen, record.metrics),
      ...(weather === undefined ? [] : [weather]),
      ...record.assumptions.slice(-1), // how far it carries
    ].map(curly),
    replays: (chosen.pairs ?? [])
      .flatMap(({ worst }) => worst.slice(0, 1).flatMap(({ replay }) => replay ?? []))
      .slice(0, REPLAYS_MAX),
    noReplays: isKept
      ? `Nothing changes; how each ${what.one} does seed by seed stands in the comparison.`
      : 'There is no seed on which it loses, or none that a command can name.',
    method: `${number(policies.length - 1)} ${what.many} over the same ${counted(seeds, 'seed')} of ${counted(sagasPerRun, 'saga')}, root seed “${rootSeed}”, profile ${profile}; 95 % intervals from ${number(statistics.resamples)} resamples over seeds, told apart at ${percent(statistics.familyError)} after Holm.`,
  };
}

/** A line each, the chosen first, then the baseline; what would be too many is only counted. */
function promisesOf(record: CompareRecord, first: readonly ComparedPolicy[]): readonly string[] {
  const rows = promiseRowsOf(record).filter(({ role }) => role !== 'control');
  const rank = ({ policy }: PromiseRow): number => {
    const at = first.findIndex(({ name }) => name === policy);
    return at < 0 ? first.length : at;
  };
  const order = rows.toSorted((a, b) => rank(a) - rank(b));
  const full = order.slice(0, PROMISES_MAX).map(({ policy, met, missed }) => {
    const told = [...missed.slice(0, MISSED_MAX), ...andMore(missed.length - MISSED_MAX)].join('; ');
    return `"${policy}": ${met}${told === '' ? '' : `. Missed: ${told}`}.`;
  });
  return [...full, ...onlyCounted(order.slice(PROMISES_MAX))];
}

function onlyCounted(rows: readonly PromiseRow[]): readonly string[] {
  const [first, ...others] = rows;
  if (first === undefined) return [];
  if (others.length === 0) return [`"${first.policy}": ${first.met}.`];
  const missing = rows.filter(({ isMissed }) => isMissed).length;
  return [
    `${number(rows.length)} more: ${number(rows.length - missing)} miss none, ${number(missing)} miss some.`,
  ];
}

function andMore(count: number): readonly string[] {
  return count > 0 ? [`and ${number(count)} more`] : [];
}

/** What the chosen policy itself misses. */
function missing(chosen: ComparedPolicy): readonly string[] {
  const [row] = promiseRowsOf({ policies: [chosen] });
  if (row?.isMissed !== true) return [];
  return [`It misses ${number(row.missed.length)} of ${counted(chosen.slo!.length, 'service level')}.`];
}

function ofChosen(record: CompareRecord, chosen: ComparedPolicy) {
  const told = toldOf(record, chosen);
  return {
    evidence: told.flatMap(({ text, isWorse }) => (isWorse ? [] : [text])).slice(0, EVIDENCE_MAX),
    against: told.flatMap(({ text, isWorse }) => (isWorse ? [`Worse: ${text}`] : [])).slice(0, WORSE_MAX),
  };
}

/** One line of each policy that is not taken: what it loses first, and what it would have gained. */
function ofOthers(record: CompareRecord) {
  const others = record.policies.filter(({ role }) => role === 'contender');
  const first = (isWorse: boolean): readonly string[] =>
    others.flatMap((policy) => {
      const told = toldOf(record, policy).filter((one) => one.isWorse === isWorse);
      return told
        .slice(0, others.length === 1 ? EVIDENCE_MAX : 1)
        .map(({ text }) => `${policy.name}: ${text}`);
    });
  return {
    evidence: first(true).slice(0, EVIDENCE_MAX),
    against: first(false)
      .slice(0, WORSE_MAX)
      .map((text) => `Given up with ${text}`),
  };
}

/** What can be told apart of a policy: `completed sagas (higher is better): 66 %, +5.83 pt (+3.1 pt … +8.9 pt)`. */
function toldOf(record: CompareRecord, policy: ComparedPolicy): readonly Told[] {
  if (policy.role !== 'contender') return [];
  const at = record.policies.indexOf(policy);
  const blocks = blocksOf(record);
  return record.metrics.flatMap(({ id, better }: Metric, i) => {
    const { title, rows } = blocks[i]!;
    const { value, difference, interval, isDistinguishable } = rows[at]!;
    if (!isDistinguishable || record.metrics.some((other) => other.id === FOLLOWS[id])) return []; // B2
    const size = policy.metrics.find((metric) => metric.id === id)?.difference?.value ?? 0;
    const isWorse = better !== 'neither' && size < 0 === (better === 'higher');
    return [{ text: `${title}: ${value}, ${difference} (${interval})`, isWorse }];
  });
}

function losing({ pairs = [] }: ComparedPolicy, metrics: readonly Metric[]): readonly string[] {
  return pairs
    .filter(({ worse }) => worse > 0)
    .map(({ id, worse, better, equal }) => {
      const all = counted(worse + better + equal, 'seed');
      const title = metrics.find((metric) => metric.id === id)?.title ?? id;
      return `It does worse in ${title} on ${number(worse)} of ${all}.`;
    });
}
