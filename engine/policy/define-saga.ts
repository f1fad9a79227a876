// What a user calls: core's definitions with the default policy where none is named, so that E12 is always checked.

import * as core from '../core/define-saga.ts';
import * as json from '../core/saga-from-json.ts';
import { policies } from './standard.ts';

/**
 * Checks a saga and compiles it. It runs under `policies.default` unless it names another.
 *
 * @throws UserError with code `bad-name`, `bad-version`, `bad-limit`, `no-steps`, `bad-step`, `unknown-step`,
 * `cycle`, `no-compensation`, `bad-kind`, `bad-saga`, `bad-isolation` or `deadline-too-short`; the message names the saga and the step.
 * @example
 * const transfer = defineSaga({
 *   name: 'bank-transfer',
 *   version: 1,
 *   deadlineMs: 300_000,
 *   steps: {
 *     debit: { service: 'bank', action: 'debit', compensation: 'compensate_debit' },
 *     credit: { service: 'bank', action: 'credit', compensation: 'compensate_credit', after: ['debit'] },
 *   },
 * });
 */
export function defineSaga<Input, Name extends string, Given = Input>(
  spec: core.SagaSpec<Input, Name, Given>,
): core.SagaDefinition<Given> {
  return core.defineSaga(spec.policy === undefined ? { ...spec, policy: policies.default } : spec);
}

/**
 * A saga from plain JSON, under `policies.default`: see {@link json.sagaFromJson}.
 *
 * @throws UserError that names the place in the JSON.
 */
export function sagaFromJson(body: unknown): json.JsonSaga {
  return json.sagaFromJson(body, policies.default);
}
