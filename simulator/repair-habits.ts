// People who repair sagas, as a scenario declares them, and E12 for them: a command that could do nothing is refused.

import { nearest } from '../engine/core/nearest.ts';
import { checkAct, type RepairAct } from '../engine/core/repair-act.ts';
import type { RepairSelection } from '../engine/core/repair-selection.ts';
import { SAGA_STATUSES } from '../engine/core/saga-status.ts';
import { checkMembers } from '../engine/core/step-shape.ts';
import { UserError } from '../engine/core/user-error.ts';

/** People who repair sagas in a run, in every weather, as `sagastorm repair` does: see engine/core/repair.ts. */
export interface RepairHabits {
  /**
   * Of 1,000 sagas, with so many somebody meddles: any act at any time, often twice. And of 1,000 that end without effect, or
   * ask for a person, so many are repaired within seconds. From 0 to 1,000. What does not end is looked after in any case.
   * Left out: nobody acts but by `commands`, and who resumes what asks for a person, once the world has healed.
   */
  readonly permille?: number;
  /** Acts for many sagas at once, each at its moment. */
  readonly commands?: readonly RepairCommand[];
}

/**
 * `sagastorm repair <act> --all …` at a moment of the run: for all sagas that the selection finds there. As of the command line,
 * it has a condition at least: `statuses`, `definition` or `stuckUs`.
 *
 * @example
 * const command: RepairCommand = { atMs: 240_000, act: 'resume', statuses: ['compensation_failed'], id: 'inc-7', by: 'anna' };
 */
export interface RepairCommand extends RepairAct, RepairSelection {
  /** From the beginning of the run, in milliseconds: a whole number from 0 to as long as a run of the scenario may last. */
  readonly atMs: number;
}

/** What is known of the scenario whose habits are looked at. */
export interface RepairedScenario {
  readonly name: string;
  /** The names of its definitions. */
  readonly sagas: readonly string[];
  /** How long a run of it may last, in virtual milliseconds. */
  readonly lastsMs: number;
}

const HABITS = ['permille', 'commands'];
const CONDITIONS = ['statuses', 'definition', 'stuckUs'] as const;
const COMMAND_MEMBERS = ['atMs', 'act', 'id', 'by', 'why', 'step', ...CONDITIONS];

/**
 * Refuses people who act never, or in no way that there is.
 *
 * @throws UserError `bad-scenario`, and `bad-act` for an act that says too little or too much of itself
 */
export function checkRepairs(scenario: RepairedScenario, habits: RepairHabits): void {
  const where = `scenario "${scenario.name}": \`repairs\``;
  checkMembers(where, habits, HABITS, 'bad-scenario');
  const { permille = 0, commands = [] } = habits;
  if (!Number.isInteger(permille) || permille < 0 || permille > 1_000) {
    const sentence = `scenario "${scenario.name}": repairs.permille is ${String(permille)}`;
    throw new UserError('bad-scenario', sentence, 'It is a whole number from 0 to 1,000.');
  }
  if (!Array.isArray(commands))
    throw new UserError('bad-scenario', `${where}: commands is no list`, 'Write commands: [{ … }].');
  for (const command of commands) checkCommand(scenario, command);
}

function checkCommand(scenario: RepairedScenario, command: RepairCommand): void {
  const where = `scenario "${scenario.name}": a command of \`repairs\``;
  const refuse = (what: string, hint: string): never => {
    throw new UserError('bad-scenario', `${where} ${what}`, hint);
  };
  checkMembers(where, command, COMMAND_MEMBERS, 'bad-scenario');
  checkAct(command);
  const { atMs, statuses, definition, stuckUs } = command;
  if (CONDITIONS.every((condition) => command[condition] === undefined))
    refuse(
      'has no condition',
      `Give at least one of ${CONDITIONS.join(', ')}: it never means all sagas there are.`,
    );
  if (statuses !== undefined) checkStatuses(statuses, refuse);
  if (definition !== undefined && !scenario.sagas.includes(definition)) {
    const hint = `Sagas: ${scenario.sagas.join(', ')}.`;
    refuse(`is for the definition ${shown(definition)}, which is none of its sagas`, hint);
  }
  if (stuckUs !== undefined && !isWhole(stuckUs))
    refuse(`has stuckUs: ${shown(stuckUs)}`, 'It is a whole number of microseconds from 0.');
  if (!isWhole(atMs)) refuse(`is at ${shown(atMs)} ms`, 'It is a whole number from 0.');
  if (atMs > scenario.lastsMs)
    refuse(
      `is at ${atMs} ms, when no run lasts so long`,
      `A run is over after ${scenario.lastsMs} ms at the latest.`,
    );
}

function checkStatuses(statuses: unknown, refuse: (what: string, hint: string) => never): void {
  const known = `It is a list of ${SAGA_STATUSES.join(', ')}.`;
  if (!Array.isArray(statuses) || statuses.length === 0)
    return refuse(`has statuses: ${shown(statuses)}`, known);
  const wrong: unknown = statuses.find((status) => !SAGA_STATUSES.includes(status));
  if (wrong === undefined) return;
  const near = typeof wrong === 'string' ? nearest(wrong, SAGA_STATUSES) : undefined;
  refuse(`is for the status ${shown(wrong)}`, near === undefined ? known : `Did you mean "${near}"?`);
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** As it was written; numbers that JSON does not know, too. */
function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}
