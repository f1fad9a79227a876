// Checks a saga's input against its schema, before anything is written.

import type { SagaDefinition } from './define-saga.ts';

export type ParsedInput =
  | { readonly kind: 'parsed'; readonly input: unknown }
  | { readonly kind: 'refused'; readonly reason: string };

/** Runs the definition's Standard Schema, if it has one. A schema that answers later is refused: see E4. */
export function parseInput({ input: schema }: SagaDefinition, input: unknown): ParsedInput {
  if (schema === undefined) return { kind: 'parsed', input };
  const result = schema['~standard'].validate(input);
  if (result instanceof Promise) return { kind: 'refused', reason: 'the input schema is asynchronous' };
  if (result.issues === undefined) return { kind: 'parsed', input: result.value };
  const reasons = result.issues.map(({ path, message }) => {
    const at = path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    return at ? `${at}: ${message}` : message;
  });
  return { kind: 'refused', reason: reasons.join('; ') };
}
