// What the examples of the reference leave to their reader: sagas, stores and services of one's own, and other people's
// libraries. Types are all that matters: nothing here is ever run.

import type { DatabaseSync as Database } from 'node:sqlite';
import type { StreamEvent } from '../../engine/event-sourcing/index.ts';
import type { Service } from '../../engine/fence/index.ts';
import type {
  Call,
  Ledger,
  OrchestratorOutput,
  Outcome,
  Participant,
  ParticipantEnv,
  SagaDefinition,
  Transport,
} from '../../engine/index.ts';
import type { Host, Lease, PostgresStore } from '../../engine/live/index.ts';
import type { DurableParticipant } from '../../participants-mock/http/index.ts';
import type { BankOptions } from '../../participants-mock/index.ts';
import type { BookEntry, Books, Scenario } from '../../simulator/index.ts';

export { DatabaseSync } from 'node:sqlite';
export { default as express } from 'express';
export { default as fc } from 'fast-check';
export { Hono } from 'hono';
export { bearerAuth } from 'hono/bearer-auth';
export { Pool, type PoolClient } from 'pg';
export { expect } from 'vitest';

export declare const transfer: SagaDefinition;
export declare const committed: SagaDefinition;
export declare const input: object;
export declare const nowUs: number;
export declare function perform(output: OrchestratorOutput): void;

export declare const store: PostgresStore;
export declare const transport: Transport;
export declare const host: Host;
export declare const token: string;
export declare function run(lease: Lease): void;
export declare function end(lease: Lease): void;
export declare function endAndRelease(lease: Lease): void;

export declare const call: Call;
export declare const env: ParticipantEnv;
export declare function book(saga: string): number;
export declare function release(saga: string): void;
export declare class Seats implements Service {
  constructor(options: { readonly rows: number });
  readonly actions: readonly string[];
  readonly ledger: Ledger;
  apply(call: Call): Outcome;
  undo(call: Call): Outcome;
}
export declare function bankOfSagas(options: BankOptions): Participant;
export declare const durable: DurableParticipant;

export declare const checkout: Scenario;
export declare const shop: Scenario;
export declare const scenario: Scenario;
export declare const from: import('fast-check').Arbitrary<string>;
export declare const to: import('fast-check').Arbitrary<string>;

export interface Totals {
  readonly events: number;
}
export declare const totals: {
  readonly name: string;
  readonly version: number;
  empty(): Totals;
  apply(view: Totals, stored: StreamEvent): Totals;
};
export declare const orderChoreography: import('../../engine/choreography/index.ts').Choreography;
export declare const order: import('../../engine/index.ts').SagaDefinition;
export declare class Customers {}
export declare const streams: import('../../engine/event-sourcing/index.ts').EventStreams;

export declare const app: import('hono').Hono;
export declare const books: Books;
export declare function charge(request: unknown, response: unknown): void;
export declare function openDatabase(): Database;
export declare function createApp(db: Database): { fetch(request: Request): Response };
export declare function chargesIn(db: Database): readonly BookEntry[];
export interface Order {
  readonly amount: number;
}
export declare class PaymentClient {
  constructor(baseUrl: string);
  charge(order: Order, options: { readonly key: string; readonly signal: AbortSignal }): Promise<Response>;
}

// Of engine/observe, and of what is written into a store past an engine.
export declare const url: string;
export declare const state: import('../../engine/index.ts').SagaState;
export declare const events: readonly import('../../engine/index.ts').SagaEvent[];
export declare const entries: readonly import('../../engine/index.ts').BookEntry[];
export declare const logs: readonly (readonly import('../../engine/index.ts').StoredEvent[])[];
