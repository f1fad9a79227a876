// `sagastorm repair`: asks a server to repair sagas, one by one or all that a filter names, and says what became of each.
//
// R1. The act has one id, which is said: who repeats the command with it does nothing twice.
// R2. All that a filter names are only looked at, unless --yes.

import { randomUUID } from 'node:crypto';
import { nearest, suggestion } from '../../engine/core/nearest.ts';
import { REPAIR_KINDS, type RepairKind, TAKES_OVER } from '../../engine/core/repair-act.ts';
import { SERVER_URL_DEFAULT } from '../../engine/core/repair-command.ts';
import { SAGA_STATUSES } from '../../engine/core/saga-status.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Palette } from '../../reports/pretty.ts';
import { counted } from '../../reports/wording.ts';
import type { GivenFlags } from '../command-line.ts';
import { EXIT, type ExitCode, NO_SERVER } from '../exit-codes.ts';
import { isGiven, secondsOf, textOf, textsOf } from '../flags.ts';
import { palette, print } from '../terminal.ts';

const PAGE = 200;

/** As the server tells them. */
interface Result {
  readonly saga: string;
  readonly status: string | null;
  readonly result: 'done' | 'done-before' | 'refused' | 'foreseen' | 'failed';
  readonly reason: string | null;
  readonly events: readonly string[];
}

interface Asking {
  readonly url: string;
  readonly act: Readonly<Record<string, unknown>> & { readonly act: string; readonly id: string };
  readonly isDryRun: boolean;
}

/**
 * Ends with 2 when some were refused or could not be asked.
 *
 * @throws UserError `missing-argument`, `unknown-act`, `sagas-and-all`, `no-filter`, `unknown-status`, `no-server`,
 *   `unexpected-answer` (who answers is no sagastorm server), and those of the server
 */
export async function repairSagas(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const asking = askingOf(words, given);
  const sagas = words.slice(1);
  const isForAll = isGiven(given, 'all');
  const filter = isForAll ? filterOf(given) : {};
  const tell = teller(given, asking);
  const counts = new Map<string, number>();
  for await (const result of isForAll ? found(asking, filter) : named(asking, sagas)) {
    counts.set(result.result, (counts.get(result.result) ?? 0) + 1);
    tell.result(result);
  }
  tell.end(counts, isForAll && !isGiven(given, 'yes'));
  return counts.has('refused') || counts.has('failed') ? EXIT.inconclusive : EXIT.held;
}

function askingOf([act, ...sagas]: readonly string[], given: GivenFlags): Asking {
  if (act === undefined) {
    throw new UserError(
      'missing-argument',
      'repair needs an act',
      `It is one of ${REPAIR_KINDS.join(', ')}.`,
    );
  }
  if (!REPAIR_KINDS.some((known) => known === act)) {
    throw new UserError('unknown-act', `"${act}" is no repair`, suggestion(act, REPAIR_KINDS, 'Repairs'));
  }
  const isForAll = isGiven(given, 'all');
  if (isForAll && sagas.length > 0) {
    throw new UserError('sagas-and-all', 'repair takes sagas or --all, not both', 'Leave one of them out.');
  }
  if (!isForAll && sagas.length === 0) {
    const hint = 'Name one or more, or write --all with conditions such as --status compensation_failed.';
    throw new UserError('missing-argument', `repair ${act} needs sagas`, hint);
  }
  if (TAKES_OVER.has(act as RepairKind) && textOf(given, 'why') === undefined) {
    throw new UserError('missing-argument', `repair ${act} needs a reason`, 'Give it as --why TEXT.');
  }
  const id = textOf(given, 'act') ?? `cli-${randomUUID().slice(0, 13)}`;
  const parts = { act, id, by: textOf(given, 'by'), why: textOf(given, 'why'), step: textOf(given, 'step') };
  return {
    url: (textOf(given, 'url') ?? SERVER_URL_DEFAULT).replace(/\/+$/, ''),
    act: parts,
    isDryRun: isGiven(given, 'dry-run') || (isForAll && !isGiven(given, 'yes')), // R2
  };
}

function filterOf(given: GivenFlags): Readonly<Record<string, unknown>> {
  const status = textsOf(given, 'status').flatMap((text) => text.split(','));
  for (const one of status) {
    if (SAGA_STATUSES.some((known) => known === one)) continue;
    const sentence = `--status takes one of ${SAGA_STATUSES.join(', ')}, not "${one}"`;
    const near = nearest(one, SAGA_STATUSES);
    throw new UserError(
      'unknown-status',
      sentence,
      near === undefined ? undefined : `Did you mean "${near}"?`,
    );
  }
  const filter = {
    ...(status.length === 0 ? {} : { status }),
    name: textOf(given, 'definition'),
    stuckSeconds: secondsOf(given, 'stuck'),
    cause: textOf(given, 'cause'),
  };
  if (Object.values(filter).some((value) => value !== undefined)) return filter;
  const hint = 'Give at least one of --status, --definition, --stuck and --cause.';
  throw new UserError('no-filter', '--all needs a condition: it never means all sagas there are', hint);
}

