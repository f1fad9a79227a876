// The shop on a day on which one of two processes that bring the steps of orders together is gone for a minute: an
// orchestrator, a coordinator of two-phase commit, or a broker with half of the transactions. The other half goes on, as far
// as it does not wait for what the lost one holds.

import { ordersOn } from './order.ts';

export default ordersOn({
  name: 'order-coordinator-loss',
  title: 'One of two orchestrators is gone for a minute, with orders under way',
  incidents: [{ kind: 'outage', service: 'orchestrator-0', fromMs: 500, forMs: 60_000 }],
});
