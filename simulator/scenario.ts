// What a scenario is: sagas, the services they use, and who asks for what. The same value serves the CLI,
// vitest and, later, the live run.

import type { Choreography } from '../engine/choreography/index.ts';
import type { SagaDefinition } from '../engine/core/define-saga.ts';
import type { AppendOutput, Orchestrator, OrchestratorOptions } from '../engine/core/orchestrator.ts';
import type { Policy } from '../engine/core/policy.ts';
import type { Participant } from '../engine/core/protocol.ts';
import { checkMembers } from '../engine/core/step-shape.ts';
import { UserError } from '../engine/core/user-error.ts';
import type { InvariantFactory } from './invariants/invariant.ts';
import { checkInvariants, describeInvariants } from './invariants/own-invariants.ts';
import type { Sometimes } from './invariants/sometimes.ts';
import { type LatencySpec, latencyFault } from './kernel/latency.ts';
import { PROTOCOLS } from './protocol-names.ts';
import { checkRepairs, type RepairHabits } from './repair-habits.ts';
import { lastsUs } from './run-extent.ts';
import { checkServiceLevels, checkWeather, type ServiceLevels, type Weather } from './service-levels.ts';
import { type Capacity, checkServiceLoad, type Incident } from './service-load.ts';
import type { ClientSource } from './timed-client.ts';

/** What the workload may draw from when it makes saga `index` of `count`. Draws are keyed: they never shift. */
export interface WorkloadContext {
  readonly index: number;
  readonly count: number;
  /** A uniform integer in [0, below), fixed by (seed, index, purpose). `below` at most 2^32. */
  int(purpose: string, below: number): number;
}

/** One saga that a client asks for. `Given` is what its schema takes. */
export interface SagaStart<Given = unknown> {
  readonly saga: SagaDefinition<Given>;
  readonly input: Given;
  /** When the client asks, in whole virtual microseconds from 0; drawn from the first second when left out. */
  readonly startAtUs?: number;
}

/** What a workload may answer where these are the sagas: each with an input of its own. */
export type StartOf<Saga extends SagaDefinition> =
  Saga extends SagaDefinition<infer Given> ? SagaStart<Given> : never;

/** Anything. Where it is expected, the compiler keeps `'EUR'` as it is and does not make it a string. */
export type KeepsLiterals =
  | ''
  | 0
  | true
  | NonNullable<unknown>
  | null
  | undefined
  | readonly KeepsLiterals[]
  | { readonly [key: string]: KeepsLiterals };

/** What a process runs: sagastorm's own orchestrator, or what stands in for it. */
export type Engine = Pick<Orchestrator, 'handle'> & Partial<Pick<Orchestrator, 'dispose'>>;

/**
 * Parts that stand in for sagastorm's own: how another engine, or one that is wrong on purpose, is put under the same
 * storm and before the same judge.
 */
export interface Variant {
  /** Makes the engine of one life of a process: from its start to its death. */
  engine?(options: OrchestratorOptions): Engine;
  /** Whether a store writes an append that the check of version and epoch would refuse (E10). */
  accepts?(append: AppendOutput, stored: { readonly version: number; readonly epoch: number }): boolean;
}

/** What {@link defineScenario} takes. `Saga` are the definitions that it may start. */
export interface ScenarioSpec<Saga extends SagaDefinition = SagaDefinition> {
  /** Kebab-case; how the CLI and reports call it. */
  readonly name: string;
  /** One sentence for `sagastorm list`. */
  readonly title: string;
  /** Every definition that the workload may start. */
  readonly sagas: readonly Saga[];
  /** How sagas run under `--protocol choreography`; one that has none here is given the one that follows from its steps. */
  readonly choreographies?: readonly Choreography[];
  /** Fresh participants for one run, by service name. `sagas`: how many will come, to size stock and accounts. */
  participants(run: { readonly sagas: number }): Readonly<Record<string, Participant>>;
  /** Users' own clients, by the name of the service that they ask; see `ownClient`. The others are asked by the engine. */
  readonly clients?: Readonly<Record<string, ClientSource>>;
  /** Saga `index` of the run. Must be pure: same context, same answer. */
  workload(context: WorkloadContext): StartOf<Saga> & { readonly input: KeepsLiterals };
  /** Sagas per run unless `--sagas` says otherwise. Default 100. */
  readonly sagasPerRun?: number;
  /** Replaces the policy of every definition. `--policy` replaces both. */
  readonly policy?: Policy;
  /** Further policies that `--policy NAME` may choose. */
  readonly policies?: readonly Policy[];
  /** One-way latency of a message. Default: p50 5 ms, p90 12 ms, p99 40 ms, max 200 ms. */
  readonly latency?: LatencySpec;
  /** Time until an append is durable. Default: p50 200 µs, p90 500 µs, p99 2 ms, max 10 ms. */
  readonly storeLatency?: LatencySpec;
  /** Orchestrator processes, from 1 to 250; sagas are spread over them. Default 2. */
  readonly orchestrators?: number;
  /** What services can bear, by name; those that are left out bear anything. */
  readonly capacity?: Readonly<Record<string, Capacity>>;
  /** What befalls services in every run, whatever the profile. */
  readonly incidents?: readonly Incident[];
  /** People who repair sagas. Left out: nobody but who resumes what asks for a person, once the world has healed. */
  readonly repairs?: RepairHabits;
  /** Invariants beside the built-in ones. */
  readonly invariants?: readonly InvariantFactory[];
  /** What must be true of a saga at least once in a campaign; see `sometimes`. */
  readonly sometimes?: readonly Sometimes[];
  /** What a campaign must come to, beside holding. */
  readonly slo?: ServiceLevels;
  /** The roughest weather in which `slo` is promised; in rougher one it is not judged. Default `storm`. */
  readonly sloWeather?: Weather;
  /** Parts that stand in for sagastorm's own. */
  readonly variant?: Variant;
}

