// The saga that uses the payment service: charge, then ship. A third of the shipments are refused, so charges are undone.

import { defineSaga } from '../../engine/index.ts';
import { shipping } from '../../participants-mock/index.ts';
import { ownClient, ownService, type ScenarioSpec } from '../../simulator/index.ts';

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

/**
 * @param start which of the functions of payments-under-storm.ts
 * @param client which of those of payment-client-under-storm.ts; left out: the engine asks
 */
export function purchases(start: string, client?: string): Omit<ScenarioSpec, 'name' | 'title'> {
  return {
    ...(client === undefined ? {} : clientsOf(client)),
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

function clientsOf(client: string): Pick<ScenarioSpec, 'clients'> {
  return {
    clients: {
      payments: ownClient(new URL('./payment-client-under-storm.ts', import.meta.url), {
        export: client,
        baseUrl: 'https://payments.example',
      }),
    },
  };
}
