// What a user writes, and what the engine makes of it: a checked, compiled graph of steps.
//
// E8  Steps are compensatable, pivot or retriable; after the pivot the saga only goes forward.
// E12 Wrong definitions do not start: every error names the saga and the step.

import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Countermeasure, measuresOf, withForwardDemand, withUndoDemand } from './countermeasure.ts';
import { checkIsolation, checkMeasures } from './countermeasure-check.ts';
import type { CompensationContext, ForwardContext } from './payload-context.ts';
import type { Policy } from './policy.ts';
import { type Direction, idempotencyKey } from './protocol.ts';
import {
  type PlainStepEvents,
  plainStepEvents,
  type SagaEvent,
  type SagaStatus,
  type StepStatus,
  type StopReason,
} from './saga-event.ts';
import { compileGraph, type StepEdges } from './step-graph.ts';
import { checkMembers, checkShapes, type StepKind } from './step-shape.ts';
import { UserError } from './user-error.ts';

export type * from './payload-context.ts';

/** One step as a user writes it. `Name` are the names of the saga's steps. */
export interface StepSpec<Input, Name extends string = string> {
  readonly service: string;
  readonly action: string;
  /** The action that undoes this one. Required, unless `kind` or `effects` says why there is none. */
  readonly compensation?: string;
  /** Steps that must be applied first. Steps without `after` on one another run in parallel. */
  readonly after?: readonly Name[];
  /**
   * `compensatable` (default): can be undone. `pivot`: the point of no return, at most one. `retriable`:
   * comes after every step that can fail, and is tried until it succeeds.
   */
  readonly kind?: StepKind;
  /** `none`: the step only looks; it needs no compensation. */
  readonly effects?: 'none';
  /** How long one call may take, in milliseconds, 1 to 86,400,000. Default: the policy's. */
  readonly timeoutMs?: number;
  /** Attempts at most, whatever the policy says, 1 to 1,000. */
  readonly attemptsMax?: number;
  /**
   * What the step does about other sagas that use the same records; see {@link Countermeasure}. More than one may be listed,
   * each kind once. The service must be behind `isolated()` of `sagastorm/isolation`.
   */
  readonly isolation?: Countermeasure<Input, Name> | readonly Countermeasure<Input, Name>[];
  /** What the service is asked. JSON with integers only; must be pure (E4). Default: the saga's input. */
  payload?(context: ForwardContext<Input>): unknown;
  /** What the compensation is asked. Default: the same as `payload`. */
  compensationPayload?(context: CompensationContext<Input>): unknown;
}

/** A saga as a user writes it: see {@link defineSaga}. `Given` is what its schema makes an `Input` of. */
export interface SagaSpec<Input, Name extends string, Given = Input> {
  /** Stands in the log: letters, digits, `-`, `_`. */
  readonly name: string;
  /** A whole number from 1; a change of steps is a new version. */
  readonly version: number;
  /**
   * Checks and types the input. Any Standard Schema (zod, valibot, arktype, …) that answers synchronously, and with JSON: a
   * log could not give back a Date or a bigint, so a saga that would begin with one is refused.
   */
  readonly input?: StandardSchemaV1<Given, Input>;
  /** Forward work must end within this time from the saga's creation; the undo is not limited (E7). */
  readonly deadlineMs?: number;
  /** The policy that the saga is made for. */
  readonly policy?: Policy;
  /** At most 500. */
  readonly steps: { readonly [K in Name]: StepSpec<NoInfer<Input>, NoInfer<Name>> };
}

/** A compiled step. Other steps are named by their index in {@link SagaDefinition.steps}. */
export interface StepDefinition {
  readonly index: number;
  readonly name: string;
  readonly service: string;
  readonly action: string;
  readonly compensation: string | undefined;
  readonly kind: StepKind;
  /** False when the step declared `effects: 'none'`. */
  readonly hasEffects: boolean;
  readonly timeoutUs: number | undefined;
  readonly attemptsMax: number | undefined;
  /** What it does about other sagas, if anything; what that demands is in the payloads already. */
  readonly isolation: readonly Countermeasure[] | undefined;
  /** What follows the saga's id in the idempotency keys of round 0, by direction. */
  readonly keySuffix: Readonly<Record<Direction, string>>;
  readonly events: PlainStepEvents;
  /** Steps that must be applied before this one. */
  readonly after: readonly number[];
  /** Every step that this one comes after, directly or not: their results go into its payloads (E4). */
  readonly ancestors: readonly number[];
  /** Every step that comes after this one, directly or not: all of them are undone first (E3). */
  readonly descendants: readonly number[];
  payload(context: ForwardContext<unknown>): unknown;
  compensationPayload(context: CompensationContext<unknown>): unknown;
}

