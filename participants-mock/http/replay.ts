// From the log of a participant's file to the participant: every request is handled again, and everything that comes
// of it must be what was written down. If it is not, the program is not the one that wrote the file, and must not go
// on with it: it would answer from a state that never was.

import { UserError } from '../../engine/core/user-error.ts';
import { type CallRow, type ParticipantFile, textOf } from './participant-file.ts';
import { type MachineParts, type MachineRequest, ReplayedMachine } from './replayed-machine.ts';

export interface Replayed {
  readonly machine: ReplayedMachine;
  /** How many requests there were. */
  readonly calls: number;
  /** The time of the last one, in microseconds since 1970; 0 when there was none. */
  readonly lastUs: number;
}

/**
 * Handles the whole log again.
 *
 * @param seen is shown each row after it was handled
 * @throws UserError `participant-file-differs` when an answer or an entry is not what it was.
 */
export function replay(
  file: ParticipantFile,
  parts: Pick<MachineParts, 'participant' | 'dialect'>,
  seen: (row: CallRow) => void = () => undefined,
): Replayed {
  const machine = new ReplayedMachine({ ...parts, ...file.meta });
  let calls = 0;
  let lastUs = 0;
  for (const row of file.rows()) {
    if (row.no !== calls + 1) throw differs(file, row.no, 'the calls before it are missing');
    check(file, machine, row);
    seen(row);
    calls = row.no;
    lastUs = row.nowUs;
  }
  return { machine, calls, lastUs };
}

function check(file: ParticipantFile, machine: ReplayedMachine, row: CallRow): void {
  const { answer, entries } = machine.handle(JSON.parse(row.request) as MachineRequest, row.nowUs);
  const again = JSON.stringify(answer);
  if (again !== row.answer) throw differs(file, row.no, `it answered ${row.answer}, and now ${again}`);
  const texts = entries.map(textOf);
  const isSame = texts.length === row.entries.length && texts.every((text, i) => text === row.entries[i]);
  if (!isSame) throw differs(file, row.no, `it wrote [${row.entries}] into its books, and now [${texts}]`);
}

function differs({ meta }: ParticipantFile, no: number, what: string): UserError {
  return new UserError(
    'participant-file-differs',
    `call ${no} of "${meta.service}" does not come out as it did: ${what}`,
    'Use the version that wrote the file, or begin with a new file.',
  );
}
