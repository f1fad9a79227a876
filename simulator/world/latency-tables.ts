// The tables of the latencies that scenarios ask for: a worker makes each once for all its runs.

import { type LatencySpec, LatencyTable } from '../kernel/latency.ts';

const tables = new WeakMap<object, LatencyTable>();

export function tableOf(spec: LatencySpec): LatencyTable {
  const known = tables.get(spec);
  if (known !== undefined) return known;
  const table = new LatencyTable(spec);
  tables.set(spec, table);
  return table;
}
