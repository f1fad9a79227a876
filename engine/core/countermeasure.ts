// What a step does about other sagas, since no transaction keeps them apart: the countermeasures of Frank and Zahle,
// "Semantic ACID properties in multidatabases", 1998, as Richardson names them (Microservices Patterns, 2018, section 4.3).
//
// A countermeasure has two halves. Here is the saga's: what stands in the definition, and the demand that goes with the
// call, as the member `isolation` of its payload. So it is part of what is hashed (E4), and crosses every transport. The
// participant's half is `engine/isolation`.

import type { ForwardContext } from './payload-context.ts';

/** What a call does that meets the semantic lock of another saga. */
export type WhenLocked = (typeof WHEN_LOCKED)[number];

export const WHEN_LOCKED = ['wait', 'refuse', 'wait-die'] as const;

/**
 * What the step changes is pending, and locked for other sagas, until the saga can no more be undone: until `releasedBy`,
 * or this step's compensation, is applied. Against dirty reads, lost updates and fuzzy reads of the step's records.
 */
export interface SemanticLock<Name extends string = string> {
  readonly kind: 'semantic-lock';
  /**
   * The step with which the lock ends: at the same service, after this one, and the pivot or retriable. One step may
   * release the locks of many.
   */
  readonly releasedBy: Name;
  /**
   * What this step does when another saga holds the lock. `wait` (default): it is tried again, as the policy says.
   * `refuse`: it is refused for good, and the saga is undone. `wait-die`: it waits only for a saga with a greater id, and is
   * refused otherwise, so that no circle of waiting sagas can close (Rosenkrantz, Stearns and Lewis, 1978).
   */
  readonly whenLocked?: WhenLocked;
}

/**
 * The step is refused when one of its records has changed since the step `from` read or wrote it: an optimistic lock.
 * Against lost updates and fuzzy reads; not against dirty reads.
 */
export interface RereadValue<Name extends string = string> {
  readonly kind: 'reread-value';
  /** A step at the same service that this one comes after, directly or not. */
  readonly from: Name;
}

/**
 * The step adds, and relies on nothing: it may come before or after any other such step, and so may its undo. Nothing is
 * sent for it but the word; that it is true is judged.
 */
export interface CommutativeUpdate {
  readonly kind: 'commutative-update';
}

/**
 * The step's change has a place among the changes of the same record. The participant keeps them all in a file, in order, so
 * that one that comes late stands where it belongs, and one that is undone is taken out (see `VersionFiles`).
 */
export interface VersionFile<Input = unknown> {
  readonly kind: 'version-file';
  /** The place: a whole number from 1; of two sagas with one place the one with the greater id comes later. Pure (E4). */
  place(context: ForwardContext<Input>): number;
}

/** What a step does about other sagas that use the same records. */
export type Countermeasure<Input = unknown, Name extends string = string> =
  | SemanticLock<Name>
  | RereadValue<Name>
  | CommutativeUpdate
  | VersionFile<Input>;

/** What a call demands of its participant besides its action: the member `isolation` of its payload. */
export interface IsolationDemand {
  /** The records are locked for other sagas; and what to do where another has locked them. */
  readonly lock?: WhenLocked;
  /** Steps of this saga whose locks end with this call. */
  readonly releases?: readonly string[];
  /** The result must say which versions of its records the call has left: `result.isolation.versions`. */
  readonly versions?: true;
  /** The versions that the records must have, by their names. */
  readonly expects?: Readonly<Record<string, number>>;
  /** The place of this change among those of the same record. */
  readonly place?: number;
  /** Says that the call commutes with others that say so. */
  readonly commutes?: true;
}

/** The member of a payload, and of a result, that carries all this. */
export const ISOLATION = 'isolation';

/** A step as far as other sagas are concerned. */
export interface IsolatedStep {
  readonly name: string;
  readonly isolation: readonly Countermeasure[] | undefined;
}

