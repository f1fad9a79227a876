// McNemar's exact test: of the seeds on which two policies differ in a yes or no, is one policy the better one more
// often than a coin would have it?
//
// Source: Q. McNemar, Psychometrika 12 (1947); the exact conditional form as in M. W. Fagerland, S. Lydersen,
// P. Laake, The McNemar test for binary matched-pairs data, BMC Med. Res. Methodol. 13:91 (2013).

/** Two-sided p-value; the arguments are the pairs in which only the one, or only the other, said yes. */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  const pairs = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  let term = Math.exp(logBinomial(pairs, fewer) - pairs * Math.LN2);
  let tail = 0;
  for (let k = fewer; k >= 0; k--) {
    tail += term;
    term *= k / (pairs - k + 1);
  }
  return Math.min(1, 2 * tail);
}

/** The logarithm of `n` over `k`. */
function logBinomial(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
