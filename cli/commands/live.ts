// `sagastorm live`: a scenario for real. Orchestrators and participants are processes, with real sockets and stores; faults
// strike as the plan says, processes are killed, and at the end the same invariants judge what was left behind.

import { randomBytes } from 'node:crypto';
import { UserError } from '../../engine/core/user-error.ts';
import { type Capsule, jobOf as capsuleJob } from '../../simulator/campaign/capsule.ts';
import type { GivenFlags } from '../command-line.ts';
import { codeOfVerdict, EXIT, type ExitCode } from '../exit-codes.ts';
import { choicesOf, isGiven, seedOf, textOf, wholeNumberOf } from '../flags.ts';
import { HtmlPages } from '../html-pages.ts';
import { showing } from '../progress.ts';
import { RUN_EFFECTS, RUN_REPORTERS } from '../report-tables.ts';
import { Reporting } from '../reporters.ts';
import { recordFile, storeRecord } from '../result-files.ts';
import { jobOf } from './one-run.ts';
import { capsuleAt } from './replay.ts';
import { OUT_DEFAULT, stopOnInterrupt } from './run.ts';

const STORES = ['sqlite', 'postgres'];
const SAGAS = { min: 1, max: 100_000 };
const KILLS = { min: 0, max: 100_000 };
const SECONDS = { min: 1, max: 86_400 };
const PACE = { min: 1, max: 1_000 };
const ORCHESTRATORS = { min: 1, max: 100 };

const KILLS_DEFAULT = 10;
const SECONDS_DEFAULT = 15;
/** A capsule says what goes wrong. */
const OF_A_CAPSULE = { kills: 0, seconds: 5 };
const PACE_DEFAULT = 10;
/** A worker that is gone is replaced within this time. */
const LEASE_MS = 1_000;

export async function live(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const { runLive } = await import('../live/run-live.ts'); // sockets and stores take their time to load
  const reporting = new Reporting(given, RUN_REPORTERS, RUN_EFFECTS);
  const scenario = onlyScenario(words);
  const out = textOf(given, 'out') ?? OUT_DEFAULT;
  const pages = new HtmlPages(reporting, false);
  pages.keepClear([recordFile(scenario, out, false)]);
  const stop = new AbortController();
  const letGo = stopOnInterrupt(stop, 'stopping everybody');
  try {
    const record = await showing(scenario, isGiven(given, 'quiet'), (progress) =>
      runLive({ ...optionsOf(scenario, given), out, signal: stop.signal, ...progress }),
    );
    const stored = storeRecord(record, out, false);
    reporting.add(record, stored, await pages.add(record, stored));
    reporting.end();
    return stop.signal.aborted ? EXIT.interrupted : codeOfVerdict(record.verdict);
  } finally {
    letGo();
  }
}

function optionsOf(subject: string, given: GivenFlags) {
  const orchestrators = wholeNumberOf(given, 'orchestrators', ORCHESTRATORS);
  const databaseUrl = databaseOf(given);
  const capsule = subject.endsWith('.json') ? capsuleAt(subject, given) : undefined;
  const { kills, seconds } =
    capsule === undefined ? { kills: KILLS_DEFAULT, seconds: SECONDS_DEFAULT } : OF_A_CAPSULE;
  return {
    ...(capsule === undefined ? askedFor(subject, given) : recordedIn(subject, capsule)),
    stormMs: 1_000 * (wholeNumberOf(given, 'seconds', SECONDS) ?? seconds),
    kills: wholeNumberOf(given, 'kills', KILLS) ?? kills,
    pace: wholeNumberOf(given, 'pace', PACE) ?? PACE_DEFAULT,
    leaseMs: LEASE_MS,
    ...(orchestrators === undefined ? {} : { orchestrators }),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  } as const;
}

function askedFor(scenario: string, given: GivenFlags) {
  wholeNumberOf(given, 'sagas', SAGAS);
  const sagaFile = textOf(given, 'saga');
  return {
    job: jobOf(scenario, given),
    seed: seedOf(given) ?? randomBytes(4).toString('hex'),
    ...(sagaFile === undefined ? {} : { sagaFile }),
  };
}

function recordedIn(file: string, capsule: Capsule) {
  const { seed, plan, only } = capsule;
  return { job: capsuleJob(capsule), capsule: file, seed, plan, ...(only === undefined ? {} : { only }) };
}

/** @throws UserError `missing-database`, `bad-db` */
function databaseOf(given: GivenFlags): string | undefined {
  const db = textOf(given, 'db');
  const [store = db === undefined ? 'sqlite' : 'postgres'] = choicesOf(given, 'store', STORES);
  if (store === 'sqlite') {
    if (db === undefined) return undefined;
    const hint = 'Leave one of them out: a run on SQLite makes a file of its own.';
    throw new UserError('bad-db', '--db does not go with --store sqlite', hint);
  }
  const url = db ?? process.env.DATABASE_URL;
  if (url !== undefined && /^postgres(ql)?:/.test(url)) return url;
  throw new UserError(
    'missing-database',
    'the store "postgres" needs a database',
    'Write --db postgres://user@host/database, or set DATABASE_URL.',
  );
}

/** @throws UserError `one-scenario` */
function onlyScenario(words: readonly string[]): string {
  const [scenario] = words;
  if (scenario !== undefined && words.length === 1) return scenario;
  throw new UserError(
    'one-scenario',
    `live takes one scenario or capsule, not ${words.length}`,
    '`sagastorm list` shows those that come with it; a file is given by its path.',
  );
}
