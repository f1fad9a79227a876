// The flags of all commands, and how each value is read: one clear sentence for every value that is wrong.

import { nearest } from '../engine/core/nearest.ts';
import { UserError } from '../engine/core/user-error.ts';
import type { Profile } from '../simulator/faults/profile.ts';
import { PROFILE_NAMES } from '../simulator/faults/profile-names.ts';
import { PROTOCOLS, type Protocol } from '../simulator/protocol-names.ts';
import type { Flag, GivenFlags } from './command-line.ts';

const FLAGS = {
  seed: { name: 'seed', value: 'text', description: 'Root seed; random when left out, always printed' },
  seeds: { name: 'seeds', value: 'n', description: 'Number of runs, 1 to 10,000,000; default 1' },
  sagas: {
    name: 'sagas',
    value: 'n',
    description: "Sagas per run, 1 to 10,000,000; default the scenario's own",
  },
  profile: { name: 'profile', value: 'name', description: 'calm, breeze or storm; default storm' },
  'fault-rate': {
    name: 'fault-rate',
    value: 'x',
    description: 'All faults of the profile so many times as frequent, 0 to 10; default 1',
  },
  protocol: {
    name: 'protocol',
    value: 'name',
    description:
      'How the steps are brought together: saga, choreography or 2pc (two-phase commit); default saga',
  },
  policy: {
    name: 'policy',
    value: 'name',
    description:
      "Policy instead of the scenario's own: a name, NAME:setting=value, or the path of a JSON file",
  },
  sweep: {
    name: 'sweep',
    value: 'setting=values',
    description: 'A setting of the first policy, and values to try, e.g. retry.timeout.attemptsMax=1,3,5',
  },
  sensitivity: {
    name: 'sensitivity',
    description: 'The recommended policy under other fault rates and timeouts, too',
  },
  space: {
    name: 'space',
    value: 'members',
    description: 'Members of the policy that may vary, e.g. retry,bulkhead; default all',
  },
  budget: { name: 'budget', value: 'n', description: 'Runs, all together, at most' },
  candidates: { name: 'candidates', value: 'n', description: 'Policies to draw from the space' },
  faults: {
    name: 'faults',
    value: 'n',
    description: 'Faults at a time: 1, or 2 for every pair as well; default 1',
  },
  kills: {
    name: 'kills',
    value: 'n',
    description: 'Processes to kill at random, beside those that faults end; default 10',
  },
  days: { name: 'days', value: 'n', description: 'Sagas that ended longer ago go; default 30' },
  seconds: { name: 'seconds', value: 'n', description: 'How long it storms, 1 to 86,400; default 15' },
  pace: {
    name: 'pace',
    value: 'n',
    description: "Divides the policy's waits and the times of faults, 1 to 1,000; default 10",
  },
  all: { name: 'all', description: 'All sagas of the last 24 hours that did not complete, or not yet' },
  store: { name: 'store', value: 'name', description: 'sqlite or postgres; default sqlite' },
  db: { name: 'db', value: 'where', description: 'Default .sagastorm/sagas.db; of postgres, DATABASE_URL' },
  orchestrators: {
    name: 'orchestrators',
    value: 'n',
    description: 'Processes, 1 to 100; default 2 on SQLite, 3 on PostgreSQL',
  },
  workers: { name: 'workers', value: 'n', description: 'Threads, 1 to 256; default one per core' },
  saga: {
    name: 'saga',
    value: 'file',
    description: "Run the saga in this JSON file with the scenario's services",
  },
  'check-determinism': {
    name: 'check-determinism',
    value: 'k',
    description: 'Runs to repeat and compare; default 2 %, at least 1, at most 20',
  },
  'shrink-budget': {
    name: 'shrink-budget',
    value: 'n',
    description: 'Sagas to run, all together, to make failures small; 0: not at all; default 200,000',
  },
  reporter: {
    name: 'reporter',
    value: 'name',
    description:
      'pretty, line, json, ndjson, junit, github, sarif, md or html; several times, each as NAME=FILE to write a file',
  },
  shard: {
    name: 'shard',
    value: 'i/n',
    description: 'Only the i-th of n parts of the runs, left as a blob for `sagastorm merge`; needs --seed',
  },
  json: { name: 'json', description: 'Only the run record on stdout, one line of JSON per scenario' },
  out: { name: 'out', value: 'dir', description: 'Where results are stored; default .sagastorm' },
  strict: {
    name: 'strict',
    description: 'A fault that was enabled and never delivered is inconclusive (exit 2)',
  },
  quiet: { name: 'quiet', description: 'No progress' },
  'no-color': { name: 'no-color', description: 'No colours; NO_COLOR and FORCE_COLOR are respected too' },
  ui: {
    name: 'ui',
    value: 'file.html',
    valueEnding: '.html',
    description: 'Write the debugger: the run event by event, as an HTML page; default in .sagastorm/debug/',
  },
  'no-debugger': { name: 'no-debugger', description: 'No debugger page beside the capsules of failures' },
  trace: { name: 'trace', description: 'Print every event of the run' },
  metrics: {
    name: 'metrics',
    value: 'file',
    description: 'Write the meters of the run as series of virtual time (OpenMetrics), a sample each 15 s',
  },
  otlp: {
    name: 'otlp',
    value: 'file',
    description: 'Write the traces of the run, one for each saga, as OTLP in JSON',
  },
  inputs: {
    name: 'inputs',
    value: 'file',
    description:
      'What sagas were begun with, { saga, definition, version, input, at } in each line, for those that the log lost',
  },
  into: {
    name: 'into',
    value: 'file',
    description:
      'Write a new store as of --until, or of the end, as if that were now, and the books of the services beside it',
  },
  until: {
    name: 'until',
    value: 'time',
    description: 'Print every event up to this virtual time, e.g. 1.2s',
  },
  port: {
    name: 'port',
    value: 'n',
    description: 'Where to listen, 0 to 65,535; 0: a free one; default 8080',
  },
  host: { name: 'host', value: 'address', description: 'Default 127.0.0.1; any other needs tokens' },
  config: { name: 'config', value: 'file', description: 'Default sagastorm.config.json, when there is one' },
  definitions: {
    name: 'definitions',
    value: 'file',
    description: 'A module that exports sagas of defineSaga',
  },
  slo: { name: 'slo', description: 'Whether the latency targets are met, in the simulator and for real' },
  save: { name: 'save', value: 'name', description: 'Keep the figures under this name' },
  against: { name: 'against', value: 'name', description: 'What changed since figures were saved' },
  'fail-on-regression': {
    name: 'fail-on-regression',
    description: 'Exit 3 when something is slower than what it is compared with',
  },
  processes: {
    name: 'processes',
    value: 'n',
    description: 'Processes, one after the other, 1 to 50; default 1, or 7 with --save and --against',
  },
  rounds: { name: 'rounds', value: 'n', description: 'Rounds in each process, 1 to 1,000; default 5' },
  'warm-up': { name: 'warm-up', value: 's', description: 'Seconds until rounds count, 0 to 60; default 4' },
  'no-install': { name: 'no-install', description: 'Install nothing; say what is missing' },
  'no-workflow': { name: 'no-workflow', description: 'No workflow for GitHub Actions' },
  by: { name: 'by', value: 'name', description: 'Who does it; stands in the log' },
  why: {
    name: 'why',
    value: 'text',
    description: 'The reason; stands in the log, and skip and resolve need it',
  },
  step: { name: 'step', value: 'name', description: 'For skip: which step, where there are several' },
  act: {
    name: 'act',
    value: 'id',
    description: 'Id of the act: repeated with it, nothing is done twice; default a new one, which is said',
  },
  status: {
    name: 'status',
    value: 'name',
    description: 'Only sagas of this status, or these: several times, or with commas',
  },
  definition: { name: 'definition', value: 'name', description: 'Only sagas of this definition' },
  stuck: { name: 'stuck', value: 'time', description: 'Only sagas stuck for so long, e.g. 30s, 5m, 2h' },
  cause: { name: 'cause', value: 'class', description: 'Only sagas with this cause, as diagnose names it' },
  'dry-run': { name: 'dry-run', description: 'Only say what would happen' },
  yes: { name: 'yes', description: 'Do it' },
  force: {
    name: 'force',
    description:
      'For restore, rebuild, import: beside an engine, whatever a book forgot; for backup, export: replace',
  },
  'from-beginning': {
    name: 'from-beginning',
    description: 'For summary: made again from all events, whatever was kept',
  },
  url: {
    name: 'url',
    value: 'url',
    description: 'The server; default http://127.0.0.1:8080. SAGASTORM_TOKEN is its token',
  },
  mock: { name: 'mock', description: 'Start services to try it with: bank, inventory, payment, shipping' },
} as const satisfies Readonly<Record<string, Flag>>;

