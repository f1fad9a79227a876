// money-conserved. Each entry adds up to zero; at the end the balances are what the entries say, and nothing is
// left in flight. Looking at the entries alone would trust the bookkeeping of the very code that is judged.

import { CLEARING_PREFIX } from '../../engine/core/protocol.ts';
import type { InvariantFactory } from './invariant.ts';

export const moneyConserved: InvariantFactory = (report, world) => {
  const opening = total(world.participants);
  let exercised = false;
  return {
    id: 'money-conserved',
    statement: 'The sum over all ledgers, counting what is held or in flight, never changes',
    onEffect(entry, _step, file) {
      if (entry.postings === undefined) return;
      exercised = true;
      let sum = 0;
      for (const { amount } of entry.postings) {
        if (!Number.isSafeInteger(amount))
          report.violated(`${entry.action} posted ${amount}, not a whole amount`, file);
        sum += amount;
      }
      if (sum !== 0)
        report.violated(`${entry.action} of step ${entry.step} changed the total by ${sum}`, file);
    },
    onEnded({ status }, _log, file) {
      const ended = status !== 'compensation_failed';
      if (ended && file.inFlight !== 0)
        report.violated(`ended ${status} with ${file.inFlight} still in flight`, file);
    },
    isExercised: () => exercised,
    onQuiescence({ participants }) {
      const closing = total(participants);
      if (closing !== opening) report.violated(`balances add up to ${closing}, they began at ${opening}`);
      for (const [service, { ledger }] of Object.entries(participants)) {
        for (const [account, balance] of ledger.balances()) {
          if (account.startsWith(CLEARING_PREFIX) && balance !== 0) {
            report.violated(`${service}: ${balance} is left in ${account}`);
          }
        }
      }
    },
  };
};

function total(participants: Parameters<InvariantFactory>[1]['participants']): number {
  let sum = 0;
  for (const { ledger } of Object.values(participants))
    for (const [, balance] of ledger.balances()) sum += balance;
  return sum;
}
