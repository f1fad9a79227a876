// What a worker thread loads first: where the main thread keeps what Node compiles, the thread does, too, and begins in half
// the time. Node gives no thread this by itself.

import { enableCompileCache } from 'node:module';

if (process.env.NODE_COMPILE_CACHE) enableCompileCache();

export const { runSeeds, measureSeeds, fingerprintOf, divergenceOf, explorePlans, shrinkSeed } = await import(
  './worker.ts'
);
