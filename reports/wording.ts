// Numbers, shares and durations as people read them. Always the same text for the same number, wherever it runs.

import type { RecordedViolation } from '../simulator/run-record.ts';

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const EXACT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** `1204` → `1,204`. */
export function number(value: number): string {
  return GROUPED.format(value);
}

/** Texts of records have the quotes that a terminal has: `"patient"` → `“patient”`. */
export function curly(text: string): string {
  return text.replace(/"([^"]*)"/g, '“$1”');
}

/** `counted(1, 'run')` → `1 run`, `counted(1000, 'run')` → `1,000 runs`. */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * A rate between 0 and 1 as a percentage: `0.712` → `71.2 %`; small ones keep two digits: `0.0029` → `0.29 %`.
 * Never rounded to 0 or 100 when it is not.
 */
export function percent(rate: number): string {
  const value = rate * 100;
  if (value > 99.9 && value < 100) return '> 99.9 %';
  if (value === 0 || value >= 10) return `${trimmed(value, 1)} %`;
  return `${value >= 0.01 ? value.toFixed(2) : value.toPrecision(2)} %`;
}

const MILLISECOND = 1_000;
const UNITS: readonly (readonly [us: number, name: string])[] = [
  [86_400_000_000, 'days'],
  [3_600_000_000, 'h'],
  [60_000_000, 'min'],
  [1_000_000, 's'],
  [MILLISECOND, 'ms'],
  [1, 'µs'],
];

/** Microseconds in the largest unit of which there are at least two: `1_204_000` → `1,204 ms`. */
export function duration(us: number): string {
  const [size, name] = UNITS.find(([unit]) => us >= 2 * unit) ?? UNITS.at(-1)!;
  return `${scaled(us, size)} ${name}`;
}

/** As {@link duration}, to the digit: in a unit that leaves two decimals at most, such as `2.3 s`, `2,000.4 ms`, `1 ms`. */
export function exactDuration(us: number): string {
  const [size, name] =
    UNITS.find(([unit]) => (us >= 2 * unit || unit === MILLISECOND) && Number.isInteger((100 * us) / unit)) ??
    UNITS.at(-1)!;
  return `${EXACT.format(us / size)} ${name}`;
}

/** Several durations, each in its unit, which is said once when all have the same: `p50 118  p99 1,204 ms`. */
export function durations(values: Readonly<Record<string, number>>): string {
  const texts = Object.entries(values).map(([label, us]) => `${label} ${duration(us)}`);
  const [unit = '', ...others] = texts.map((text) => text.slice(text.lastIndexOf(' ')));
  if (others.some((other) => other !== unit)) return texts.join('  ');
  return `${texts.map((text) => text.slice(0, -unit.length)).join('  ')}${unit}`;
}

function scaled(us: number, size: number): string {
  const value = us / size;
  return value >= 100 ? number(value) : trimmed(value, value >= 10 ? 1 : 2);
}

/** At most so many decimals, without trailing zeros. */
function trimmed(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}

/** Faults of one failure that are told: a story with more of them nobody reads. */
export const FAULTS_SHOWN_MAX = 10;

/** In how many runs a failure was seen. */
export function oftenWords(
  { pinned, runs }: Pick<RecordedViolation, 'pinned' | 'runs'>,
  total: number,
): string {
  return pinned === true ? 'pinned, run before all others' : `${number(runs)} of ${counted(total, 'run')}`;
}

/** Of failures that are likely another sight of the one that is told. */
export function alikeWords(alike: number): string {
  return `${counted(alike, 'more failure')} in the same words, with more faults: likely the same bug`;
}
