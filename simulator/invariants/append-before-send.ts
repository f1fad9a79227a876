// append-before-send. A call leaves when the log says that it is to be made, and not before (E1): a process that comes
// back must know of everything that may have happened. And it does not leave when a person has taken its operation over, but
// from a worker that was taken over, or one that was given a stale read: those cannot know.

import type { InvariantFactory } from './invariant.ts';

export const appendBeforeSend: InvariantFactory = (report) => ({
  id: 'append-before-send',
  statement: 'No call leaves before the event that intends it is durable',
  onSent({ direction, round, attempt }, step, file, isLate) {
    if (file.takenOver.has(step.index) && !isLate) {
      report.violated(
        `attempt ${attempt} of ${direction} ${step.name} left after a person took it over`,
        file,
      );
    }
    if (round < file.round) return; // of a worker that was taken over: it was intended in its time
    if (round === file.round && attempt <= file.intended(step.index, direction)) return;
    report.violated(`attempt ${attempt} of ${direction} ${step.name} left before the log intended it`, file);
  },
});
