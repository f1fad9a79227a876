// The name of the place where a fault can strike. Points are keyed by what they are about, never by a running
// count over the whole run: leaving one fault out does not rename the points of the others (S5).

/** Where in the world, as an integer and as it is written in a plan. */
export const PLACES = [
  'request',
  'reply',
  'handler',
  'append',
  'before-append',
  'after-append',
  'before-send',
  'after-send',
  'input',
  'commit',
  'restart',
  'load',
  'start',
  'wish',
  'end',
  'link',
  'node',
  'clock',
  'deploy',
] as const;

export type Place = (typeof PLACES)[number];

export const PLACE = Object.fromEntries(PLACES.map((place, i) => [place, i])) as Readonly<
  Record<Place, number>
>;

/** How the integers of a point read: which saga, which step, which machine. */
export interface PointNames {
  saga(index: number): string;
  step(saga: number, step: number): string;
  machine(machine: number): string;
}

/** Points that are about no saga are keyed by slots of virtual time, this long, in microseconds. */
export const SLOT_US = 250_000;

/** Machines have numbers: orchestrators their own, participants from here. */
const PARTICIPANTS_FROM = 2_048;
/** A worker that stands in for another, the first, the second, … on a machine of its own. */
const STAND_IN = 4_096;
/** Commits of one request stand above its transmission. */
const COMMIT = 65_536;

export function participantMachine(node: number): number {
  return PARTICIPANTS_FROM + node;
}

/** @param standIn 0 for the orchestrator itself, n for the n-th worker that took over from it */
export function orchestratorMachine(orchestrator: number, standIn: number): number {
  return orchestrator + standIn * STAND_IN;
}

/** `bank` or `orchestrator-1`; `orchestrator-1+2` is the second worker that took over. */
export function machineName(machine: number, services: readonly string[]): string {
  const number = machine % STAND_IN;
  if (number >= PARTICIPANTS_FROM) return services[number - PARTICIPANTS_FROM] ?? `participant-${number}`;
  const standIn = Math.floor(machine / STAND_IN);
  return standIn === 0 ? `orchestrator-${number}` : `orchestrator-${number}+${standIn}`;
}

/** The `z` of the n-th commit, from 1, in the handling of a transmission. */
export function commitOf(transmission: number, commit: number): number {
  return (transmission % COMMIT) + commit * COMMIT;
}

/**
 * The text of a point. `y` is step × 2 + direction, or the version before an append; `z` counts repetitions. Of a
 * point that is about a machine `x` is that machine, `y` the other end of a link, and `z` the slot of time.
 *
 * @example
 * 's-12/credit/forward#2:reply'    // the second transmission of the call, or a copy of it: '#2+copy'
 * 's-12/credit/forward#2.1:commit' // between the first and the second commit in its handling
 * 's-12@3#1:append'                // the first try to append after version 3
 * 's-12#7:input'                   // the seventh input that concerns the saga
 * 's-12:start'                      // also ':wish'
 * 's-12@9:end'                      // its end at version 9
 * 'orchestrator-0/bank@750ms:link' // the slot of time that begins there
 */
export function pointText(names: PointNames, place: number, x: number, y: number, z: number): string {
  const suffix = PLACES[place]!;
  switch (suffix) {
    case 'link':
      return `${names.machine(x)}/${names.machine(y)}@${atMs(z)}:${suffix}`;
    case 'node':
    case 'clock':
      return `${names.machine(x)}@${atMs(z)}:${suffix}`;
    case 'deploy':
      return `${names.machine(x)}:${suffix}`;
    case 'start':
    case 'wish':
      return `${names.saga(x)}:${suffix}`;
    case 'input':
    case 'load':
      return `${names.saga(x)}#${z}:${suffix}`;
    case 'end':
      return `${names.saga(x)}@${y}:${suffix}`;
    case 'append':
    case 'before-append':
    case 'after-append':
      return `${names.saga(x)}@${y}#${z}:${suffix}`;
    default:
      return `${operationText(names, x, y, z)}:${suffix}`;
  }
}

function atMs(slot: number): string {
  return `${(slot * SLOT_US) / 1_000}ms`;
}

function operationText(names: PointNames, x: number, y: number, z: number): string {
  const direction = (y & 1) === 0 ? 'forward' : 'compensation';
  const transmission = z % COMMIT;
  const commit = z < COMMIT ? '' : `.${Math.floor(z / COMMIT)}`;
  const copy = (transmission & 1) === 1 ? '+copy' : '';
  return `${names.saga(x)}/${names.step(x, y >> 1)}/${direction}#${transmission >> 1}${copy}${commit}`;
}
