// The saga that the benchmarks of the live engine run: three steps of one service, one after the other.

import { defineSaga } from '../engine/index.ts';

export const ACTIONS = ['reserve', 'release', 'debit', 'undebit', 'credit', 'uncredit'];

export const transfer = defineSaga({
  name: 'transfer',
  version: 1,
  steps: {
    reserve: { service: 'shop', action: 'reserve', compensation: 'release' },
    debit: { service: 'shop', action: 'debit', compensation: 'undebit', after: ['reserve'] },
    credit: { service: 'shop', action: 'credit', compensation: 'uncredit', after: ['debit'] },
  },
});

export const APPLIED = Object.freeze({ kind: 'applied' });
