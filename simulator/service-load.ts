// What services can bear, and what befalls them in every run of a scenario, whatever the weather: the ground on which
// policies are compared. An outage, a brown-out or a slow restart is part of the scenario, as business failures are.

import { checkMembers } from '../engine/core/step-shape.ts';
import { UserError } from '../engine/core/user-error.ts';
import { type LatencySpec, latencyFault } from './kernel/latency.ts';

/** What a service can bear. A service without it answers any number of requests at once, in no time. */
export interface Capacity {
  /** Requests that it works on at a time, 1 to 10,000. */
  readonly concurrency: number;
  /** How long it works on one. It goes on with one that nobody waits for any more: it cannot know. */
  readonly serviceTime: LatencySpec;
  /** Requests that may wait, 0 to 1,000,000, default 1,000; one more is refused as `resource_exhausted`. */
  readonly queueMax?: number;
}

/** What an orchestrator process is called, from 0: it can have an `outage`, too. */
export function orchestratorName(number: number): string {
  return `orchestrator-${number}`;
}

/** What befalls a service at a certain time. Whole milliseconds of virtual time. */
export interface Incident {
  /**
   * `outage`: its process is down; what waited is lost. `brown-out`: it works more slowly. `slow-restart`: it is down,
   * and afterwards slower than usual, less and less so, until it is warm. `throttling`: it takes only so many requests a
   * second and refuses the others as `rate_limited`, with the time after which it takes one.
   */
  readonly kind: 'outage' | 'brown-out' | 'slow-restart' | 'throttling';
  /** A service; or, for an `outage` that is not silent, an orchestrator: `orchestrator-0`, `orchestrator-1`, … */
  readonly service: string;
  readonly fromMs: number;
  /** How long it is down, or slow. */
  readonly forMs: number;
  /** Nothing answers while it is down, instead of a refused connection. Default false. */
  readonly isSilent?: boolean;
  /** How much slower it works, in thousandths: 10,000 is ten times. For `brown-out` and `slow-restart`. */
  readonly slowerPermille?: number;
  /** How long it takes to become warm. For `slow-restart`. */
  readonly warmUpMs?: number;
  /** Requests that it takes in a second, 1 to 1,000,000. For `throttling`. */
  readonly perSecond?: number;
}

export const QUEUE_MAX_DEFAULT = 1_000;
const MILLION = 1_000_000;
const DAY_MS = 86_400_000;
const KINDS = ['outage', 'brown-out', 'slow-restart', 'throttling'];
const NEED_CAPACITY = ['brown-out', 'slow-restart'];

/** When the last incident is over, in virtual microseconds; 0 when there is none. */
export function incidentsEndUs(incidents: readonly Incident[]): number {
  return Math.max(0, ...incidents.map(endUs));
}

/** When the first incident begins, in virtual microseconds. */
export function incidentsBeginUs(incidents: readonly Incident[]): number {
  return Math.min(...incidents.map(({ fromMs }) => fromMs)) * 1_000;
}

export function endUs({ fromMs, forMs, warmUpMs = 0 }: Incident): number {
  return (fromMs + forMs + warmUpMs) * 1_000;
}

/** @throws UserError `bad-scenario` that names the service and the member. */
export function checkServiceLoad(
  scenario: string,
  services: readonly string[],
  capacity: Readonly<Record<string, Capacity>>,
  incidents: readonly Incident[],
  orchestrators: number,
): void {
  for (const [service, one] of Object.entries(capacity)) {
    const where = `scenario "${scenario}": capacity of "${service}"`;
    checkService(where, service, services);
    checkCapacity(where, one);
  }
  const names = Array.from({ length: orchestrators }, (_, number) => orchestratorName(number));
  incidents.forEach((incident, i) => {
    const where = `scenario "${scenario}": incidents[${i}]`;
    checkIncident(where, incident);
    const canBeOrchestrator = incident.kind === 'outage' && incident.isSilent !== true;
    checkService(where, incident.service, canBeOrchestrator ? [...services, ...names] : services);
    if (NEED_CAPACITY.includes(incident.kind) && capacity[incident.service] === undefined) {
      throw refused(
        `${where}: "${incident.service}" has no capacity that a ${incident.kind} could lessen`,
        'Give it one in `capacity`.',
      );
    }
  });
}

function checkCapacity(where: string, capacity: Capacity): void {
  checkMembers(where, capacity, ['concurrency', 'serviceTime', 'queueMax'], 'bad-scenario');
  const { concurrency, serviceTime, queueMax = QUEUE_MAX_DEFAULT } = capacity;
  checkNumber(`${where}: concurrency`, concurrency, 1, 10_000);
  checkNumber(`${where}: queueMax`, queueMax, 0, MILLION);
  const fault = latencyFault(serviceTime);
  if (fault !== undefined) {
    throw refused(
      `${where}: serviceTime ${fault}`,
      'Give whole microseconds below 2^31: percentiles that rise.',
    );
  }
}

function checkIncident(where: string, incident: Incident): void {
  const members = [
    'kind',
    'service',
    'fromMs',
    'forMs',
    'isSilent',
    'slowerPermille',
    'warmUpMs',
    'perSecond',
  ];
  checkMembers(where, incident, members, 'bad-scenario');
  const { kind, fromMs, forMs, slowerPermille, warmUpMs, perSecond } = incident;
  if (!KINDS.includes(kind)) {
    throw refused(`${where}: kind is ${JSON.stringify(kind)}`, `It is one of ${KINDS.join(', ')}.`);
  }
  checkNumber(`${where}: fromMs`, fromMs, 0, DAY_MS);
  checkNumber(`${where}: forMs`, forMs, 1, DAY_MS);
  if (NEED_CAPACITY.includes(kind)) checkNumber(`${where}: slowerPermille`, slowerPermille, 1_000, MILLION);
  if (kind === 'slow-restart') checkNumber(`${where}: warmUpMs`, warmUpMs, 1, DAY_MS);
  if (kind === 'throttling') checkNumber(`${where}: perSecond`, perSecond, 1, MILLION);
}

function checkService(where: string, service: string, services: readonly string[]): void {
  if (services.includes(service)) return;
  throw refused(`${where}: unknown service "${service}"`, `Known services: ${services.join(', ')}.`);
}

function checkNumber(what: string, value: unknown, min: number, max: number): void {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return;
  throw refused(`${what} is ${String(value)}; it must be a whole number from ${min} to ${max}`);
}

function refused(message: string, hint?: string): UserError {
  return new UserError('bad-scenario', message, hint);
}
