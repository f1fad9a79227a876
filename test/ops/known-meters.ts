// Which meters there are to ask for: those of a server, and what the rules record.

import { EngineMeter } from '../../engine/api/index.ts';
import { ApiMeters } from '../../engine/api/meters.ts';
import type { LiveEngine } from '../../engine/live/index.ts';
import { parse, selectorsIn } from './promql.ts';
import { rulesIn } from './rules.ts';

/** What an expression asks for that nobody has: names, and `name{label}`. */
export function unknownIn(expr: string): readonly string[] {
  return selectorsIn(parse(expr)).flatMap((matchers) => {
    const name = matchers.find(({ label }) => label === '__name__')!.value;
    const labels = KNOWN.get(name);
    if (labels === undefined) return [name];
    const asked = matchers.map(({ label }) => label).filter((label) => label !== '__name__');
    return asked.filter((label) => !labels.has(label)).map((label) => `${name}{${label}}`);
  });
}

/** Names with their labels. */
const KNOWN = knownMeters();

function knownMeters(): ReadonlyMap<string, ReadonlySet<string>> {
  const meter = new EngineMeter();
  const api = new ApiMeters({ engine: {} as LiveEngine, meter, counts: () => Promise.resolve([]) });
  api.close();
  const known = new Map<string, ReadonlySet<string>>();
  for (const metric of api.registry.getMetricsAsArray()) {
    const { name, labelNames = [] } = metric as unknown as { name: string; labelNames?: readonly string[] };
    for (const ending of 'buckets' in metric ? ['_bucket', '_sum', '_count'] : [''])
      known.set(name + ending, new Set(labelNames));
  }
  const recorded = rulesIn('ops/prometheus/sagastorm.rules.yml').flatMap(({ record }) => record ?? []);
  for (const name of recorded) known.set(name, new Set(['saga_type']));
  return known;
}
