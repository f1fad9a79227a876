// `sagastorm store`: looks at, copies or shortens a store (../store-upkeep.ts, ../store-summary.ts), or restores one that was
// lost (../store-restore.ts).

import type { GivenFlags } from '../command-line.ts';
import type { ExitCode } from '../exit-codes.ts';

const AFTER_A_LOSS = ['restore', 'rebuild', 'import'];

export async function store(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  if (AFTER_A_LOSS.includes(words[0] ?? '')) {
    return (await import('../store-restore.ts')).storeAfterLoss(words, given);
  }
  if (words[0] === 'summary') return (await import('../store-summary.ts')).storeSummary(words, given);
  return (await import('../store-upkeep.ts')).store(words, given);
}
