// A participant restarts, so fast that nobody sees it down; whatever it kept in memory only, such as the keys that it
// has seen, is gone. Strikes only one that says what that means ({@link Participant.restart}).

import { defineFault } from './fault.ts';

export const participantRestart = defineFault({
  kind: 'participant-restart',
  point: 'restart',
  ceiling: { breezePpm: 2_000, stormPpm: 50_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: () => ({}),
  inject(fate) {
    fate.restart = true;
  },
  shrink: () => [],
  describe: () => 'the participant restarts and loses what it kept in memory only',
});
