// The durable peers, in the order of the table; a line each. A module is loaded only when its peer is to run: what
// cannot be loaded on a machine says so and leaves the others alone.

import type { DurablePeer } from './peer.ts';

/** Ours: the first contenders, which the ratios are about. */
export const OURS = ['sagastorm-sqlite', 'sagastorm-postgres'] as const;

export const peers: Readonly<Record<string, () => Promise<DurablePeer>>> = {
  'sagastorm-sqlite': async () => (await import('./sagastorm.ts')).onSqlite,
  'sagastorm-postgres': async () => (await import('./sagastorm.ts')).onPostgres,
  'lean-sqlite': async () => (await import('./lean-journal.ts')).onSqlite,
  'lean-postgres': async () => (await import('./lean-journal.ts')).onPostgres,
  dbos: async () => (await import('./dbos.ts')).peer,
  restate: async () => (await import('./restate.ts')).peer,
  openworkflow: async () => (await import('./openworkflow.ts')).peer,
  'pg-boss': async () => (await import('./pg-boss.ts')).peer,
};
