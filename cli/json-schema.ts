// Checks a value against a JSON Schema: of draft 2020-12 as much as the published schemas of the records use, and a schema
// that uses more is refused, so that nothing is passed over.

import { assert } from '../engine/core/assert.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Schemas by their `$id`, which `$ref` may name. */
export type SchemaSet = readonly JsonSchema[];

const NOT_CHECKED = ['$schema', '$id', '$defs', 'title', 'description'];

/** What is wrong first, such as `/runs/total is not an integer`; undefined when nothing is. */
export function schemaFault(value: unknown, schema: JsonSchema, all: SchemaSet): string | undefined {
  return new Check(all).fault(value, schema, schema, '');
}

class Check {
  readonly #all: SchemaSet;

  constructor(all: SchemaSet) {
    this.#all = all;
  }

  /** `root`: the schema that `#` means. */
  fault(value: unknown, schema: JsonSchema, root: JsonSchema, path: string): string | undefined {
    for (const [keyword, asked] of Object.entries(schema)) {
      if (NOT_CHECKED.includes(keyword)) continue;
      const found = this.#keyword(keyword, asked, value, root, path, schema);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #keyword(
    keyword: string,
    asked: unknown,
    value: unknown,
    root: JsonSchema,
    path: string,
    schema: JsonSchema,
  ): string | undefined {
    const where = path === '' ? 'it' : path;
    switch (keyword) {
      case '$ref': {
        const [target, base] = this.#resolved(asked as string, root);
        return this.fault(value, target, base, path);
      }
      case 'type':
        return isOfType(value, asked as string) ? undefined : `${where} is not of type ${asked as string}`;
      case 'const':
        return value === asked ? undefined : `${where} is not ${JSON.stringify(asked)}`;
      case 'enum':
        return (asked as readonly unknown[]).includes(value)
          ? undefined
          : `${where} is not one of ${(asked as readonly unknown[]).join(', ')}`;
      case 'required':
        return isObject(value) ? missing(value, asked as readonly string[], where) : undefined;
      case 'properties':
        return this.#members(value, asked as Readonly<Record<string, JsonSchema>>, root, path);
      case 'additionalProperties': {
        const known = (schema.properties ?? {}) as object;
        const rest = isObject(value) ? Object.keys(value).filter((key) => !Object.hasOwn(known, key)) : [];
        return this.#members(
          value,
          Object.fromEntries(rest.map((key) => [key, asked as JsonSchema])),
          root,
          path,
        );
      }
      case 'items':
        return this.#items(value, asked as JsonSchema, root, path);
      default:
        return isWithin(keyword, asked, value) ? undefined : `${where} breaks ${keyword} ${String(asked)}`;
    }
  }

  #members(
    value: unknown,
    schemas: Readonly<Record<string, JsonSchema>>,
    root: JsonSchema,
    path: string,
  ): string | undefined {
    if (!isObject(value)) return undefined;
    for (const [key, schema] of Object.entries(schemas)) {
      if (!Object.hasOwn(value, key)) continue;
      const found = this.fault(value[key], schema, root, `${path}/${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #items(value: unknown, schema: JsonSchema, root: JsonSchema, path: string): string | undefined {
    if (!Array.isArray(value)) return undefined;
    for (const [i, item] of value.entries()) {
      const found = this.fault(item, schema, root, `${path}/${i}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The schema that a reference names, and the one that `#` means in there. */
  #resolved(ref: string, root: JsonSchema): readonly [JsonSchema, JsonSchema] {
    const [id, pointer = ''] = ref.split('#') as [string, string?];
    const base = id === '' ? root : this.#all.find((schema) => schema.$id === id);
    assert(base !== undefined, `a reference to the schema ${id}`);
    let target: unknown = base;
    for (const key of pointer.split('/').slice(1)) target = (target as JsonSchema)[key];
    assert(isObject(target), `a reference to ${ref}`);
    return [target, base];
  }
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      assert(['string', 'number', 'boolean'].includes(type), `the type ${type}`);
      return typeof value === type;
  }
}

function missing(value: JsonSchema, names: readonly string[], where: string): string | undefined {
  const name = names.find((wanted) => !Object.hasOwn(value, wanted));
  return name === undefined ? undefined : `${where} has no "${name}"`;
}

/** Bounds say nothing of values of another type. */
function isWithin(keyword: string, asked: unknown, value: unknown): boolean {
  const bound = asked as number;
  switch (keyword) {
    case 'minimum':
      return typeof value !== 'number' || value >= bound;
    case 'maximum':
      return typeof value !== 'number' || value <= bound;
    case 'minLength':
      return typeof value !== 'string' || value.length >= bound;
    case 'pattern':
      return typeof value !== 'string' || new RegExp(asked as string, 'u').test(value);
    case 'minItems':
      return !Array.isArray(value) || value.length >= bound;
    case 'maxItems':
      return !Array.isArray(value) || value.length <= bound;
    case 'uniqueItems':
      return (
        !Array.isArray(value) || new Set(value.map((item) => JSON.stringify(item))).size === value.length
      );
    default:
      assert(false, `the keyword ${keyword}`);
      return false;
  }
}
