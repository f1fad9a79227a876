// How good the news of a comparison is, as a class of the style of all pages.

import type { CompareRecord } from '../../../simulator/compare-record.ts';

export function toneOf({ verdict }: CompareRecord): 'tone-ok' | 'tone-bad' | 'tone-warn' {
  if (verdict === 'held') return 'tone-ok';
  return verdict === 'violated' ? 'tone-bad' : 'tone-warn';
}
