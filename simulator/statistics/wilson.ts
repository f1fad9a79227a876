// The Wilson score interval of a rate: it stays between 0 and 1, and is right for small numbers and extreme rates.
//
// Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927);
// recommended by R. G. Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17 (1998).

const Z_95 = 1.959963984540054;

/** 95 % interval of the rate behind `hits` of `trials`; trials from 1. */
export function wilson(hits: number, trials: number): { readonly low: number; readonly high: number } {
  const rate = hits / trials;
  const z2 = (Z_95 * Z_95) / trials;
  const middle = rate + z2 / 2;
  const half = Math.sqrt(z2 * (rate * (1 - rate) + z2 / 4));
  return {
    low: hits === 0 ? 0 : (middle - half) / (1 + z2),
    high: hits === trials ? 1 : (middle + half) / (1 + z2),
  };
}
