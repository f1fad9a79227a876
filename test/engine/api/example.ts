// The body of the create request in the REST API's description, as it stands there.

export const EXAMPLE = {
  name: 'order_processing',
  steps: [
    {
      id: 'reserve_inventory',
      service: 'inventory',
      action: 'reserve',
      compensation: 'release',
      payload: { productId: 'prod_123', quantity: 2 },
    },
    {
      id: 'process_payment',
      service: 'payment',
      action: 'charge',
      compensation: 'refund',
      payload: { amount: 99.99, currency: 'USD' },
    },
  ],
  timeout: 300,
};
