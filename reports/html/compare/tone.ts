// How good the news of a comparison is, as a class of the style of all pages.

import type { CompareRecord } from '../../../simulator/compare-record.ts';

export function toneOf({
  verdict,
  policies,
  recommended,
}: CompareRecord): 'tone-ok' | 'tone-bad' | 'tone-warn' {
  if (verdict === 'violated') return 'tone-bad';
  const taken = policies.find(({ name, role }) => name === recommended && role !== 'control');
  const isMissed = taken?.slo?.some(({ state }) => state === 'missed') === true;
  return verdict === 'held' && !isMissed ? 'tone-ok' : 'tone-warn';
}
