// What a log gives back as it was given: text, numbers, true, false, null, lists and plain records. What is not of these is
// refused where it comes in, so that a saga in memory and the same saga after a restart never differ (E9).

const DEPTH_MAX = 64;

/** The first thing in a value that is not JSON, and the way to it; `path` is empty for the value itself. */
export interface JsonFault {
  readonly path: string;
  readonly what: string;
}

/**
 * Looks for what JSON would change or lose. Members that are undefined are as if they were not there.
 *
 * @param isNumber which numbers are meant; default: all that JSON has
 * @example
 * jsonFault({ at: [new Date()] }); // { path: 'at[0]', what: 'a Date is not JSON' }
 */
export function jsonFault(
  value: unknown,
  isNumber: (value: number) => boolean = Number.isFinite,
): JsonFault | undefined {
  return isJson(value, isNumber, 0) ? undefined : faultIn(value, '', [], isNumber);
}

/** Whether an object is a record as JSON makes it, of whatever realm: a class keeps things that its members do not show. */
export function isPlain(record: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(record);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether two values are the same as JSON: the order of members aside. */
export function isSameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null), (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  ) as unknown;
}

/** The first walk builds no paths: mostly nothing is wrong. */
function isJson(value: unknown, isNumber: (value: number) => boolean, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return isNumber(value);
    case 'object':
      if (value === null) return true;
      if (depth >= DEPTH_MAX) return false;
      if (Array.isArray(value)) return isJsonList(value, isNumber, depth);
      return isPlain(value) && isJsonRecord(value, isNumber, depth);
    default:
      return false;
  }
}

/** A hole is undefined, too. */
function isJsonList(list: readonly unknown[], isNumber: (value: number) => boolean, depth: number): boolean {
  for (let i = 0; i < list.length; i++) if (!isJson(list[i], isNumber, depth + 1)) return false;
  return true;
}

function isJsonRecord(record: object, isNumber: (value: number) => boolean, depth: number): boolean {
  for (const name in record) {
    const member = (record as Readonly<Record<string, unknown>>)[name];
    if (member !== undefined && !isJson(member, isNumber, depth + 1)) return false;
  }
  return true;
}

/** The second walk. */
function faultIn(
  value: unknown,
  path: string,
  parents: readonly unknown[],
  isNumber: (value: number) => boolean,
): JsonFault | undefined {
  if (typeof value !== 'object' || value === null) {
    return isJson(value, isNumber, 0) ? undefined : { path, what: wordsFor(value) };
  }
  if (parents.includes(value)) return { path, what: 'it contains itself' };
  if (parents.length >= DEPTH_MAX) return { path: `${path.slice(0, 60)}…`, what: 'nested too deeply' };
  const inside = [...parents, value];
  if (Array.isArray(value)) {
    return firstOf(value.entries(), (item, i) => faultIn(item, `${path}[${i}]`, inside, isNumber));
  }
  if (!isPlain(value)) return { path, what: `a ${value.constructor?.name || 'class'} is not JSON` };
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return firstOf(members, (member, name) =>
    faultIn(member, path === '' ? name : `${path}.${name}`, inside, isNumber),
  );
}

function wordsFor(value: unknown): string {
  return typeof value === 'number' ? `${value} is not a whole number` : `a ${typeof value} is not JSON`;
}

function firstOf<Key>(
  entries: Iterable<readonly [Key, unknown]>,
  faultOf: (value: unknown, key: Key) => JsonFault | undefined,
): JsonFault | undefined {
  for (const [key, value] of entries) {
    const fault = faultOf(value, key);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