/** A scenario that passed {@link defineScenario}. */
export interface Scenario
  extends Required<Omit<ScenarioSpec, 'policy' | 'clients' | 'choreographies' | 'repairs'>>,
    Pick<ScenarioSpec, 'clients' | 'choreographies' | 'repairs'> {
  readonly kind: 'scenario';
  readonly policy: Policy | undefined;
}

const SCENARIO_MEMBERS = [
  'kind',
  'name',
  'title',
  'sagas',
  'choreographies',
  'participants',
  'clients',
  'workload',
  'sagasPerRun',
  'policy',
  'policies',
  'latency',
  'storeLatency',
  'orchestrators',
  'capacity',
  'incidents',
  'repairs',
  'invariants',
  'sometimes',
  'slo',
  'sloWeather',
  'variant',
];

/** Each process is an actor of the simulation, which has place for a few more. */
const ORCHESTRATORS_MAX = 250;
const ORCHESTRATORS_DEFAULT = 2;

export const LATENCY_DEFAULT: LatencySpec = { p50Us: 5_000, p90Us: 12_000, p99Us: 40_000, maxUs: 200_000 };
export const STORE_LATENCY_DEFAULT: LatencySpec = { p50Us: 200, p90Us: 500, p99Us: 2_000, maxUs: 10_000 };

/**
 * Declares a scenario; a scenario file exports it as default.
 *
 * @throws UserError `bad-scenario` when the name, a latency or the number of orchestrators is wrong,
 * `unknown-service` or `unknown-action` when a saga calls what the participants do not offer, `bad-invariant` or
 * `scenario-threw` when an invariant cannot say who it is.
 * @example
 * export default defineScenario({
 *   name: 'bank-transfer',
 *   title: 'Debit here, credit there',
 *   sagas: [transfer],
 *   participants: ({ sagas }) => ({ bank: bank({ accounts: sagas, openingBalance: 10_000 }) }),
 *   workload: ({ index }) => ({ saga: transfer, input: { from: 'a-0', to: 'a-1', amount: 1 + index } }),
 * });
 */
export function defineScenario<Saga extends SagaDefinition>(spec: ScenarioSpec<Saga>): Scenario {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(spec.name)) {
    throw new UserError(
      'bad-scenario',
      `scenario name ${JSON.stringify(spec.name)} is not kebab-case`,
      'Use a name such as "bank-transfer".',
    );
  }
  if (spec.sagas.length === 0) {
    throw new UserError(
      'bad-scenario',
      `scenario "${spec.name}" lists no sagas`,
      'Name at least one in `sagas`.',
    );
  }
  checkMembers(`scenario "${spec.name}"`, spec, SCENARIO_MEMBERS, 'bad-scenario');
  assertCanRun(spec);
  checkServiceLevels(spec.name, spec.slo ?? {});
  if (spec.sloWeather !== undefined) checkWeather(spec.name, spec.sloWeather);
  assertTellsApart(spec);
  assertChoreographed(spec);
  assertServicesExist(spec);
  const participants = spec.participants({ sagas: 1 });
  assertClientsAsk(spec.name, Object.keys(spec.clients ?? {}), Object.keys(participants));
  checkServiceLoad(
    spec.name,
    Object.keys(participants),
    spec.capacity ?? {},
    spec.incidents ?? [],
    spec.orchestrators ?? ORCHESTRATORS_DEFAULT,
  );
  checkRepairs(
    {
      name: spec.name,
      sagas: spec.sagas.map(({ name }) => name),
      lastsMs: lastsUs(spec.sagas, spec.incidents ?? []) / 1_000,
    },
    spec.repairs ?? {},
  );
  checkInvariants(spec.name, describeInvariants(spec.invariants ?? [], participants));
  return {
    sagasPerRun: 100,
    policies: [],
    latency: LATENCY_DEFAULT,
    storeLatency: STORE_LATENCY_DEFAULT,
    orchestrators: ORCHESTRATORS_DEFAULT,
    capacity: {},
    incidents: [],
    invariants: [],
    sometimes: [],
    slo: {},
    sloWeather: 'storm',
    variant: {},
    ...spec,
    policy: spec.policy,
    kind: 'scenario',
  };
}

