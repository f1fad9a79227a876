// one-writer. Epochs only rise in one saga's log, and nothing is written under an epoch that has been fenced.

import type { InvariantFactory } from './invariant.ts';

export const oneWriter: InvariantFactory = (report, world) => ({
  id: 'one-writer',
  statement: 'No two epochs write to one saga interleaved; a fenced writer writes nothing',
  onAppended({ epoch }, _log, file) {
    if (epoch < file.epoch) report.violated(`epoch ${epoch} wrote after epoch ${file.epoch}`, file);
    if (epoch < world.epochOf(file.saga)) {
      report.violated(
        `epoch ${epoch} wrote although epoch ${world.epochOf(file.saga)} had been opened`,
        file,
      );
    }
  },
});
