// The incidents of a scenario: they happen to participants at their time, in every run. Each counts whom it hurt, so
// that one that hurt nobody is seen (S7).

import type { Actor, Simulation } from '../kernel/simulation.ts';
import type { IncidentResult } from '../run-result.ts';
import { endUs, type Incident, orchestratorName } from '../service-load.ts';
import { RateLimiter } from './rate-limiter.ts';

/** A participant, or an orchestrator, as incidents see it. */
export interface Sufferer {
  /** The process goes down for so long; silently, or refusing connections. */
  goDown(downUs: number, isSilent: boolean): void;
}

const NORMAL_PERMILLE = 1_000;

export class Incidents implements Actor {
  readonly #incidents: readonly Incident[];
  readonly #sufferers: Map<string, Sufferer>;
  readonly #hurt: number[];
  readonly #limiters: readonly RateLimiter[];

  constructor(incidents: readonly Incident[], sufferers: ReadonlyMap<string, Sufferer>) {
    this.#incidents = incidents;
    this.#sufferers = new Map(sufferers);
    this.#hurt = incidents.map(() => 0);
    this.#limiters = incidents.map(({ perSecond = 1 }) => new RateLimiter(perSecond));
  }

  /** These can go down, too. */
  orchestrators(processes: readonly Sufferer[]): void {
    processes.forEach((process, i) => {
      const name = orchestratorName(i);
      if (!this.#sufferers.has(name)) this.#sufferers.set(name, process);
    });
  }

  /** Lets them happen when their time comes. */
  schedule(sim: Simulation): void {
    if (this.#incidents.length === 0) return;
    const id = sim.add(this);
    for (const incident of this.#incidents) {
      if (isDowntime(incident)) sim.schedule(incident.fromMs * 1_000, id, 0, incident);
    }
  }

  happen(_code: number, item: unknown): void {
    const { service, forMs, isSilent = false } = item as Incident;
    this.#sufferers.get(service)?.goDown(forMs * 1_000, isSilent);
  }

  /** How long a service works on a request, in thousandths of what is usual; counts a request that is slowed. */
  slownessPermille(service: string, nowUs: number): number {
    let slowest = NORMAL_PERMILLE;
    this.#incidents.forEach((incident, i) => {
      if (incident.service !== service) return;
      const permille = slownessOf(incident, nowUs);
      if (permille > NORMAL_PERMILLE) this.#hurt[i]!++;
      if (permille > slowest) slowest = permille;
    });
    return slowest;
  }

  /** A request found the service down. */
  foundDown(service: string, nowUs: number): void {
    this.#incidents.forEach((incident, i) => {
      if (incident.service === service && isDowntime(incident) && isOn(incident, nowUs)) this.#hurt[i]!++;
    });
  }

  /** For how long a throttled service takes no request; 0: it takes this one. */
  refusesForUs(service: string, nowUs: number): number {
    if (this.#incidents.length === 0) return 0;
    let longestUs = 0;
    this.#incidents.forEach((incident, i) => {
      if (incident.service !== service || incident.kind !== 'throttling' || !isOn(incident, nowUs)) return;
      const waitUs = this.#limiters[i]!.take(nowUs);
      if (waitUs > 0) this.#hurt[i]!++;
      longestUs = Math.max(longestUs, waitUs);
    });
    return longestUs;
  }

  results(): readonly IncidentResult[] {
    return this.#incidents.map((incident, i) => ({
      kind: incident.kind,
      service: incident.service,
      fromUs: incident.fromMs * 1_000,
      untilUs: endUs(incident),
      requestsHurt: this.#hurt[i]!,
    }));
  }
}

function isDowntime({ kind }: Incident): boolean {
  return kind === 'outage' || kind === 'slow-restart';
}

function isOn({ fromMs, forMs }: Incident, nowUs: number): boolean {
  return nowUs >= fromMs * 1_000 && nowUs < (fromMs + forMs) * 1_000;
}

function slownessOf(incident: Incident, nowUs: number): number {
  const { kind, fromMs, forMs, slowerPermille = 0, warmUpMs = 0 } = incident;
  if (kind === 'brown-out') return isOn(incident, nowUs) ? slowerPermille : NORMAL_PERMILLE;
  if (kind !== 'slow-restart') return NORMAL_PERMILLE;
  const warmingUs = nowUs - (fromMs + forMs) * 1_000;
  if (warmingUs < 0 || warmingUs >= warmUpMs * 1_000) return NORMAL_PERMILLE;
  const excess = slowerPermille - NORMAL_PERMILLE;
  return slowerPermille - Math.floor((excess * warmingUs) / (warmUpMs * 1_000));
}
