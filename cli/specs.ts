// What the commands are called and what they take. What a command does is loaded when it is given (program.ts): to load all of
// it takes half a second, which help, a wrong word and every other command need not wait.

import { COMPARE_SEEDS_DEFAULT, CORPUS_FOLDER, TUNE_BUDGET_DEFAULT } from '../simulator/campaign/defaults.ts';
import type { CommandSpec, Flag } from './command-line.ts';
import { flagFor, flags } from './flags.ts';

/** The flags that name a run beside its scenario. */
const OF_A_SEED_FLAGS: readonly Flag[] = [
  flagFor('seed', 'Seed of the run; needed for a scenario'),
  flagFor('sagas', "Sagas in the run, 1 to 10,000,000; default the scenario's own"),
  ...flags('profile', 'fault-rate', 'protocol', 'policy', 'saga'),
];

export const RUN: CommandSpec = {
  name: 'run',
  positional: '[...scenarios]',
  description: 'Run scenarios under chaos, by name or file; all of `list` when none is named',
  flags: [
    ...flags(
      'seed',
      'seeds',
      'sagas',
      'profile',
      'protocol',
      'policy',
      'workers',
      'saga',
      'check-determinism',
    ),
    ...flags('shrink-budget', 'shard'),
    flagFor(
      'reporter',
      'pretty, line, json, ndjson, junit, github, sarif, md, html or blob; several times, each as NAME=FILE to write a file',
    ),
    ...flags('json', 'out', 'strict', 'no-debugger', 'quiet', 'no-color'),
  ],
  examples: [
    'run bank-transfer --sagas 10000',
    'run bank-transfer --seeds 1000 --sagas 100 --seed nightly',
    'run order-processing --saga order.json --json',
    'run ./my-scenario.ts --profile breeze --reporter line --reporter junit=junit.xml',
    'run bank-transfer --seeds 1000 --seed nightly --shard 2/4',
  ],
};

export const REPLAY: CommandSpec = {
  name: 'replay',
  positional: '<capsule|scenario>',
  description: 'Run one run again, exactly: a capsule, or a scenario with --seed',
  flags: [
    ...OF_A_SEED_FLAGS,
    ...flags('trace', 'until', 'ui', 'metrics', 'otlp', 'into'),
    flagFor('json', 'Only the run record on stdout, one line of JSON'),
    ...flags('no-color'),
  ],
  examples: [
    'replay .sagastorm/failures/money-conserved-3f9c01ab.json',
    'replay .sagastorm/failures/money-conserved-3f9c01ab.json --ui',
    'replay bank-transfer --seed nightly/17 --sagas 100 --trace --until 1.2s',
    'replay outage --seed 1 --profile calm --metrics outage.prom',
    'replay three-am --seed 3am --profile calm --until 4min --into drill.db',
  ],
};

export const SHRINK: CommandSpec = {
  name: 'shrink',
  positional: '<capsule|scenario>',
  description: 'Find the smallest fault plan that still fails; writes a capsule and a vitest test',
  flags: [
    ...OF_A_SEED_FLAGS,
    flagFor('shrink-budget', 'Sagas to run for each failure to make it small; default 200,000'),
    flagFor('json', 'Only the run record on stdout, one line of JSON'),
    flagFor('out', 'Where capsules and tests are stored; default .sagastorm'),
    ...flags('no-debugger', 'quiet', 'no-color'),
  ],
  examples: [
    'shrink .sagastorm/failures/money-conserved-3f9c01ab.json',
    'shrink bank-transfer --seed nightly/17 --sagas 100',
  ],
};

export const EXPLORE: CommandSpec = {
  name: 'explore',
  positional: '<scenario>',
  description: 'Try every fault at every point of one saga or a few, and with --faults 2 every pair',
  flags: [
    flagFor('sagas', 'Sagas in the run, all at once, 1 to 100; default 1'),
    ...flags('faults'),
    flagFor('seed', 'Seed of all runs; default some under which sagas complete, and are undone'),
    ...flags('protocol', 'policy', 'saga', 'workers', 'reporter'),
    flagFor('json', 'Only the run record on stdout, one line of JSON'),
    ...flags('out', 'no-debugger', 'quiet', 'no-color'),
  ],
  examples: ['explore bank-transfer', 'explore bank-transfer --sagas 2 --faults 2'],
};

export const COMPARE: CommandSpec = {
  name: 'compare',
  positional: '<scenario>',
  description: 'Run policies over the same seeds, and tell them apart from noise',
  flags: [
    flagFor('policy', 'A policy; give it several times, the baseline first'),
    ...flags('sweep'),
    flagFor(
      'protocol',
      'saga, choreography or 2pc; give several to compare them under one policy, the baseline first',
    ),
    ...flags('seed'),
    flagFor(
      'seeds',
      `Runs per policy, 2 to 10,000; default ${COMPARE_SEEDS_DEFAULT}, none is judged under 20`,
    ),
    ...flags('sagas', 'profile', 'saga', 'sensitivity', 'workers'),
    flagFor('reporter', 'pretty, md, brief, json, html or brief-html; each as NAME=FILE to write a file'),
    flagFor('json', 'Only the record on stdout, one line of JSON'),
    ...flags('out', 'quiet', 'no-color'),
  ],
  examples: [
    'compare order-processing --policy default --policy patient',
    'compare order-parallel --protocol saga --protocol 2pc',
    'compare bank-transfer --sweep retry.timeout.attemptsMax=1,3,5 --reporter md',
  ],
};

