// money-conserved. Each entry adds up to zero; at the end the balances are what the entries say, and nothing is
// left in flight but what open sagas hold. Looking at the entries alone would trust the bookkeeping of the very code
// that is judged.

import { CLEARING_PREFIX, type Participant } from '../../engine/core/protocol.ts';
import { isEnded } from '../../engine/core/saga.ts';
import type { CaseFile, InvariantFactory } from './invariant.ts';

type Participants = Readonly<Record<string, Participant>>;

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
      const ended = status !== 'compensation_failed' && status !== 'resolved';
      if (ended && file.inFlight !== 0)
        report.violated(`ended ${status} with ${file.inFlight} still in flight`, file);
    },
    isExercised: () => exercised,
    onQuiescence({ participants }) {
      const closing = total(participants);
      if (closing !== opening) report.violated(`balances add up to ${closing}, they began at ${opening}`);
      const open = [...world.files()].filter(isOpen);
      const left = [...leftInClearing(participants)];
      if (open.length === 0) {
        for (const { where, balance } of left) report.violated(`${balance} is left in ${where}`);
        return;
      }
      const held = open.reduce((sum, { inFlight }) => sum + inFlight, 0);
      const found = left.reduce((sum, { balance }) => sum + balance, 0);
      if (found !== held) report.violated(`${found} is left in clearing, open sagas hold ${held}`);
    },
  };
};

/** What an ended saga holds was judged when it ended; what is left of one that a person took over is that person's. */
function isOpen({ ending }: CaseFile): boolean {
  return ending === undefined || !isEnded(ending.status) || ending.status === 'resolved';
}

function* leftInClearing(participants: Participants): Iterable<{ where: string; balance: number }> {
  for (const [service, { ledger }] of Object.entries(participants)) {
    for (const [account, balance] of ledger.balances()) {
      if (account.startsWith(CLEARING_PREFIX) && balance !== 0)
        yield { where: `${account} of ${service}`, balance };
    }
  }
}

function total(participants: Participants): number {
  let sum = 0;
  for (const { ledger } of Object.values(participants))
    for (const [, balance] of ledger.balances()) sum += balance;
  return sum;
}
