// The public API of the engine.

export * from './core/define-saga.ts';
export * from './core/policy.ts';
export * from './core/protocol.ts';
export { UserError } from './core/user-error.ts';
