// A search for a policy as texts: the policies of its front, what is drawn of them, and the seeds that are lost. What the
// terminal and Markdown both show.

import type { ComparedPolicy } from '../simulator/compare-record.ts';
import type { FrontMember, LostSeed, TuneObjectives, TuneRecord } from '../simulator/tune-record.ts';
import { ALIKE, blocksOf } from './compare-rows.ts';
import { promiseRowsOf } from './promise-rows.ts';
import { counted, duration, number, percent } from './wording.ts';

/** One policy of the table. */
export interface FrontRow {
  /** The letter that it has in the drawing. */
  readonly mark: string;
  readonly name: string;
  readonly notCompleted: string;
  readonly p99: string;
  readonly calls: string;
  /** `recommended`, `baseline`, and whether others better it in every respect (`behind`). */
  readonly note: string;
  readonly isRecommended: boolean;
}

/** A policy that is drawn. */
export interface Mark {
  readonly mark: string;
  readonly objectives: TuneObjectives;
}

const OBJECTIVES: readonly string[] = ['completed', 'latency-p99', 'calls'];
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Policies that are shown: the baseline, then those of the front, the fewest calls first. */
function shown({ front, baseline, comparison }: TuneRecord): readonly FrontMember[] {
  const own = front.find(({ name }) => name === baseline) ?? behind(baseline, comparison?.policies ?? []);
  const others = front.filter(({ name }) => name !== baseline);
  const sorted = others.toSorted((a, b) => a.objectives.callsPerSaga - b.objectives.callsPerSaga);
  return own === undefined ? sorted : [own, ...sorted];
}

/** A policy that is not on the front, from what was measured of it. */
function behind(name: string, policies: readonly ComparedPolicy[]): FrontMember | undefined {
  const found = policies.find((policy) => policy.name === name && policy.role !== 'control');
  if (found === undefined) return undefined;
  const value = (id: string): number | undefined => found.metrics.find((one) => one.id === id)?.value;
  const p99Us = value('latency-p99');
  return {
    name,
    objectives: {
      notCompleted: 1 - (value('completed') ?? 0),
      ...(p99Us === undefined ? {} : { p99Us }),
      callsPerSaga: value('calls') ?? 0,
    },
  };
}

export function marksOf(record: TuneRecord): readonly Mark[] {
  return shown(record).map(({ objectives }, i) => ({ mark: LETTERS[i] ?? '·', objectives }));
}

export function frontRowsOf(record: TuneRecord): readonly FrontRow[] {
  const { recommended, baseline, front, comparison } = record;
  const told = new Map(
    (comparison === undefined ? [] : blocksOf(comparison)).map((block, i) => [
      comparison!.metrics[i]!.id,
      block.rows,
    ]),
  );
  const withDifference = (value: string, id: string, name: string): string => {
    const row = told.get(id)?.find((one) => one.policy === name && one.role === 'contender');
    return row === undefined || row.difference === '' ? value : `${value} (${shortened(row.difference)})`;
  };
  const kept = comparison === undefined ? [] : promiseRowsOf(comparison);
  return shown(record).map(({ name, objectives: { notCompleted, p99Us, callsPerSaga } }, i) => {
    const notes = [
      ...(name === recommended ? ['recommended'] : []),
      ...(name === baseline ? ['baseline'] : []),
      ...(front.some((one) => one.name === name) ? [] : ['behind']),
      ...kept.flatMap(({ policy, isMissed }) =>
        policy === name ? [`SLO ${isMissed ? 'missed' : 'met'}`] : [],
      ),
    ];
    return {
      mark: LETTERS[i] ?? '·',
      name,
      notCompleted: withDifference(percent(notCompleted), 'completed', name),
      p99: withDifference(p99Us === undefined ? 'none' : duration(p99Us), 'latency-p99', name),
      calls: withDifference(callsPerSaga.toFixed(2), 'calls', name),
      note: notes.join(', '),
      isRecommended: name === recommended,
    };
  });
}

/** `+2.48 s (+13.3 %)` → `+13.3 %`; points of completed sagas are the other way round, so they are turned. */
function shortened(difference: string): string {
  const [, share] = /\((.*)\)$/.exec(difference) ?? [];
  if (share !== undefined) return share;
  if (!difference.endsWith(' pt')) return difference === ALIKE ? ALIKE : difference;
  return difference.startsWith('+') ? `−${difference.slice(1)}` : difference.replace('−', '+');
}

/** What is claimed of the recommended policy, a line per objective: its difference to the baseline with the interval. */
export function evidenceOf({ comparison, recommended, baseline }: TuneRecord): readonly string[] {
  if (comparison === undefined || recommended === baseline) return [];
  const rows = blocksOf(comparison).flatMap((block, i) => {
    const { id, title } = comparison.metrics[i]!;
    const row = block.rows.find(({ policy, role }) => policy === recommended && role === 'contender');
    return OBJECTIVES.includes(id) && row !== undefined ? [{ ...row, title }] : [];
  });
  const columns = ['title', 'difference', 'interval'] as const;
  const [titles, differences] = columns.map((column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map(
    ({ title, difference, interval }) =>
      `${title.padEnd(titles!)}  ${difference.padStart(differences!)}  ${interval}`,
  );
}

/** `90 candidates × 4 seeds → 45 × 8 → … → 8 on 66 other seeds`. */
export function searchText({ search, candidates, comparison, budget }: TuneRecord): string {
  const rungs = search.rungs
    .slice(0, search.done)
    .map((rung, i) =>
      i === 0
        ? `${counted(rung.candidates, 'candidate')} × ${counted(rung.seeds, 'seed')}`
        : `${number(rung.candidates)} × ${number(rung.seeds)}`,
    );
  const finalists = comparison?.policies.filter(({ role }) => role !== 'control').length ?? 0;
  const final = comparison === undefined ? [] : [`${finalists} × ${number(comparison.seeds)} other seeds`];
  const steps = [...(rungs.length === 0 ? [counted(candidates.length, 'candidate')] : rungs), ...final];
  return `${steps.join(' → ')} · ${number(budget.used)} of ${counted(budget.runs, 'run')}`;
}

/** Candidates that fell out because of what they did. */
export function faultsOf({ candidates }: TuneRecord): readonly string[] {
  return candidates.flatMap(({ name, fault }) => {
    if (fault === undefined) return [];
    const { invariant, seed } = fault;
    const what = invariant === undefined ? `? ${name}: inconclusive` : `✗ ${name}: ${invariant} broken`;
    return [`${what}, first with seed "${seed}"`];
  });
}

/** `on 3 of 66 seeds`. */
export function lossesText({ losses: { total, of, worst } }: TuneRecord): string {
  const most = worst.length < total ? `; the ${worst.length} worst` : '';
  return `on ${number(total)} of ${counted(of, 'seed')}${most}`;
}

/** `completed 2,101 sagas, not 2,110`. */
export function lossText({ by, recommended, baseline }: LostSeed): string {
  return by === 'completed'
    ? `completed ${counted(recommended, 'saga')}, not ${number(baseline)}`
    : `p99 ${duration(recommended)}, not ${duration(baseline)}`;
}