/** Refuses a world that cannot be built. */
function assertCanRun(spec: ScenarioSpec): void {
  const { name, orchestrators, latency, storeLatency, sagasPerRun = 1 } = spec;
  if (!Number.isInteger(sagasPerRun) || sagasPerRun < 1) {
    throw new UserError(
      'bad-scenario',
      `scenario "${name}": sagasPerRun is ${String(sagasPerRun)}`,
      'It is a whole number from 1.',
    );
  }
  const count = orchestrators ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > ORCHESTRATORS_MAX) {
    throw new UserError(
      'bad-scenario',
      `scenario "${name}" has ${String(count)} orchestrators`,
      `\`orchestrators\` is a whole number from 1 to ${ORCHESTRATORS_MAX}.`,
    );
  }
  for (const [member, spec] of Object.entries({ latency, storeLatency })) {
    const fault = spec === undefined ? undefined : latencyFault(spec);
    if (fault === undefined) continue;
    throw new UserError(
      'bad-scenario',
      `scenario "${name}": \`${member}\` ${fault}`,
      'Give whole microseconds below 2^31: percentiles that rise, or a list of latencies.',
    );
  }
}

/** Refuses a choreography that would never be played. */
function assertChoreographed({ name, sagas, choreographies = [] }: ScenarioSpec): void {
  const isList = Array.isArray(choreographies) && choreographies.every((one) => one?.kind === 'choreography');
  if (!isList) {
    throw new UserError(
      'bad-scenario',
      `scenario "${name}": \`choreographies\` is no list of choreographies`,
      'Make each with defineChoreography.',
    );
  }
  const played = choreographies.map(({ saga }) => saga);
  const wrong = played.find((saga, i) => !sagas.includes(saga) || played.indexOf(saga) !== i);
  if (wrong === undefined) return;
  throw new UserError(
    'bad-scenario',
    `scenario "${name}" has a choreography of "${wrong.name}" that none of its sagas would follow`,
    'There is one for each saga at most, made of that very definition.',
  );
}

/** Refuses two `sometimes` of one name, by which it is told how often each was true, and one under no known protocol. */
function assertTellsApart({ name, sometimes = [] }: ScenarioSpec): void {
  const names = sometimes.map((one) => one.name);
  const twice = names.find((one, i) => names.indexOf(one) !== i);
  if (twice !== undefined)
    throw new UserError('bad-scenario', `scenario "${name}": two \`sometimes\` are called "${twice}"`);
  for (const { name: what, under } of sometimes) {
    const known: readonly unknown[] = PROTOCOLS;
    const isList = Array.isArray(under) && under.length > 0;
    if (under === undefined || (isList && under.every((one) => known.includes(one)))) continue;
    throw new UserError(
      'bad-scenario',
      `scenario "${name}": \`sometimes\` "${what}" is demanded under ${JSON.stringify(under)}`,
      `\`under\` is a list of one or more of ${PROTOCOLS.join(', ')}.`,
    );
  }
}

/** Refuses a client that nobody would use. */
function assertClientsAsk(name: string, clients: readonly string[], services: readonly string[]): void {
  const lost = clients.find((client) => !services.includes(client));
  if (lost === undefined) return;
  throw new UserError(
    'unknown-service',
    `scenario "${name}" has a client of the unknown service "${lost}"`,
    `Known services: ${services.join(', ')}.`,
  );
}

/** Refuses sagas that call a service or an action that the participants do not offer (E12). */
export function assertServicesExist(spec: Pick<ScenarioSpec, 'name' | 'sagas' | 'participants'>): void {
  const participants = spec.participants({ sagas: 1 });
  for (const saga of spec.sagas) {
    for (const step of saga.steps) {
      const service = participants[step.service];
      const where = `saga "${saga.name}", step "${step.name}"`;
      if (service === undefined) {
        throw new UserError(
          'unknown-service',
          `${where}: unknown service "${step.service}"`,
          `Known services: ${Object.keys(participants).join(', ')}.`,
        );
      }
      if (!isParticipant(service)) {
        throw new UserError(
          'bad-participant',
          `scenario "${spec.name}": service "${step.service}" is no participant`,
          `Give it as the function that makes one answers, such as \`payment()\`.`,
        );
      }
      for (const action of [step.action, step.compensation]) {
        if (action !== undefined && !service.actions.includes(action)) {
          throw new UserError(
            'unknown-action',
            `${where}: service "${step.service}" has no action "${action}"`,
            `Known actions: ${service.actions.join(', ')}.`,
          );
        }
      }
    }
  }
}

/** Of code without types. */
function isParticipant(service: Participant | undefined): boolean {
  return (
    Array.isArray(service?.actions) &&
    typeof service.handle === 'function' &&
    typeof service.ledger?.drain === 'function'
  );
}
