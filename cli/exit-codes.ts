// What the process says when it ends. The codes are public: scripts depend on them.

import {
  BOOKS_UNREACHABLE,
  STORE_BUSY,
  STORE_FAILED,
  STORE_UNREACHABLE,
} from '../engine/live/unreachable.ts';
import { AMBIENT_ACCESS, isUserError } from '../simulator/campaign/error-data.ts';
import type { Verdict } from '../simulator/run-record.ts';

export const EXIT = {
  held: 0,
  violated: 1,
  inconclusive: 2,
  sloMissed: 3,
  nondeterministic: 4,
  usage: 64,
  internal: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const OF_VERDICT: Readonly<Record<Verdict, ExitCode>> = {
  held: EXIT.held,
  violated: EXIT.violated,
  inconclusive: EXIT.inconclusive,
  'slo-missed': EXIT.sloMissed,
  nondeterministic: EXIT.nondeterministic,
};

const WORST_FIRST: readonly ExitCode[] = [
  EXIT.interrupted,
  EXIT.internal,
  EXIT.usage,
  EXIT.nondeterministic,
  EXIT.violated,
  EXIT.sloMissed,
  EXIT.inconclusive,
  EXIT.held,
];

export function codeOfVerdict(verdict: Verdict): ExitCode {
  return OF_VERDICT[verdict];
}

/** Of servers: cli/commands/repair.ts. */
export const NO_SERVER = 'no-server';
const AWAY = [BOOKS_UNREACHABLE, STORE_UNREACHABLE, STORE_FAILED, STORE_BUSY, NO_SERVER];

/**
 * A run that asked for real time or chance is not deterministic; what depends on a service, a server or a database that is away
 * is inconclusive, for the same words may do tomorrow; any other UserError is wrong usage.
 */
export function codeOfError(error: unknown): ExitCode {
  if (!isUserError(error)) return EXIT.internal;
  if (AWAY.includes(error.code)) return EXIT.inconclusive;
  return error.code === AMBIENT_ACCESS ? EXIT.nondeterministic : EXIT.usage;
}

/** The worst of several codes: 130, 70, 64, 4, 1, 3, 2, 0. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.held;
}
