// The body of the create request in the REST API's description, as it stands there.

import order from '../../../scenarios/order.json' with { type: 'json' };

export const EXAMPLE = order;
