import { z } from 'zod';
import { keyEffects } from './keyEffects.ts';
import { experimentSchema } from './schema.ts';

/** One key of `*.asr.yaml`, for messages, hover, completion and docs. */
export interface ConfigKey {
  /** Dotted; items of a list are `[]`: `model.blocks[].channels`. */
  path: string;
  /** Last part of the path. */
  name: string;
  description: string;
  /** What a value must be, in words: `a whole number from 16 to 16384, in samples`. */
  expected: string;
  unit?: string;
  source?: string;
  /** What follows from changing it. */
  effect?: string;
  /** Absent where a value must be given, and on sections. */
  default?: unknown;
  required: boolean;
  /** Whether the key holds further keys. */
  section: boolean;
  /** All allowed values, where they can be listed. */
  values?: readonly string[];
}

/** The part of JSON Schema that zod emits for the experiment. */
export interface JsonSchema {
  type?: string;
  description?: string;
  unit?: string;
  source?: string;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minItems?: number;
  pattern?: string;
}

/** JSON Schema (draft 2020-12) of what a user may write. */
export function experimentJsonSchema(): JsonSchema {
  return z.toJSONSchema(experimentSchema, { io: 'input' }) as JsonSchema;
}

/** Every key, sections before their contents, in the schema's order. */
export function configKeys(): readonly ConfigKey[] {
  cachedKeys ??= [...keysBelow(experimentJsonSchema(), '')];
  return cachedKeys;
}
let cachedKeys: ConfigKey[] | undefined;

/** The key at a path of names and list indices, as zod and YAML give it. */
export function configKeyAt(path: readonly (string | number)[]): ConfigKey | undefined {
  const dotted = path
    .filter((part, i) => typeof part === 'string' || typeof path[i + 1] === 'string')
    .map((part) => (typeof part === 'number' ? '[]' : `.${part}`))
    .join('')
    .slice(1);
  return configKeys().find((key) => key.path === dotted);
}

/** Names that may stand in the section at `path` (the root for an empty path). */
export function namesIn(path: readonly (string | number)[]): string[] {
  const prefix = path.length === 0 ? '' : (configKeyAt([...path, 'x'].slice(0, -1))?.path ?? '?');
  const list =
    typeof path.at(-1) === 'number' ? `${path.filter((part) => typeof part === 'string').join('.')}[]` : prefix;
  const start = list === '' ? '' : `${list}.`;
  return configKeys()
    .filter((key) => key.path.startsWith(start) && !/[.[]/.test(key.path.slice(start.length)))
    .map((key) => key.name);
}

/** What a value must be, in words. */
export function describeExpected(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map(describeExpected).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const).replaceAll('"', '');
  if (schema.enum) return schema.enum.length === 1 ? String(schema.enum[0]) : `one of ${schema.enum.join(', ')}`;
  switch (schema.type) {
    case 'integer':
      return `a whole number${describeRange(schema)}`;
    case 'number':
      return `a number${describeRange(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'object':
      return `keys (${Object.keys(schema.properties ?? {}).join(', ')})`;
    case 'array':
      return schema.prefixItems
        ? `a list of ${schema.prefixItems.length}: [${schema.prefixItems.map(describeExpected).join(', ')}]`
        : `a list${schema.minItems ? ' (not empty)' : ''} of ${schema.items?.properties ? 'keys' : plural(schema.items)}`;
    default:
      return 'text';
  }
}

const plural = (items: JsonSchema | undefined) =>
  items?.type === 'number' ? `numbers${describeRange(items)}` : items?.type === 'integer' ? 'whole numbers' : 'texts';

function describeRange(schema: JsonSchema): string {
  const whole = schema.type === 'integer';
  const bound = (value: number | undefined) =>
    value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;
  const above = bound(schema.exclusiveMinimum);
  const below = bound(schema.exclusiveMaximum);
  const low = bound(schema.minimum) ?? (whole && above !== undefined ? above + 1 : undefined);
  const high = bound(schema.maximum);
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  const start = low !== undefined ? ` of at least ${low}` : above !== undefined ? ` above ${above}` : '';
  const end = high !== undefined ? ` at most ${high}` : below !== undefined ? ` below ${below}` : '';
  return start && end ? `${start} and${end}` : start || end;
}

function* keysBelow(schema: JsonSchema, prefix: string): Generator<ConfigKey> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const path = `${prefix}${name}`;
    const section = property.properties !== undefined;
    const values = property.enum ?? (property.type === 'boolean' ? ['false', 'true'] : undefined);
    yield {
      path,
      name,
      description: property.description ?? '',
      expected: describeExpected(property) + (property.unit ? `, in ${property.unit}` : ''),
      ...(property.unit === undefined ? {} : { unit: property.unit }),
      ...(property.source === undefined ? {} : { source: property.source }),
      ...(keyEffects[path] === undefined ? {} : { effect: keyEffects[path] }),
      ...(section || property.default === undefined ? {} : { default: property.default }),
      required: schema.required?.includes(name) ?? false,
      section,
      ...(values ? { values: values.map(String) } : {}),
    };
    yield* keysBelow(property, `${path}.`);
    if (property.items) yield* keysBelow(property.items, `${path}[].`);
  }
}
