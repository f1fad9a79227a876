// The ids of traces and spans (W3C), which follow from what they are about: whoever knows a saga knows its trace, and a call
// that is sent again by another process belongs to the span that was begun for it. In a simulated run they are the same.

import { hash } from 'node:crypto';

/** The trace that everything done for a saga belongs to: 32 hexadecimal digits. */
export function traceIdOf(saga: string): string {
  return hash('sha256', saga).slice(0, 32);
}

/** The span of one attempt of an operation: 16 hexadecimal digits. It is what the service sees as its parent. */
export function attemptSpanIdOf(key: string, attempt: number): string {
  return spanIdOf(`${key}#${attempt}`);
}

/** The span of something that has a name of its own. */
export function spanIdOf(name: string): string {
  return hash('sha256', name).slice(0, 16);
}