export const TUNE: CommandSpec = {
  name: 'tune',
  positional: '<scenario>',
  description: 'Search for a policy that completes more sagas, sooner, with fewer calls',
  flags: [
    flagFor('policy', "The policy to beat: a name, or the path of a JSON file; default the scenario's own"),
    ...flags('space'),
    flagFor('budget', `Runs, all together, at most, 10 to 10,000,000; default ${TUNE_BUDGET_DEFAULT}`),
    flagFor('candidates', 'Policies to draw, 1 to 10,000; default a tenth of the runs of the search'),
    ...flags('seed'),
    flagFor('seeds', 'Runs per finalist, 2 to 10,000; none is judged under 20; default by the budget'),
    ...flags('sagas', 'profile', 'workers'),
    flagFor('reporter', 'pretty, md or json; may be given several times'),
    flagFor('json', 'Only the record on stdout, one line of JSON'),
    ...flags('out', 'quiet', 'no-color'),
  ],
  examples: [
    'tune brown-out --profile calm',
    'tune ./my-scenario.ts --space retry,callTimeoutMs --budget 600',
  ],
};

export const LIVE: CommandSpec = {
  name: 'live',
  positional: '<scenario|capsule>',
  description: 'Run a scenario, or the faults of a capsule, for real: processes, sockets, kill -9',
  flags: [
    ...flags('seed'),
    flagFor('sagas', "Sagas, 1 to 100,000; default the scenario's own"),
    ...flags('profile', 'protocol', 'policy', 'saga', 'kills', 'seconds', 'pace', 'store'),
    flagFor('db', 'For postgres: postgres://…, default DATABASE_URL'),
    ...flags('orchestrators'),
    ...flags('reporter', 'json', 'out', 'quiet', 'no-color'),
  ],
  examples: [
    'live bank-transfer',
    'live bank-transfer --sagas 1000 --kills 50 --seconds 60',
    'live .sagastorm/failures/money-conserved-3f9c01ab.json',
    'live order-processing --store postgres --db postgres://localhost/sagas',
  ],
};

export const SERVE: CommandSpec = {
  name: 'serve',
  positional: '',
  description: 'Run sagas for real, behind a REST API with a status page',
  flags: [
    ...flags('port', 'host'),
    flagFor('store', 'sqlite, postgres or memory; default sqlite'),
    ...flags('db', 'config'),
    flagFor(
      'policy',
      "For sagas without one of their own: a name, or the path of a JSON file; default the config's",
    ),
    ...flags('definitions', 'mock'),
    {
      name: 'otlp',
      value: 'url',
      description: 'Send the trace of each saga to this collector, e.g. http://localhost:4318',
    },
    flagFor('quiet', 'No log of requests on stderr'),
  ],
  examples: ['serve --mock', 'serve --store postgres --db "$DATABASE_URL" --host 0.0.0.0'],
};

/** Whose books a store is compared with. */
export const AGAINST = {
  ...flagFor(
    'against',
    "A service's books, several times: its URL, its file, or its entries as .ndjson; default those of the config, or of serve --mock",
  ),
  value: 'service=where',
};

export const RECONCILE: CommandSpec = {
  name: 'reconcile',
  positional: '',
  description: 'Compare the log of a store with the books of the services: what differs, and what settles it',
  flags: [
    AGAINST,
    ...flags('store', 'db', 'config', 'definitions'),
    flagFor('json', 'As JSON, one line: every difference and what settles it'),
    ...flags('no-color'),
  ],
  examples: [
    'reconcile',
    'reconcile --against bank=http://127.0.0.1:7001 --against stock=.sagastorm/mock/inventory.db',
    'reconcile --store postgres --db "$DATABASE_URL" --json',
  ],
};

export const STORE: CommandSpec = {
  name: 'store',
  positional: '<act> [file]',
  description:
    'summary, backup, export or retire: look at, copy or shorten a store while a server goes on; restore, import or rebuild one that was lost; upgrade one of an earlier version',
  flags: [
    ...flags('store', 'db', 'days', 'from-beginning', 'force', 'definitions', 'inputs', 'config', 'no-color'),
    flagFor('json', 'For summary: as JSON, one line'),
    AGAINST,
  ],
  examples: [
    'store summary',
    'store backup backups/sagas.db',
    'store export sagas.ndjson',
    'store retire archive.ndjson --days 30',
    'store restore backups/sagas.db --against bank=http://127.0.0.1:7001 --definitions sagas.ts',
    'store rebuild --db new.db --inputs asked.ndjson --definitions sagas.ts',
    'store restore backups/sagas.ndjson --store postgres --db "$DATABASE_URL"',
    'store export --store postgres --db "$DATABASE_URL"',
    'store upgrade',
  ],
};

