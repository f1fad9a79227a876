// Makes the shop's payment client for a run. `ask` is what a live engine would be given, too: see ClientTransport.

import type { StartClient } from '../../simulator/index.ts';
import { type Late, type Order, PaymentClient } from './payment-client.ts';

export const client = clientWith('declined');
export const clientCorrected = clientWith('unknown');

function clientWith(late: Late): StartClient {
  return ({ baseUrl }) => {
    const payments = new PaymentClient(baseUrl, late);
    return {
      async ask({ action, payload }, { headers }) {
        if (action === 'refund') {
          await payments.refund(headers);
          return { kind: 'applied' };
        }
        const { isDeclined, reason } = await payments.charge(payload as Order, headers);
        return isDeclined ? { kind: 'rejected', failure: 'business', reason } : { kind: 'applied' };
      },
    };
  };
}