/** The countermeasure of this kind, if the step has it. */
export function measureOf<Kind extends Countermeasure['kind']>(
  { isolation }: Pick<IsolatedStep, 'isolation'>,
  kind: Kind,
): Extract<Countermeasure, { kind: Kind }> | undefined {
  if (isolation === undefined) return undefined; // most steps
  for (const measure of isolation) {
    if (measure.kind === kind) return measure as Extract<Countermeasure, { kind: Kind }>;
  }
  return undefined;
}

/** The step's countermeasures as a list, however they were written. */
export function measuresOf(
  isolation: Countermeasure | readonly Countermeasure[] | undefined,
): readonly Countermeasure[] | undefined {
  if (isolation === undefined) return undefined;
  return Array.isArray(isolation) ? (isolation as readonly Countermeasure[]) : [isolation as Countermeasure];
}

type Payload<Context> = (context: Context) => unknown;

/** A step's payload with what its countermeasures demand; the payload itself where they demand nothing. */
export function withForwardDemand<Context extends ForwardContext<unknown>>(
  step: IsolatedStep,
  steps: readonly IsolatedStep[],
  payload: Payload<Context>,
): Payload<Context> {
  const lock = measureOf(step, 'semantic-lock');
  const releases = steps
    .filter((other) => measureOf(other, 'semantic-lock')?.releasedBy === step.name)
    .map(({ name }) => name);
  const isReread = steps.some((other) => measureOf(other, 'reread-value')?.from === step.name);
  const still: IsolationDemand = {
    ...(lock === undefined ? {} : { lock: lock.whenLocked ?? 'wait' }),
    ...(releases.length === 0 ? {} : { releases }),
    ...(isReread ? { versions: true } : {}),
    ...commutes(step),
  };
  const reread = measureOf(step, 'reread-value');
  const file = measureOf(step, 'version-file');
  if (reread === undefined && file === undefined && Object.keys(still).length === 0) return payload;
  return (context) =>
    demanding(payload(context), {
      ...still,
      ...(reread === undefined ? {} : { expects: versionsOf(context.results, reread.from) }),
      ...(file === undefined ? {} : { place: placeOf(file, context) }),
    });
}

/** The same for the compensation: what is undone is no more pending, and leaves the file. */
export function withUndoDemand<Context extends ForwardContext<unknown>>(
  step: IsolatedStep,
  payload: Payload<Context>,
): Payload<Context> {
  const file = measureOf(step, 'version-file');
  const still: IsolationDemand = {
    ...(measureOf(step, 'semantic-lock') === undefined ? {} : { releases: [step.name] }),
    ...commutes(step),
  };
  if (file === undefined && Object.keys(still).length === 0) return payload;
  return (context) =>
    demanding(payload(context), {
      ...still,
      ...(file === undefined ? {} : { place: placeOf(file, context) }),
    });
}

/** A JSON object: neither null nor a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function commutes(step: IsolatedStep): Pick<IsolationDemand, 'commutes'> {
  return measureOf(step, 'commutative-update') === undefined ? {} : { commutes: true };
}

/** What it throws becomes the reason for which the step is refused: see `makeCall`. */
function demanding(payload: unknown, demand: IsolationDemand): unknown {
  if (!isRecord(payload)) throw new Error('it must be an object, since `isolation` becomes a member of it');
  if (ISOLATION in payload) throw new Error('it has a member `isolation`, which only the engine may give it');
  return { ...payload, [ISOLATION]: demand };
}

function placeOf(file: VersionFile, { saga, input, results }: ForwardContext<unknown>): number {
  const place = file.place({ saga, input, results });
  if (Number.isSafeInteger(place) && place >= 1) return place;
  throw new Error(`its place in the version file is ${String(place)}, not a whole number from 1`);
}

function versionsOf(
  results: Readonly<Record<string, unknown>>,
  from: string,
): Readonly<Record<string, number>> {
  const result = results[from];
  const told = isRecord(result) ? result[ISOLATION] : undefined;
  const versions = isRecord(told) ? told.versions : undefined;
  if (isRecord(versions)) return versions as Readonly<Record<string, number>>;
  throw new Error(`the result of step "${from}" says no versions: is its service behind \`isolated()\`?`);
}
