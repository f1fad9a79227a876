// How far a recommendation carries, as two grids of texts: fault rate × timeout. What every format of a comparison shows.

import type { CompareRecord, Sensitivity, SensitivityCell } from '../simulator/compare-record.ts';
import { counted, duration, number, percent } from './wording.ts';

export interface SensitivityEntry {
  readonly text: string;
  /** Bare: a share, or microseconds; absent where too few sagas ended. */
  readonly value?: number;
  /** 1 … {@link SHADES}, from the best cell of the grid to the worst; 0 without a value, which is neither. */
  readonly shade: number;
  /** The policy as it is, in the weather of the profile. */
  readonly isOwn: boolean;
  readonly isBroken: boolean;
}

export interface SensitivityGrid {
  readonly title: string;
  /** Of the values, for CSV. */
  readonly unit: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly entries: readonly SensitivityEntry[] }[];
}

interface Told {
  readonly title: string;
  readonly unit: string;
  readonly isGain: boolean;
  of(cell: SensitivityCell): number | undefined;
  text(value: number): string;
}

const TOLD: readonly Told[] = [
  { title: 'Completed sagas', unit: 'share', isGain: true, of: ({ completed }) => completed, text: percent },
  { title: 'p99 latency', unit: 'us', isGain: false, of: ({ p99Us }) => p99Us, text: duration },
];
/** Steps of the shade. */
export const SHADES = 5;
const AS_IT_IS = 1_000;

/** Empty when the comparison was not asked for it; a grid in which no cell has a value is left out. */
export function gridsOf({ sensitivity }: Pick<CompareRecord, 'sensitivity'>): readonly SensitivityGrid[] {
  if (sensitivity === undefined) return [];
  return TOLD.filter((told) => !isEmpty(sensitivity, told)).map((told) => gridOf(sensitivity, told));
}

function isEmpty({ cells }: Sensitivity, told: Told): boolean {
  return cells.flat().every((cell) => told.of(cell) === undefined);
}

/** How to read the grids. */
export function sensitivityNote({ profile, sensitivity }: CompareRecord): string {
  const { policy, seeds, ownTimeoutMs } = sensitivity!;
  const empty = TOLD.filter((told) => isEmpty(sensitivity!, told));
  return [
    `"${policy}" on ${counted(seeds, 'seed')} per cell: a row is how frequent the faults of ${profile} are, a column the call timeout. In brackets the policy as it is, ${duration(ownTimeoutMs * 1_000)}. The cells have no intervals: look for the slope.`,
    ...empty.map(({ title }) => `${title} is left out: every cell has too few runs to say.`),
  ].join(' ');
}

/** What other weather does to the policy as it is, in one sentence; nothing when the comparison was not asked. */
export function weatherSentence({ sensitivity }: Pick<CompareRecord, 'sensitivity'>): string | undefined {
  if (sensitivity === undefined) return undefined;
  const { policy, faultPermille, callTimeoutMs, ownTimeoutMs, cells, seeds } = sensitivity;
  const own = callTimeoutMs.indexOf(ownTimeoutMs);
  const told = faultPermille.map((rate, i) => {
    const when =
      rate === 0 ? 'without faults' : rate === AS_IT_IS ? 'as it is' : `at ${rateText(rate)} the faults`;
    return `${percent(cells[i]![own]!.completed)} ${when}`;
  });
  return `In other weather "${policy}" completes ${told.join(', ')} (${counted(seeds, 'seed')} each).`;
}

/** What is wrong with runs in the cells: a sentence for what broke, and one for what came to no verdict. */
export function sensitivityVerdicts({ sensitivity }: Pick<CompareRecord, 'sensitivity'>): readonly string[] {
  if (sensitivity === undefined) return [];
  const { cells, faultPermille, callTimeoutMs, policy } = sensitivity;
  const all = cells.flatMap((row, i) =>
    row.map((cell, j) => {
      const where = `faults ${rateText(faultPermille[i]!)}, timeout ${duration(callTimeoutMs[j]! * 1_000)}`;
      return { ...cell, where };
    }),
  );
  const broken = all.filter(({ violated }) => violated > 0);
  const open = all.filter(({ inconclusive }) => inconclusive > 0);
  const [first] = broken;
  const of = (some: readonly unknown[]): string => `${number(some.length)} of ${counted(all.length, 'cell')}`;
  return [
    ...(first?.firstViolation === undefined
      ? []
      : [`✗ ${policy} in other weather: broken in ${of(broken)}, ${violationText(first)}`]),
    ...(open.length === 0
      ? []
      : [`? ${policy} in other weather: inconclusive runs in ${of(open)}, first at ${open[0]!.where}`]),
  ];
}

function violationText({ where, firstViolation }: SensitivityCell & { readonly where: string }): string {
  const { invariant, seed, replay } = firstViolation!;
  return `${invariant} first at ${where} with seed "${seed}"${replay === undefined ? '' : `: ${replay}`}`;
}

function gridOf(
  { cells, faultPermille, callTimeoutMs, ownTimeoutMs }: Sensitivity,
  told: Told,
): SensitivityGrid {
  const values = cells.flat().flatMap((cell) => told.of(cell) ?? []);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return {
    title: told.title,
    unit: told.unit,
    columns: callTimeoutMs.map((ms) => duration(ms * 1_000)),
    rows: cells.map((row, i) => ({
      name: rateText(faultPermille[i]!),
      entries: row.map((cell, j): SensitivityEntry => {
        const value = told.of(cell);
        const isOwn = faultPermille[i] === AS_IT_IS && callTimeoutMs[j] === ownTimeoutMs;
        const isBroken = cell.violated > 0;
        const bare = value === undefined ? 'too few' : told.text(value);
        const marked = `${isBroken ? '✗ ' : ''}${isOwn ? `[${bare}]` : bare}`;
        return {
          text: marked,
          ...(value === undefined ? {} : { value }),
          shade: value === undefined ? 0 : shadeOf(told.isGain ? most - value : value - least, most - least),
          isOwn,
          isBroken,
        };
      }),
    })),
  };
}

function shadeOf(loss: number, span: number): number {
  return span === 0 ? 1 : 1 + Math.min(SHADES - 1, Math.floor((loss / span) * SHADES));
}

function rateText(permille: number): string {
  return permille === 0 ? 'none' : `× ${permille / 1_000}`;
}
