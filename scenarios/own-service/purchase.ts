// The saga that uses the payment service: charge, then ship. A third of the shipments are refused, so charges are undone.

import { defineSaga } from '../../engine/index.ts';
import { shipping } from '../../participants-mock/index.ts';
import { ownService, type ScenarioSpec } from '../../simulator/index.ts';

interface Purchase {
  readonly customer: string;
  readonly amount: number;
}

const purchase = defineSaga({
  name: 'purchase',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    charge: {
      service: 'payments',
      action: 'charge',
      compensation: 'refund',
      payload: ({ input }) => input as Purchase,
    },
    ship: { service: 'shipping', action: 'create', compensation: 'cancel', after: ['charge'] },
  },
});

/** @param start which of the functions of payments-under-storm.ts */
export function purchases(start: string): Omit<ScenarioSpec, 'name' | 'title'> {
  return {
    sagas: [purchase],
    sagasPerRun: 20,
    participants: () => ({
      payments: ownService(new URL('./payments-under-storm.ts', import.meta.url), {
        actions: ['charge', 'refund'],
        export: start,
        data: { customers: 10 },
      }),
      shipping: shipping({ createFails: { permille: 300 } }),
    }),
    workload: ({ int }) => ({
      saga: purchase,
      input: { customer: `c-${int('customer', 10)}`, amount: 1 + int('amount', 50_00) },
    }),
  };
}
