// The shop on a day on which payment cannot be reached for a minute: nothing is refused, nothing is answered.

import { ordersOn } from './order.ts';

export default ordersOn({
  name: 'order-partition',
  title: 'Payment cannot be reached for a minute, and nobody is told so',
  overSeconds: 120,
  incidents: [{ kind: 'outage', service: 'payment', fromMs: 30_000, forMs: 60_000, isSilent: true }],
});
