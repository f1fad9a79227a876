// Sagas whose definition comes with them, as JSON: it stands in their first event, so whoever reads their log needs
// nothing else to go on with them (E9).

import type { SagaDefinition } from './define-saga.ts';
import type { Policy } from './policy.ts';
import type { SagaEvent } from './saga-event.ts';
import { definitionFromJson, sagaFromJson } from './saga-from-json.ts';

/**
 * The definition that a JSON saga is; its `source` will stand in the log as it is given here.
 *
 * @param body plain JSON, in the shape that {@link sagaFromJson} takes; not to be changed afterwards
 * @throws UserError as `sagaFromJson`
 */
export function inlineSaga(body: unknown, policy: Policy): SagaDefinition {
  return { ...sagaFromJson(body, policy).definition, source: body };
}

/**
 * The definition that a saga brought with it; undefined when it was created by one that has a name only. Whether the policy could
 * run it was asked when it began, perhaps under another: now it is there, and goes on.
 */
export function definitionWithin(
  { source }: Extract<SagaEvent, { readonly kind: 'saga-created' }>,
  policy: Policy,
): SagaDefinition | undefined {
  return source === undefined ? undefined : { ...definitionFromJson(source), policy, source };
}
