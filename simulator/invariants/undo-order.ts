// undo-order. When a step is undone, no step after it may still stand, but for one that a person took over.

import type { InvariantFactory } from './invariant.ts';

export const undoOrder: InvariantFactory = (report) => ({
  id: 'undo-order',
  statement: 'Compensations respect the reverse dependency order',
  onEffect({ direction }, step, file) {
    if (direction === 'forward') return;
    for (const later of step.descendants) {
      if (file.stands(later) && !file.takenOver.has(later)) {
        const name = file.definition.steps[later]!.name;
        report.violated(`${step.name} was undone while ${name}, which came after it, still stands`, file);
      }
    }
  },
});
