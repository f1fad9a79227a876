// The thread that waits for the disk, so that nobody else has to: batches come in, and what became of them goes out.

import { parentPort, workerData } from 'node:worker_threads';
import type { AppendBatch } from './append-batch.ts';
import { SqliteWriter } from './sqlite-writer.ts';

const writer = new SqliteWriter(workerData as string);

parentPort!.on('message', (batch: AppendBatch | 'close') => {
  if (batch === 'close') {
    writer.close();
    parentPort!.close();
  } else parentPort!.postMessage(writer.write(batch));
});