export const WHY: CommandSpec = {
  name: 'why',
  positional: '[saga]',
  description: 'On what a saga waits, since when, and what can be done; without one, all that have not ended',
  flags: [...flags('store', 'db'), flagFor('json', 'As JSON, one line for each saga'), ...flags('no-color')],
  examples: ['why', 'why order-4711', 'why --store postgres --db "$DATABASE_URL"'],
};

export const HEALTH: CommandSpec = {
  name: 'health',
  positional: '',
  description: 'How the sagas of a store fare: the last day, what is stuck, where time goes, what to do',
  flags: [...flags('store', 'db'), flagFor('json', 'As JSON, one line'), ...flags('no-color')],
  examples: ['health', 'health --store postgres --db "$DATABASE_URL"'],
};

export const DIAGNOSE: CommandSpec = {
  name: 'diagnose',
  positional: '[saga]',
  description:
    'Why a saga went wrong: the root cause, what speaks for it, and what helps; or all of the last day',
  flags: [
    ...flags('all', 'store', 'db', 'definitions'),
    {
      ...AGAINST,
      ...flagFor(
        'against',
        "A service's books, several times: what it did counts; of one saga its stock and payments are told",
      ),
      value: AGAINST.value,
    },
    flagFor('json', 'As JSON, one line: a summary and each diagnosis'),
    ...flags('no-color'),
  ],
  examples: [
    'diagnose order-4711',
    'diagnose order-4711 --against stock=http://127.0.0.1:7002 --against bank=.sagastorm/mock/bank.db',
    'diagnose --all --store postgres --db "$DATABASE_URL"',
  ],
};

export const REPAIR: CommandSpec = {
  name: 'repair',
  positional: '[...act-and-sagas]',
  description:
    'Retry, compensate, resume, skip or resolve sagas of a server: an event in the log, with who and why',
  flags: [
    ...flags('by', 'why', 'step', 'act'),
    flagFor('all', 'All sagas that the conditions name; only says what would happen, unless --yes'),
    ...flags('status', 'definition', 'stuck', 'cause', 'dry-run', 'yes', 'url'),
    flagFor('json', 'A line of JSON for each saga'),
    ...flags('no-color'),
  ],
  examples: [
    'repair resume order-4711 --by anna',
    'repair skip order-4711 --step refund --by anna --why "refunded by bank transfer"',
    'repair resume --all --status compensation_failed --stuck 5m --by anna --yes',
  ],
};

export const MERGE: CommandSpec = {
  name: 'merge',
  positional: '[...blobs]',
  description: 'Merge the shards of a run into the result that it would have been in one piece',
  flags: flags('workers', 'reporter', 'json', 'out', 'no-debugger', 'quiet', 'no-color'),
  examples: ['merge .sagastorm/blobs', 'merge blobs/*.json --reporter junit=junit.xml --reporter github'],
};

export const REPORT: CommandSpec = {
  name: 'report',
  positional: '[...records]',
  description: 'Report again what run, compare or tune stored',
  flags: [
    flagFor(
      'reporter',
      'Of a run pretty, line, json, ndjson, junit, github, sarif, md or html; of a comparison pretty, md, brief, json, html or brief-html; of a search for a policy pretty, md or json; several times, each as NAME=FILE to write a file',
    ),
    flagFor('json', 'Only the records on stdout, one line of JSON each'),
    ...flags('no-color'),
  ],
  examples: [
    'report .sagastorm/run.json --reporter html',
    'report .sagastorm/run.json --reporter md',
    'report .sagastorm/compare.json',
  ],
};

export const SEEDS: CommandSpec = {
  name: 'seeds',
  positional: '<add|list|prune> [...capsules]',
  description: `Pin failures in ${CORPUS_FOLDER}: \`run\` replays them first`,
  flags: [flagFor('json', 'With list: JSON on stdout'), ...flags('no-color')],
  examples: ['seeds add .sagastorm/failures/money-conserved-3f9c01ab.json', 'seeds list', 'seeds prune'],
};

export const BENCH: CommandSpec = {
  name: 'bench',
  positional: '[...suites]',
  description: 'Throughput beside references in the same run; latency targets with --slo',
  flags: [
    ...flags('slo', 'save', 'against', 'fail-on-regression', 'processes', 'rounds', 'warm-up'),
    ...flags('json', 'out', 'quiet', 'no-color'),
  ],
  examples: [
    'bench',
    'bench engine --warm-up 0 --rounds 1',
    'bench --slo',
    'bench kernel workload --save main',
    'bench kernel workload --against main',
  ],
};

export const LIST: CommandSpec = {
  name: 'list',
  positional: '',
  description: 'Show the scenarios that come with sagastorm',
  flags: [flagFor('json', 'The list as JSON on stdout'), ...flags('no-color')],
  examples: ['list'],
};

export const INIT: CommandSpec = {
  name: 'init',
  positional: '',
  description: 'Write a first saga, scenario, test and workflow into this project; overwrites nothing',
  flags: flags('no-install', 'no-workflow', 'no-color'),
  examples: ['init', 'init --no-workflow'],
};
