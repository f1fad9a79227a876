// Holm's step-down correction: with several metrics, one of them looks different by chance more often than one in
// twenty times. Holds whatever the metrics have to do with each other.
//
// Source: S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979).

/**
 * How often a comparison without any difference may find one. At 5 % a hundred such comparisons raise about five false
 * alarms, and seven were counted in storms, whose heavy tails a bootstrap underrates (bench/compare.bench.ts). The
 * number of resamples limits how small a p-value can be, and with the number of metrics how small this can be.
 */
export const FAMILY_ERROR = 0.01;

/** Adjusted p-values, in the order given: compare them to {@link FAMILY_ERROR} as if there were one test. */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]! || a - b);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = largest;
  });
  return adjusted;
}
