// A brief for architects: one page that can be printed. The decision, the evidence for it, what speaks against it, and the
// seeds on which anybody can look for themselves.

import type { ComparedPolicy, CompareRecord, Metric } from '../simulator/compare-record.ts';
import { verdicts } from './compare.ts';
import { blocksOf } from './compare-rows.ts';
import { weatherSentence } from './sensitivity-rows.ts';
import { counted, number, percent } from './wording.ts';

/** What a brief says, for whichever format. */
export interface Brief {
  readonly title: string;
  readonly decision: string;
  readonly why: string;
  /** Metrics that can be told apart, in words. */
  readonly evidence: readonly string[];
  readonly caveats: readonly string[];
  /** Commands that show a seed on which the recommendation loses. */
  readonly replays: readonly string[];
  /** What is to be said where there are none. */
  readonly noReplays: string;
  readonly method: string;
}

const CAVEATS_MAX = 6;
const REPLAYS_MAX = 4;

export function briefOf(record: CompareRecord): Brief {
  const { scenario, recommended, sentence, policies, seeds, sagasPerRun, rootSeed, profile, statistics } =
    record;
  const [baseline] = policies;
  const chosen = policies.find(({ name, role }) => name === recommended && role !== 'control') ?? baseline!;
  const isKept = chosen === baseline;
  return {
    title: `Which policy for ${scenario}`,
    decision: isKept ? `Keep “${recommended}”.` : `Take “${recommended}” in place of “${baseline!.name}”.`,
    why: sentence,
    evidence: isKept ? policies.flatMap((policy) => toldOf(record, policy)) : toldOf(record, chosen),
    caveats: [
      ...verdicts(record),
      ...losing(chosen, record.metrics),
      ...(weatherSentence(record) === undefined ? [] : [weatherSentence(record)!]),
      ...record.assumptions,
    ].slice(0, CAVEATS_MAX),
    replays: (chosen.pairs ?? [])
      .flatMap(({ worst }) => worst.flatMap(({ replay }) => replay ?? []))
      .slice(0, REPLAYS_MAX),
    noReplays: isKept
      ? 'Nothing changes; how each policy does seed by seed stands in the comparison.'
      : 'There is no seed on which it loses, or none that a command can name.',
    method: `${number(policies.length - 1)} policies over the same ${counted(seeds, 'seed')} of ${counted(sagasPerRun, 'saga')}, root seed “${rootSeed}”, profile ${profile}; 95 % intervals from ${number(statistics.resamples)} resamples over seeds, told apart at ${percent(statistics.familyError)} after Holm.`,
  };
}

/** What can be told apart of a policy: `completed sagas (higher is better): 66 %, +5.83 pt (+3.1 pt … +8.9 pt)`. */
function toldOf(record: CompareRecord, policy: ComparedPolicy): readonly string[] {
  if (policy.role !== 'contender') return [];
  const at = record.policies.indexOf(policy);
  const blocks = blocksOf(record);
  return record.metrics.flatMap((_: Metric, i) => {
    const { title, rows } = blocks[i]!;
    const { value, difference, interval, isDistinguishable } = rows[at]!;
    return isDistinguishable ? [`${policy.name}: ${title}: ${value}, ${difference} (${interval})`] : [];
  });
}

function losing({ name, pairs = [] }: ComparedPolicy, metrics: readonly Metric[]): readonly string[] {
  return pairs
    .filter(({ worse }) => worse > 0)
    .map(({ id, worse, better, equal }) => {
      const all = counted(worse + better + equal, 'seed');
      const title = metrics.find((metric) => metric.id === id)?.title ?? id;
      return `“${name}” does worse in ${title} on ${number(worse)} of ${all}.`;
    });
}
