// Checks a saga's input against its schema, before anything is written. What the log could not give back as it is (a schema may
// make a Date of a text) is refused: the saga would go on with one thing, and with another after a restart (E9).

import type { SagaDefinition } from './define-saga.ts';
import { isSameJson, jsonFault } from './json.ts';
import type { SagaState } from './saga-state.ts';

export type ParsedInput =
  | { readonly kind: 'parsed'; readonly input: unknown }
  | { readonly kind: 'refused'; readonly reason: string };

type Asked = Pick<SagaState, 'definition' | 'input'>;

/** Whether two are the same saga under one id: of the same definition, with the same input. */
export function isSameSaga({ definition: a, input }: Asked, { definition: b, input: other }: Asked): boolean {
  const isSameDefinition = a.name === b.name && a.version === b.version && isSameJson(a.source, b.source);
  return isSameDefinition && isSameJson(input, other);
}

/** Runs the definition's Standard Schema, if it has one. A schema that answers later is refused: see E4. */
export function parseInput({ input: schema }: SagaDefinition, input: unknown): ParsedInput {
  return schema === undefined ? asJson(input) : validated(schema, input);
}

function validated(schema: NonNullable<SagaDefinition['input']>, input: unknown): ParsedInput {
  let result: ReturnType<(typeof schema)['~standard']['validate']>;
  try {
    result = schema['~standard'].validate(input);
  } catch (error) {
    return refused(`the input schema threw: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (result instanceof Promise) {
    result.catch(() => undefined); // whatever it comes to, it is refused already
    return refused('the input schema is asynchronous, or a function of it threw');
  }
  if (result.issues === undefined) return asJson(result.value);
  const reasons = result.issues.map(({ path, message }) => {
    const at = path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    return at ? `${at}: ${message}` : message;
  });
  return refused(reasons.join('; '));
}

function asJson(input: unknown): ParsedInput {
  const fault = input === undefined ? undefined : jsonFault(input);
  if (fault === undefined) return { kind: 'parsed', input };
  const { path, what } = fault;
  return refused(
    `${path === '' ? 'the input' : path}: ${what}, and could not be kept; make it of text or a number`,
  );
}

function refused(reason: string): ParsedInput {
  return { kind: 'refused', reason };
}