export type FlagName = keyof typeof FLAGS;

/** The flags with these names, in this order. */
export function flags(...names: readonly FlagName[]): readonly Flag[] {
  return names.map((name) => FLAGS[name]);
}

/** A flag that means something else to one command. */
export function flagFor(name: FlagName, description: string): Flag {
  return { ...FLAGS[name], description };
}

const SEED_LENGTH_MAX = 200;
const LISTED = new Intl.NumberFormat('en-US');

/** Whether a flag without a value was given. */
export function isGiven(given: GivenFlags, name: FlagName): boolean {
  return given.get(name) === true;
}

/** Every value of a flag, in the order in which they were typed. */
export function textsOf(given: GivenFlags, name: FlagName): readonly string[] {
  const texts = given.get(name) ?? [];
  return texts === true ? [] : texts;
}

/**
 * The value of a flag that may be given once.
 *
 * @throws UserError `repeated-flag`
 */
export function textOf(given: GivenFlags, name: FlagName): string | undefined {
  const texts = textsOf(given, name);
  if (texts.length <= 1) return texts[0];
  throw new UserError('repeated-flag', `--${name} is given ${texts.length} times`, 'Give it once.');
}

/**
 * A whole number within bounds.
 *
 * @throws UserError `bad-number`; the message names the range
 */