/** One after the other, each by itself: who may not repair many at once may do this. */
async function* named({ url, act, isDryRun }: Asking, sagas: readonly string[]): AsyncGenerator<Result> {
  for (const saga of sagas) {
    const path = `/api/admin/sagas/${encodeURIComponent(saga)}/repair`;
    const { status, json } = await post(url + path, { ...act, dryRun: isDryRun });
    if (status === 200 && typeof json.result === 'string') yield json as unknown as Result;
    else if (json.code === 'refused' || json.code === 'unknown-saga') {
      yield { saga, status: null, result: 'refused', reason: String(json.detail), events: [] };
    } else throw problem(json, status);
  }
}

/** Page by page. */
async function* found({ url, act, isDryRun }: Asking, filter: object): AsyncGenerator<Result> {
  for (let cursor: unknown, isFirst = true; isFirst || typeof cursor === 'string'; isFirst = false) {
    const page = { filter, limit: PAGE, ...(typeof cursor === 'string' ? { cursor } : {}) };
    const { status, json } = await post(`${url}/api/admin/repair`, { ...act, dryRun: isDryRun, ...page });
    if (status !== 200 || !Array.isArray(json.results)) throw problem(json, status);
    yield* json.results as readonly Result[];
    cursor = json.next;
  }
}

interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

async function post(url: string, body: object): Promise<Answer> {
  const token = process.env.SAGASTORM_TOKEN;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, json: membersOf(await response.text()) };
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    const hint = 'Start one with sagastorm serve, or say where it is with --url.';
    throw new UserError(NO_SERVER, `there is no sagastorm server at ${originOf(url)} (${cause})`, hint);
  }
}

/** None of what is no object of JSON, such as the page of a proxy. */
function membersOf(text: string): Answer['json'] {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Answer['json']) : {};
  } catch {
    return {};
  }
}

/** Where people have pointed it, without what follows. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

/** What is missing in the words of this command: the server speaks of fields. */
const FLAG_HINTS: readonly (readonly [says: string, hint: string])[] = [
  ['needs the name of who does it', 'Give it as --by NAME, one line of 1 to 60 characters.'],
  ['needs a reason', 'Give it as --why TEXT, one line of 1 to 500 characters.'],
];

/** It cannot answer now, or there is nobody behind a proxy. */
function isAway(status: number): boolean {
  return status >= 500 || status === 429;
}

function problem({ code, detail, hint }: Answer['json'], status: number): UserError {
  if (typeof code !== 'string') {
    const where = 'Say with --url where the sagastorm server is.';
    const sentence = `what answered is no sagastorm server, or none is behind it (HTTP ${status})`;
    return new UserError(isAway(status) ? NO_SERVER : 'unexpected-answer', sentence, where);
  }
  const why = typeof detail === 'string' ? detail : `the server answered ${status}`;
  const token = status === 401 ? 'Set SAGASTORM_TOKEN to a token that the server knows.' : undefined;
  const own = code === 'bad-act' ? FLAG_HINTS.find(([says]) => why.includes(says))?.[1] : undefined;
  return new UserError(
    isAway(status) ? NO_SERVER : code,
    why,
    token ?? own ?? (typeof hint === 'string' ? hint : undefined),
  );
}

interface Teller {
  result(result: Result): void;
  end(counts: ReadonlyMap<string, number>, isHeldBack: boolean): void;
}

function teller(given: GivenFlags, { act }: Asking): Teller {
  if (isGiven(given, 'json'))
    return { result: (result) => print(`${JSON.stringify(result)}\n`), end: () => {} };
  const colors = palette(isGiven(given, 'no-color'));
  return {
    result: (result) => print(` ${lineOf(result, colors)}\n`),
    end(counts, isHeldBack) {
      const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
      if (all === 0) return print('No saga is so.\n');
      const each = [...counts].map(([result, count]) => `${count} ${WORDS[result as Result['result']]}`);
      print(`\n ${counted(all, 'saga')} · ${each.join(' · ')} · act ${act.id}\n`);
      if (isHeldBack) print(` Nothing was done. The same with --yes --act ${act.id} does it.\n`);
    },
  };
}

const WORDS: Readonly<Record<Result['result'], string>> = {
  done: 'done',
  'done-before': 'was done before, nothing happened now',
  refused: 'refused',
  foreseen: 'would be done',
  failed: 'could not be asked',
};

function lineOf({ saga, result, reason, events }: Result, colors: Palette): string {
  const isNothing = result === 'foreseen' || result === 'done-before';
  const sign = result === 'done' ? colors.green('✓') : isNothing ? '·' : colors.yellow('–');
  const more = reason ?? events.join(', ');
  return `${sign} ${colors.bold(saga)} ${WORDS[result]}${more === '' ? '' : `: ${more}`}`;
}