/** What an {@link EventFlow} sees of a saga. */
export interface FlowState {
  readonly status: SagaStatus;
  readonly reason: StopReason | undefined;
  readonly steps: readonly { readonly status: StepStatus; readonly result: unknown }[];
}

/** Says what follows when it is not the graph of the steps that says so; see `engine/choreography`. */
export interface EventFlow {
  /** What follows from the state alone: the next intents, or the end. */
  advance(state: FlowState): readonly SagaEvent[];
  /** Whether this is what a service answers a delivery with; anything else is a dead letter. */
  isAnswer(result: unknown): boolean;
  /** Whether it can no longer be cancelled (E8). */
  isCommitted(state: FlowState): boolean;
  /** How long a call that was refused for good lies aside before it is tried again, in microseconds. */
  readonly deadLetterUs: number;
}

/** A saga that passed every check and can be run. `Given` is what it is created with. */
export interface SagaDefinition<Given = unknown> {
  readonly kind: 'saga';
  readonly name: string;
  readonly version: number;
  readonly input: StandardSchemaV1<Given, unknown> | undefined;
  /** Microseconds from creation, or undefined when the saga may take for ever. */
  readonly deadlineUs: number | undefined;
  readonly policy: Policy | undefined;
  readonly steps: readonly StepDefinition[];
  /** The JSON that it is made from, when that is to stand in the log: see `inlineSaga`. */
  readonly source?: unknown;
  /** Left out: the graph of the steps says what follows. */
  readonly flow?: EventFlow;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const SAGA_MEMBERS = ['name', 'version', 'input', 'deadlineMs', 'policy', 'steps'];
/** What is compiled for a saga grows with the square of its steps. */
export const STEPS_MAX = 500;
const TIMEOUT_MS_MAX = 86_400_000;
const DEADLINE_MS_MAX = 366 * 86_400_000;

/**
 * Checks a saga and compiles it.
 *
 * @throws UserError with code `bad-saga`, `bad-name`, `bad-version`, `bad-limit`, `no-steps`, `bad-step`, `unknown-step`,
 * `cycle`, `no-compensation`, `bad-kind`, `bad-isolation` or `deadline-too-short`; the message names the saga and the step.
 * @example
 * const transfer = defineSaga({
 *   name: 'bank-transfer',
 *   version: 1,
 *   steps: {
 *     debit: { service: 'bank', action: 'debit', compensation: 'compensate_debit' },
 *     credit: { service: 'bank', action: 'credit', compensation: 'compensate_credit', after: ['debit'] },
 *   },
 * });
 */
export function defineSaga<Input, Name extends string, Given = Input>(
  spec: SagaSpec<Input, Name, Given>,
): SagaDefinition<Given> {
  checkHead(spec);
  checkMembers(`saga "${spec.name}"`, spec, SAGA_MEMBERS, 'bad-saga');
  checkShapes(spec.name, spec.steps);
  const specs: readonly (readonly [string, StepSpec<never>])[] = Object.entries(spec.steps);
  if (specs.length === 0)
    throw new UserError('no-steps', `saga "${spec.name}" has no steps`, 'Give it at least one.');
  if (specs.length > STEPS_MAX) {
    throw new UserError(
      'bad-limit',
      `saga "${spec.name}" has ${specs.length} steps; ${STEPS_MAX} are the most`,
      'Let one step stand for many of the same service, or begin several sagas.',
    );
  }
  const graph = compileGraph(
    spec.name,
    specs.map(([name, { after }]) => ({ name, after: after ?? [] })),
  );
  const bare = specs.map(([name, step], index) => compileStep(spec.name, name, index, step, graph[index]!));
  checkKinds(spec.name, bare);
  checkIsolation(spec.name, bare);
  const steps = bare.map((step) => isolate(step, bare));
  const definition: SagaDefinition<Given> = {
    kind: 'saga',
    name: spec.name,
    version: spec.version,
    input: spec.input,
    deadlineUs: spec.deadlineMs === undefined ? undefined : spec.deadlineMs * 1000,
    policy: spec.policy,
    steps,
  };
  spec.policy?.check(definition);
  return definition;
}

function checkHead(spec: { name: string; version: number; deadlineMs?: number }): void {
  if (typeof spec.name !== 'string' || !NAME.test(spec.name)) {
    throw new UserError(
      'bad-name',
      `saga name ${JSON.stringify(spec.name)} is not usable`,
      'Use letters, digits, "-" and "_".',
    );
  }
  if (!Number.isInteger(spec.version) || spec.version < 1) {
    throw new UserError(
      'bad-version',
      `saga "${spec.name}": version ${spec.version} is not a whole number from 1`,
    );
  }
  if (spec.deadlineMs !== undefined) checkLimit(spec.name, 'deadlineMs', spec.deadlineMs, DEADLINE_MS_MAX);
}

function checkLimit(where: string, field: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new UserError(
    'bad-limit',
    `saga "${where}": ${field} is ${value}; it must be a whole number from 1 to ${max}`,
  );
}

function compileStep(
  saga: string,
  name: string,
  index: number,
  spec: StepSpec<never>,
  edges: StepEdges,
): StepDefinition {
  if (!NAME.test(name)) {
    throw new UserError(
      'bad-name',
      `saga "${saga}": step name ${JSON.stringify(name)} is not usable`,
      'Use letters, digits, "-" and "_".',
    );
  }
  const where = `${saga}", step "${name}`;
  if (spec.timeoutMs !== undefined) checkLimit(where, 'timeoutMs', spec.timeoutMs, TIMEOUT_MS_MAX);
  if (spec.attemptsMax !== undefined) checkLimit(where, 'attemptsMax', spec.attemptsMax, 1000);
  const payload = (spec.payload ?? inputOf) as StepDefinition['payload'];
  return {
    index,
    name,
    service: spec.service,
    action: spec.action,
    compensation: spec.compensation,
    kind: spec.kind ?? 'compensatable',
    hasEffects: spec.effects !== 'none',
    timeoutUs: spec.timeoutMs === undefined ? undefined : spec.timeoutMs * 1000,
    attemptsMax: spec.attemptsMax,
    isolation: checkMeasures(`saga "${where}"`, measuresOf(spec.isolation)),
    keySuffix: {
      forward: idempotencyKey('', name, 'forward', 0),
      compensation: idempotencyKey('', name, 'compensation', 0),
    },
    events: plainStepEvents(name),
    ...edges,
    payload,
    compensationPayload: (spec.compensationPayload ?? payload) as StepDefinition['compensationPayload'],
  };
}

/** The payloads carry what the countermeasures demand; most steps have none, and stay what they are. */
function isolate(step: StepDefinition, steps: readonly StepDefinition[]): StepDefinition {
  const payload = withForwardDemand(step, steps, step.payload);
  const compensationPayload = withUndoDemand(step, step.compensationPayload);
  if (payload === step.payload && compensationPayload === step.compensationPayload) return step;
  return { ...step, payload, compensationPayload };
}

function inputOf(context: ForwardContext<unknown>): unknown {
  return context.input;
}

/** E8 and E12: what may come before and after what, so that every saga can either finish or be undone. */
function checkKinds(saga: string, steps: readonly StepDefinition[]): void {
  const pivots = steps.filter((step) => step.kind === 'pivot');
  if (pivots.length > 1) {
    const names = pivots.map((step) => `"${step.name}"`).join(' and ');
    throw new UserError(
      'bad-kind',
      `saga "${saga}" has more than one pivot: ${names}`,
      'Make all but the first retriable.',
    );
  }
  for (const step of steps) {
    checkCompensation(saga, step);
    if (step.kind !== 'compensatable') checkNothingElseCanFail(saga, step, steps);
  }
}

function checkCompensation(saga: string, step: StepDefinition): void {
  const where = `saga "${saga}", step "${step.name}"`;
  if (step.kind === 'compensatable' && step.hasEffects && step.compensation === undefined) {
    throw new UserError(
      'no-compensation',
      `${where}: there is no compensation`,
      'Name one, or say kind: "pivot", kind: "retriable" or effects: "none".',
    );
  }
  if ((step.kind !== 'compensatable' || !step.hasEffects) && step.compensation !== undefined) {
    throw new UserError(
      'bad-kind',
      `${where}: a ${step.hasEffects ? step.kind : 'step without effects'} is never undone, so it has no compensation`,
    );
  }
}

/** A pivot or retriable step cannot be undone, so every other step that can fail must be applied before it. */
function checkNothingElseCanFail(saga: string, step: StepDefinition, steps: readonly StepDefinition[]): void {
  const before = new Set(step.ancestors);
  for (const other of steps) {
    if (other === step || other.kind === 'retriable' || before.has(other.index)) continue;
    throw new UserError(
      'bad-kind',
      `saga "${saga}", step "${step.name}": a ${step.kind} step cannot be undone, yet "${other.name}", which can fail, does not come before it`,
      `Add after: ["${other.name}"] to "${step.name}", or make "${other.name}" retriable and put it after.`,
    );
  }
}

/** The index of a step by its name, or -1. Sagas are short: looking along the list beats a hash table. */
export function stepIndexOf({ steps }: SagaDefinition, name: string): number {
  for (let index = 0; index < steps.length; index++) if (steps[index]!.name === name) return index;
  return -1;
}
