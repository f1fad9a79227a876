// `sagastorm reconcile`: reads a store beside its server, and the books of the services, and says what differs.

import { reconcileStore } from '../../engine/api/index.ts';
import {
  type AccountTotal,
  type Difference,
  type ItemTotal,
  isReconciled,
  type Reconciliation,
} from '../../engine/observe/index.ts';
import { counted } from '../../reports/wording.ts';
import { type GivenFlags, refuseWords } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isGiven, textOf } from '../flags.ts';
import { loadDefinitions } from '../saga-definitions.ts';
import { bookSources, readBooks } from '../service-books.ts';
import { RECONCILE } from '../specs.ts';
import { storeToRead } from '../store-upkeep.ts';
import { palette, print } from '../terminal.ts';

/** Told one by one. */
const TOLD_MAX = 40;

/**
 * Exit 0 when nothing differs, 1 when something does.
 *
 * @throws UserError `no-store`, `no-books`, `bad-against`, and those of a store or a configuration
 */
export async function reconcileStoreWithBooks(
  words: readonly string[],
  given: GivenFlags,
): Promise<ExitCode> {
  refuseWords(words, RECONCILE);
  const module = textOf(given, 'definitions');
  const definitions = module === undefined ? [] : await loadDefinitions(module);
  const sources = bookSources(given);
  const catalogue = await storeToRead(given);
  try {
    const found = await reconcileStore({ catalogue, definitions, books: () => readBooks(sources) });
    if (isGiven(given, 'json')) print(`${JSON.stringify({ reconciled: isReconciled(found), ...found })}\n`);
    else print(reconciliationText(found, isGiven(given, 'no-color')));
    return isReconciled(found) ? EXIT.held : EXIT.violated;
  } finally {
    await catalogue.close();
  }
}

/** As people read it. */
export function reconciliationText(found: Reconciliation, isPlain: boolean): string {
  const colors = palette(isPlain);
  const { differences, inDoubt, unchecked, retired } = found;
  const bySaga = Map.groupBy(differences, ({ saga }) => saga);
  const blocks = [...bySaga].slice(0, TOLD_MAX).map(([saga, own]) => {
    const status = own[0]!.status ?? 'not in the log';
    const lines = own.flatMap((one) => [
      `     ${colors.yellow(one.kind)} ${operationOf(one)}${one.service === undefined ? '' : ` · ${one.service}`}: the log says ${one.logSays}, the book ${one.bookSays}`,
      `       → ${one.settle.how}`,
    ]);
    return [` ${colors.red('✗')} ${colors.bold(saga)} ${status}`, ...lines, ''].join('\n');
  });
  const rest = bySaga.size - blocks.length;
  const waiting = inDoubt.filter(({ settle }) => settle.act !== 'wait').length;
  const agrees = hasCompared(found) ? colors.green('✓') : colors.yellow('!');
  const sign = isReconciled(found) ? agrees : colors.red('✗');
  return [
    ...blocks,
    ...(rest > 0 ? [` ${counted(rest, 'more saga')} with --json\n`] : []),
    ...totalsOf(found.accounts, found.items),
    ` ${sign} ${counted(found.sagas, 'saga')}, ${counted(found.operations, 'operation')}, ${entriesOf(found.entries)}: ${verdictOf(found)}\n`,
    ...(inDoubt.length === 0
      ? []
      : [
          `   ${counted(inDoubt.length, 'operation')} in doubt: ${doubtOf(waiting, inDoubt.length - waiting)}\n`,
        ]),
    ...unjudgedText(unchecked),
    ...(retired.length === 0 ? [] : [retiredText(retired)]),
    ...(found.forgotten === 0
      ? []
      : [`   not judged, for a book does not remember so long: ${counted(found.forgotten, 'saga')}\n`]),
  ].join('');
}

/** What a service that lost all entries of a step looks like, too: so the way on is said. */
function unjudgedText(unchecked: Reconciliation['unchecked']): readonly string[] {
  return unchecked.map(({ definition, step, service, sagas }) => {
    const why = service === undefined ? 'no book mentions it' : `the book of ${service} is not here`;
    const how =
      service === undefined
        ? 'Give --definitions: they say whether it has effects, and at which service. It may have lost them all.'
        : `Give --against ${service}=… as well.`;
    const times = `done in ${counted(sagas, 'saga')} by the log`;
    return `   not judged: "${step}" of ${definition}, ${times}; ${why}\n       → ${how}\n`;
  });
}

function retiredText(retired: Reconciliation['retired']): string {
  const entries = retired.reduce((sum, one) => sum + one.entries, 0);
  return `   not judged, for ${retired.length === 1 ? 'its log was' : 'their logs were'} retired: ${counted(retired.length, 'saga')} with ${entriesOf(entries)}\n`;
}

function operationOf({ step, direction, round }: Difference): string {
  const what = direction === 'forward' ? `"${step}"` : `the undo of "${step}"`;
  return round === 0 ? what : `${what} (round ${round})`;
}

/** A book without an entry says nothing of what the log has. */
function hasCompared({ operations, entries }: Reconciliation): boolean {
  return entries > 0 || operations === 0;
}

function verdictOf(found: Reconciliation): string {
  const { differences, accounts, items } = found;
  const drifts =
    accounts.filter(({ drift = 0 }) => drift !== 0).length +
    items.filter(({ isAsBooked = true }) => !isAsBooked).length;
  if (differences.length === 0 && drifts === 0)
    return hasCompared(found) ? 'the books and the log agree' : 'nothing was compared';
  const sagas = new Set(differences.map(({ saga }) => saga)).size;
  const parts = [
    ...(differences.length === 0
      ? []
      : [`${counted(differences.length, 'difference')} in ${counted(sagas, 'saga')}`]),
    ...(drifts === 0 ? [] : [`${counted(drifts, 'total')} that no entry explains`]),
  ];
  return parts.join(', ');
}

function totalsOf(accounts: readonly AccountTotal[], items: readonly ItemTotal[]): readonly string[] {
  const lines = [
    ...accounts
      .filter(({ unexplained, drift = 0 }) => unexplained !== 0 || drift !== 0)
      .map(
        ({ service, account, posted, unexplained, drift = 0 }) =>
          `   ${service} ${account}: ${posted} posted, ${unexplained} of it unexplained${drift === 0 ? '' : `; its balance is off by ${drift}`}\n`,
      ),
    ...items
      .filter(({ unexplained, isAsBooked = true }) => unexplained > 0 || !isAsBooked)
      .map(
        ({ service, item, entries, unexplained, isAsBooked = true }) =>
          `   ${service} ${item}: ${unexplained} of ${entriesOf(entries)} unexplained${isAsBooked ? '' : '; its level is not that of the last entry'}\n`,
      ),
  ];
  const rest = lines.length - TOLD_MAX;
  return rest > 0
    ? [...lines.slice(0, TOLD_MAX), `   ${counted(rest, 'more account')} with --json\n`]
    : lines;
}

function entriesOf(count: number): string {
  return count === 1 ? '1 entry' : `${count.toLocaleString('en-US')} entries`;
}

function doubtOf(forPerson: number, forEngine: number): string {
  const parts = [
    ...(forPerson === 0 ? [] : [`${forPerson} for a person (resume)`]),
    ...(forEngine === 0 ? [] : [`${forEngine} for the engine`]),
  ];
  return `waiting ${parts.join(', ')}`;
}
