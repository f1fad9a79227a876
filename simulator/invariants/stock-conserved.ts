// stock-conserved. Checked for the touched item at every effect, for every item at the end.

import type { StockLevel } from '../../engine/core/protocol.ts';
import type { CaseFile, InvariantFactory } from './invariant.ts';

export const stockConserved: InvariantFactory = (report, world) => {
  const totals = new Map<string, number>();
  let exercised = false;
  for (const { ledger } of Object.values(world.participants)) {
    for (const { item, total } of ledger.stock()) totals.set(item, total);
  }
  const check = (level: StockLevel, file?: CaseFile): void => {
    const { item, onHand, reserved, sold, total } = level;
    if (onHand < 0 || reserved < 0 || sold < 0) {
      report.violated(
        `${item}: on hand ${onHand}, reserved ${reserved}, sold ${sold}: one is negative`,
        file,
      );
    }
    if (onHand + reserved + sold !== total || totals.get(item) !== total) {
      const was = totals.get(item) ?? 0;
      report.violated(`${item}: on hand ${onHand} + reserved ${reserved} + sold ${sold} is not ${was}`, file);
    }
  };
  return {
    id: 'stock-conserved',
    statement: 'on hand + reserved + sold = total, and nothing is negative',
    onEffect(entry, _step, file) {
      if (entry.stock === undefined) return;
      exercised = true;
      check(entry.stock, file);
    },
    isExercised: () => exercised,
    onQuiescence({ participants }) {
      for (const { ledger } of Object.values(participants)) for (const level of ledger.stock()) check(level);
    },
  };
};
