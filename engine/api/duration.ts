// Durations as people read them, by the words that reports have for them.

/**
 * Microseconds in the largest unit of which there are at least two: `1_204_000` → `1,204 ms`.
 * It uses nothing outside itself: its text is a part of the script of a page.
 */
export function duration(us: number): string {
  const units: readonly (readonly [us: number, name: string])[] = [
    [86_400_000_000, 'days'],
    [3_600_000_000, 'h'],
    [60_000_000, 'min'],
    [1_000_000, 's'],
    [1_000, 'ms'],
  ];
  const [size, name] = units.find(([unit]) => us >= 2 * unit) ?? [1, 'µs'];
  const value = us / size;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const text =
    digits === 0
      ? value.toLocaleString('en-US', { maximumFractionDigits: 0 })
      : String(Number(value.toFixed(digits)));
  return `${text} ${name}`;
}
