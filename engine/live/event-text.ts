// The events of an append as JSON, as JSON.stringify writes them. Most events say nothing but the name of their step and
// are shared by the logs of all sagas (see `plainStepEvents`): their text is made once.

import type { SagaEvent } from '../core/saga-event.ts';

const texts = new WeakMap<SagaEvent, string>();

/** @throws TypeError when an event holds what JSON cannot. */
export function textOf(events: readonly SagaEvent[]): string {
  let text = '[';
  for (let i = 0; i < events.length; i++) text += (i === 0 ? '' : ',') + textOfOne(events[i]!);
  return `${text}]`;
}

function textOfOne(event: SagaEvent): string {
  if (!isPlain(event)) return JSON.stringify(event);
  let text = texts.get(event);
  if (text === undefined) {
    text = JSON.stringify(event);
    texts.set(event, text);
  }
  return text;
}

function isPlain(event: SagaEvent): boolean {
  switch (event.kind) {
    case 'step-requested':
    case 'compensation-requested':
    case 'step-compensated':
    case 'saga-completed':
    case 'saga-compensated':
      return true;
    case 'step-applied':
      return event.result === undefined;
    default:
      return false;
  }
}
