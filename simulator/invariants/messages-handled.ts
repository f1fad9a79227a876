// messages-handled. Under choreography: when a transaction has ended, all that was published in it was handled by everybody
// who hears it. Read off the log alone, and counted on its own.

import type { InvariantFactory } from './invariant.ts';

/** What a delivery came to, as it stands in the log. */
interface Handled {
  readonly events?: readonly { readonly type: string }[];
}

/** Under choreography: when a transaction has ended, every event in it was handled by everybody who hears it. */
export const messagesHandled: InvariantFactory = (report) => ({
  id: 'messages-handled',
  statement: 'When a transaction has ended, every event that was published in it was handled',
  onEnded(_ending, log, file) {
    const requested = new Set<string>();
    const published = new Set<string>();
    if (file.ending?.state.status === 'resolved') return; // a person's from there on
    const all = log.events;
    const events = all.slice(all.findLastIndex(({ kind }) => kind === 'saga-retried') + 1);
    for (const event of events) {
      if (event.kind === 'step-requested') requested.add(event.step);
      if (event.kind === 'step-applied' || event.kind === 'step-rejected') requested.delete(event.step);
      if (event.kind !== 'step-applied') continue;
      for (const { type } of (event.result as Handled | undefined)?.events ?? []) published.add(type);
    }
    for (const step of requested) report.violated(`ended while ${step} was under way`, file);
    for (const type of published) {
      const deaf = file.definition.steps.find(
        ({ name, action, hasEffects }) => !hasEffects && action.endsWith(`.${type}`) && !isDone(events, name),
      );
      if (deaf !== undefined)
        report.violated(`ended, and "${type}" was never delivered to ${deaf.service}`, file);
    }
  },
});

function isDone(events: readonly { readonly kind: string }[], step: string): boolean {
  return events.some((event) => event.kind === 'step-applied' && 'step' in event && event.step === step);
}
