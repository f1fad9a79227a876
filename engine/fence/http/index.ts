// The fence for real services (`sagastorm/fence/http`): a middleware of Hono, and its table in the service's database.

export type { WireCall } from '../../http/wire-call.ts';
export type { FenceRow, FenceTable, FenceTransaction } from './fence-table.ts';
export {
  type FenceBook,
  type FenceLedgerOptions,
  type FencePage,
  type FencePart,
  fenceLedger,
} from './ledger-page.ts';
export { type Fenced, type FenceEnv, fence } from './middleware.ts';
export { type PostgresFenceOptions, postgresFence } from './postgres-table.ts';
export { type SqliteFenceOptions, sqliteFence } from './sqlite-table.ts';
