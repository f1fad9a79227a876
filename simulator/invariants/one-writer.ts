// one-writer. Epochs only rise in one saga's log, and nothing is written under an epoch that has been fenced.

import type { InvariantFactory } from './invariant.ts';

export const oneWriter: InvariantFactory = (report, world) => ({
  id: 'one-writer',
  statement: 'No two epochs write to one saga interleaved; a fenced writer writes nothing',
  onAppended(events, log, file) {
    const before = log[log.length - events.length - 1]?.epoch ?? 0;
    const { epoch } = events[0]!;
    if (epoch < before) report.violated(`epoch ${epoch} wrote after epoch ${before}`, file);
    if (epoch < world.epochOf(file.saga)) {
      report.violated(
        `epoch ${epoch} wrote although epoch ${world.epochOf(file.saga)} had been opened`,
        file,
      );
    }
  },
});
