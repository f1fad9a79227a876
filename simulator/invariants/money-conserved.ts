// money-conserved. Each entry adds up to zero; at the end the balances are what the entries say, and nothing is
// left in flight but what open sagas hold. Looking at the entries alone would trust the bookkeeping of the very code
// that is judged.

import { CLEARING_PREFIX, type Participant } from '../../engine/core/protocol.ts';
import { isEnded } from '../../engine/core/saga.ts';
import type { CaseFile, InvariantFactory } from './invariant.ts';

type Participants = Readonly<Record<string, Participant>>;

export const moneyConserved: InvariantFactory = (report, world) => {
  const opening = audited(world.participants);
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
      const ended = status !== 'compensation_failed' && status !== 'resolved';
      if (ended && file.inFlight !== 0)
        report.violated(`ended ${status} with ${file.inFlight} still in flight`, file);
    },
    isExercised: () => exercised,
    onQuiescence({ participants }) {
      const closing = audited(participants);
      if (closing.total !== opening.total)
        report.violated(`balances add up to ${closing.total}, they began at ${opening.total}`);
      const open = [...world.files()].filter(isOpen);
      if (open.length === 0) {
        for (const { where, balance } of closing.left) report.violated(`${balance} is left in ${where}`);
        return;
      }
      const held = open.reduce((sum, { inFlight }) => sum + inFlight, 0);
      const found = closing.left.reduce((sum, { balance }) => sum + balance, 0);
      if (found !== held) report.violated(`${found} is left in clearing, open sagas hold ${held}`);
    },
  };
};

/** What an ended saga holds was judged when it ended; what is left of one that a person took over is that person's. */
function isOpen({ ending }: CaseFile): boolean {
  return ending === undefined || !isEnded(ending.status) || ending.status === 'resolved';
}

/** What all accounts hold, and what is in flight. */
interface Audit {
  total: number;
  readonly left: { readonly where: string; readonly balance: number }[];
}

function audited(participants: Participants): Audit {
  const audit: Audit = { total: 0, left: [] };
  for (const [service, { ledger }] of Object.entries(participants)) {
    for (const entry of ledger.balances()) {
      const account = entry[0]; // not taken apart: that makes an iterator for each of thousands of accounts
      const balance = entry[1];
      audit.total += balance;
      if (balance !== 0 && account.startsWith(CLEARING_PREFIX))
        audit.left.push({ where: `${account} of ${service}`, balance });
    }
  }
  return audit;
}
