// `sagastorm store summary`: the view of where sagas stand, brought up to date, beside the server or without one.

import { liveNowUs, projectSagas } from '../engine/live/index.ts';
import { type SummaryRow, sagaStateSummary, summaryRows } from '../engine/observe/index.ts';
import { counted, duration, number } from '../reports/wording.ts';
import { type GivenFlags, refuseWords } from './command-line.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { isGiven } from './flags.ts';
import { STORE } from './specs.ts';
import { storeToRead } from './store-upkeep.ts';
import { print } from './terminal.ts';

/** @throws UserError `no-store`, and those of a store */
export async function storeSummary(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  refuseWords(words.slice(1), STORE);
  const store = await storeToRead(given);
  try {
    const rebuild = isGiven(given, 'from-beginning');
    const { view, place, folded, isRebuilt, notKept } = await projectSagas(store, sagaStateSummary, {
      rebuild,
    });
    const { name, version } = sagaStateSummary;
    const rows = summaryRows(view, liveNowUs());
    if (isGiven(given, 'json')) {
      const { position } = place;
      print(
        `${JSON.stringify({ view: name, version, position, folded, isRebuilt, isKept: notKept === undefined, rows })}\n`,
      );
    } else {
      const how = isRebuilt ? 'from the beginning' : 'since the last time';
      print(
        `${textOf(rows)}\n   ${counted(folded, 'event')} read ${how} · as of position ${number(place.position)}${notKept === undefined ? '' : `\n   not kept for the next time: ${notKept.message}`}\n`,
      );
    }
  } finally {
    await store.close();
  }
  return EXIT.held;
}

const HEAD = ['definition', 'status', 'step', 'sagas', 'age on average', 'oldest', 'newest'];

function textOf(rows: readonly SummaryRow[]): string {
  if (rows.length === 0) return ' No saga is open, waits for a person, or failed.\n';
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const lines = cells.map((row) => ` ${row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')}`.trimEnd());
  return `${lines.join('\n')}\n`;
}

function cellsOf(row: SummaryRow): readonly string[] {
  const { definition, status, step, count, averageAgeUs, oldestCreatedAtUs, newestCreatedAtUs } = row;
  const at = (us: number): string => new Date(us / 1_000).toISOString();
  const age = duration(averageAgeUs);
  return [
    definition,
    status,
    step === '' ? '–' : step,
    number(count),
    age,
    at(oldestCreatedAtUs),
    at(newestCreatedAtUs),
  ];
}
