// `sagastorm why`: reads a store beside its server, and says of every saga that has not ended why.

import { actWords } from '../../engine/core/repair-act.ts';
import type { SagaEvent, SagaStatus } from '../../engine/core/saga-event.ts';
import { type PastAct, type SagaWait, whyWaiting } from '../../engine/core/waiting.ts';
import { liveNowUs, PAGE_MAX } from '../../engine/live/index.ts';
import { counted } from '../../reports/wording.ts';
import { type GivenFlags, refuseWords } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isGiven } from '../flags.ts';
import { WHY } from '../specs.ts';
import { logBy, noLogOf, type ReadStore, storeToRead } from '../store-upkeep.ts';
import { palette, print } from '../terminal.ts';

const OPEN: readonly SagaStatus[] = ['created', 'running', 'compensating', 'compensation_failed'];
type SagaCreated = Extract<SagaEvent, { readonly kind: 'saga-created' }>;

/** Sagas that are told one by one. */
const TOLD_MAX = 50;
const INPUT_CHARS = 300;

/** @throws UserError `unknown-saga`, `retired-saga`, `no-store`, and those of a store */
export async function why(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const [saga, ...extra] = words;
  refuseWords(extra, WHY);
  const store = await storeToRead(given);
  try {
    const all = saga === undefined ? await allOpen(store) : [await one(store, saga)];
    if (isGiven(given, 'json')) for (const waiting of all) print(`${JSON.stringify(waiting)}\n`);
    else print(textOf(all, isGiven(given, 'no-color')));
  } finally {
    await store.close();
  }
  return EXIT.held;
}

/** A wait, and what the saga was begun with where it is told by itself. */
type Told = SagaWait & Partial<Pick<SagaCreated, 'definition' | 'definitionVersion' | 'input' | 'source'>>;

async function one(store: ReadStore, saga: string): Promise<Told> {
  const log = await logBy(store, saga);
  const waiting = whyWaiting(log, liveNowUs());
  const created = log[0]?.event;
  if (waiting !== undefined && created?.kind === 'saga-created') {
    const { definition, definitionVersion, input, source } = created;
    return { ...waiting, definition, definitionVersion, input, ...(source === undefined ? {} : { source }) };
  }
  if (waiting !== undefined) return waiting;
  throw await noLogOf(store, saga, '`sagastorm why` tells all that are open.');
}

/** Those that need somebody first, then by how long they have waited. */
async function allOpen(store: ReadStore): Promise<readonly SagaWait[]> {
  const found: SagaWait[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = await store.find({
      statuses: OPEN,
      limit: PAGE_MAX,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { saga } of page.sagas) {
      const waiting = whyWaiting(await store.logOf(saga), liveNowUs());
      if (waiting !== undefined && waiting.waitsFor !== 'nothing') found.push(waiting); // it may have ended meanwhile
    }
    cursor = page.next;
  }
  return found.sort((a, b) => Number(b.isStuck) - Number(a.isStuck) || a.sinceUs - b.sinceUs);
}

function actText(act: PastAct): string {
  return `     · ${new Date(act.atUs / 1_000).toISOString()} ${actWords(act)}\n`;
}

/** One that came as JSON has no input but its definition. */
function begunWith({ definition, definitionVersion, input, source = input }: Told): string {
  if (definition === undefined) return '';
  const text = JSON.stringify(source) ?? '';
  const shown = text.length > INPUT_CHARS ? `${text.slice(0, INPUT_CHARS)}…` : text;
  return `     ${definition} ${definitionVersion}, begun with ${shown}\n`;
}

function textOf(all: readonly Told[], isPlain: boolean): string {
  if (all.length === 0) return 'No saga waits: all have ended.\n';
  const colors = palette(isPlain);
  const blocks = all.slice(0, TOLD_MAX).map((told) => {
    const { saga, isStuck, sentence, next, remedy, acts } = told;
    const sign = isStuck ? colors.red('✗') : '·';
    return ` ${sign} ${colors.bold(saga)} ${sentence}\n${begunWith(told)}     ${next}${remedy === undefined ? '' : `\n     ${remedy}`}\n${acts.map(actText).join('')}`;
  });
  const stuck = all.filter(({ isStuck }) => isStuck).length;
  const rest = all.length > TOLD_MAX ? ` · ${counted(all.length - TOLD_MAX, 'more saga')} with --json` : '';
  const total =
    all.length === 1 && stuck === 0 ? '' : `\n ${counted(all.length, 'saga')} · ${stuck} stuck${rest}\n`;
  return blocks.join('') + total;
}
