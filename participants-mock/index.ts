// Services to try sagas on (`sagastorm/participants`): correct ones, behind a fence, and the same without it for
// those who want to see what goes wrong then.

export type { Failing } from './answers.ts';
export { Bank, type BankOptions, bank, type CreditFails } from './bank.ts';
export { Inventory, type InventoryOptions, inventory } from './inventory.ts';
export { type Account, LedgerBook, type Leg, type StockPart } from './ledger.ts';
export {
  type OrderCommand,
  type OrderEvent,
  type OrderHistory,
  type OrderHistoryOptions,
  type OrderState,
  type OrderStatus,
  orderAggregate,
  orderHistory,
} from './order-history.ts';
export { type OrdersOptions, orders } from './orders.ts';
export { type Authorized, type Captured, Payment, type PaymentOptions, payment } from './payment.ts';
export { Registry, type RegistrySpec } from './registry.ts';
export { type AssignedDriver, type FoundDriver, type RideOptions, Rides, ride } from './ride.ts';
export { type ShippingOptions, shipping } from './shipping.ts';
