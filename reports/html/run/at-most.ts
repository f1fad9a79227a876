// Percentiles that were kept by bins: each is the end of a bin, up to a quarter above what was observed. Told as what it is, a
// bound of two digits, and never more than the longest that was observed.

import { duration } from '../../wording.ts';

/** A bound of two digits; `observedMaxUs` where that is less. */
export function boundOf(us: number, observedMaxUs: number): number {
  const step = 10 ** Math.max(0, String(Math.floor(us)).length - 2);
  return Math.min(Math.ceil(us / step) * step, observedMaxUs);
}

/** `≤ 1.3 s`. */
export function boundText(us: number, observedMaxUs: number): string {
  return `≤ ${duration(boundOf(us, observedMaxUs))}`;
}