export function wholeNumberOf(
  given: GivenFlags,
  name: FlagName,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const range = `${LISTED.format(min)} to ${LISTED.format(max)}`;
  throw new UserError('bad-number', `--${name} takes a whole number from ${range}, not "${text}"`);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/**
 * A time such as `30s`, `5m`, `2h` or `1d`, in seconds.
 *
 * @throws UserError `bad-time`
 */
export function secondsOf(given: GivenFlags, name: FlagName): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return Number(count) * SECONDS[unit]!;
  throw new UserError('bad-time', `--${name} takes a time such as 30s, 5m, 2h or 1d, not "${text}"`);
}

const FAULT_RATE_MAX = 10;

/**
 * How frequent faults are, in parts per thousand of the profile's rates.
 *
 * @throws UserError `bad-number`
 */
export function faultPermilleOf(given: GivenFlags): number | undefined {
  const text = textOf(given, 'fault-rate');
  if (text === undefined) return undefined;
  const rate = /^\d{1,2}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (rate <= FAULT_RATE_MAX) return Math.round(rate * 1_000);
  throw new UserError(
    'bad-number',
    `--fault-rate takes a number from 0 to ${FAULT_RATE_MAX} with at most three decimals, not "${text}"`,
  );
}

/**
 * A seed: whatever text that can be printed and typed.
 *
 * @throws UserError `bad-seed`
 */
export function seedOf(given: GivenFlags): string | undefined {
  const text = textOf(given, 'seed');
  if (text === undefined || (text.length <= SEED_LENGTH_MAX && /^[^\p{Cc}]*$/u.test(text))) return text;
  throw new UserError(
    'bad-seed',
    `--seed takes a text of at most ${SEED_LENGTH_MAX} characters without control characters`,
  );
}

const SHARDS_MAX = 10_000;

/**
 * One of several parts, as `2/4`.
 *
 * @throws UserError `bad-shard`
 */
export function shardOf(given: GivenFlags): { readonly index: number; readonly of: number } | undefined {
  const text = textOf(given, 'shard');
  if (text === undefined) return undefined;
  const [, index = 0, of = 0] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of && of <= SHARDS_MAX) return { index, of };
  throw new UserError(
    'bad-shard',
    `--shard takes i/n such as 2/4, with i from 1 to n and n at most ${LISTED.format(SHARDS_MAX)}, not "${text}"`,
  );
}

/** @throws UserError `bad-choice` */
export function profileOf(given: GivenFlags): Profile['name'] | undefined {
  const [profile] = choicesOf(given, 'profile', PROFILE_NAMES);
  textOf(given, 'profile');
  return profile;
}

/** @throws UserError `bad-choice` */
export function protocolOf(given: GivenFlags): Protocol | undefined {
  const [protocol] = choicesOf(given, 'protocol', PROTOCOLS);
  textOf(given, 'protocol');
  return protocol;
}

/**
 * Every value of a flag, each of them one of `choices`.
 *
 * @throws UserError `bad-choice`
 */
export function choicesOf<Choice extends string>(
  given: GivenFlags,
  name: FlagName,
  choices: readonly Choice[],
): readonly Choice[] {
  return textsOf(given, name).map((text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice !== undefined) return choice;
    throw new UserError(
      'bad-choice',
      `--${name} takes one of ${choices.join(', ')}, not "${text}"`,
      didYouMean(text, choices),
    );
  });
}

/** The hint to a sentence that lists what is possible already. */
export function didYouMean(text: string, choices: readonly string[]): string | undefined {
  const near = nearest(text, choices);
  return near === undefined ? undefined : `Did you mean "${near}"?`;
}

const MICROSECONDS: Readonly<Record<string, number>> = {
  us: 1,
  µs: 1,
  ms: 1_000,
  s: 1_000_000,
  min: 60_000_000,
  h: 3_600_000_000,
};

/**
 * A duration such as `1.2s`, `350ms` or `2min`, in microseconds.
 *
 * @throws UserError `bad-duration`
 */
export function durationOf(given: GivenFlags, name: FlagName): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,6})?) ?([a-zµ]+)$/.exec(text) ?? [];
  const size = unit === undefined ? undefined : MICROSECONDS[unit];
  if (amount !== undefined && size !== undefined) return Math.round(Number(amount) * size);
  throw new UserError(
    'bad-duration',
    `--${name} takes a duration such as 1.2s or 350ms, not "${text}"`,
    `Units: ${Object.keys(MICROSECONDS).join(', ')}.`,
  );
}
