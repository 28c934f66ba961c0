import type { JsonSchema } from '#shared/events/schemas.ts';

/** What a value may no longer be, and where: `data.status`. */
export type Narrowing = { readonly at: string; readonly says: string };

/** Keywords that say nothing of which values are valid. */
const NOTES: ReadonlySet<string> = new Set(['$schema', 'title', 'description', 'default', 'examples', 'propertyNames']);
/** Keywords that {@link narrowings} weighs. Any other must be the same as before, for nothing is known of it here. */
const WEIGHED: ReadonlySet<string> = new Set([
  'type',
  'const',
  'enum',
  'anyOf',
  'oneOf',
  'properties',
  'required',
  'additionalProperties',
  'items',
]);
const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'] as const;
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'] as const;
const BOUNDS: ReadonlySet<string> = new Set([...LOWER_BOUNDS, ...UPPER_BOUNDS]);

/**
 * Whatever was valid before and may not be now; nothing when each value that `before` allows is allowed by `now`, so that a
 * reader of the new schema can read all old data. It doubts rather than trusts: a widening that it does not see through is
 * told of as well.
 */
export function narrowings(before: JsonSchema, now: JsonSchema, at = ''): Narrowing[] {
  if (Object.keys(now).every((keyword) => NOTES.has(keyword))) return [];
  const choices = choicesOf(now);
  const kinds = choicesOf(before);
  if (choices === undefined && kinds === undefined) return narrowed(before, now, at);
  return (kinds ?? [before]).flatMap((kind) => {
    const tries = (choices ?? [now]).map((choice) => narrowings(kind, choice, at));
    if (tries.some((found) => found.length === 0)) return [];
    // Of several choices the one that comes nearest is told of.
    return tries.toSorted((a, b) => a.length - b.length)[0] ?? [];
  });
}

/** `anyOf` and lists of types are a choice, and so is the `oneOf` that zod writes of what a field tells apart. */
function choicesOf(schema: JsonSchema): JsonSchema[] | undefined {
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices)) return choices as JsonSchema[];
  const type = schema['type'];
  return Array.isArray(type) ? (type as string[]).map((one) => ({ ...schema, type: one })) : undefined;
}

function narrowed(before: JsonSchema, now: JsonSchema, at: string): Narrowing[] {
  const values = valuesOf(before);
  const allowed = valuesOf(now);
  if (allowed !== undefined) return missingValues(values, allowed, at);
  const typed = typeNarrowing(before, now, at);
  if (typed !== undefined) return [typed];
  return [
    ...boundNarrowings(before, now, at),
    ...otherNarrowings(before, now, at),
    ...fieldNarrowings(before, now, at),
    ...itemNarrowings(before, now, at),
  ];
}

/** The values that a schema names one by one; undefined when it does not. */
function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined;
}

function missingValues(before: readonly unknown[] | undefined, allowed: readonly unknown[], at: string): Narrowing[] {
  const list = allowed.map((value) => JSON.stringify(value)).join(', ');
  if (before === undefined) return [{ at, says: `may only be ${list}` }];
  const gone = before.filter((value) => !allowed.includes(value));
  return gone.map((value) => ({ at, says: `may no longer be ${JSON.stringify(value)}` }));
}

function typeNarrowing(before: JsonSchema, now: JsonSchema, at: string): Narrowing | undefined {
  const [was, is] = [before['type'], now['type']];
  if (is === undefined || was === is || (was === 'integer' && is === 'number')) return undefined;
  return { at, says: `was ${JSON.stringify(was) ?? 'of any type'} and is ${JSON.stringify(is)}` };
}

function boundNarrowings(before: JsonSchema, now: JsonSchema, at: string): Narrowing[] {
  const tighter = (keyword: string, isTighter: (was: number, is: number) => boolean): Narrowing[] => {
    const [was, is] = [before[keyword], now[keyword]];
    if (typeof is !== 'number') return [];
    if (typeof was === 'number' && !isTighter(was, is)) return [];
    return [{ at, says: `${keyword} was ${typeof was === 'number' ? was : 'not set'} and is ${is}` }];
  };
  return [
    ...LOWER_BOUNDS.flatMap((keyword) => tighter(keyword, (was, is) => is > was)),
    ...UPPER_BOUNDS.flatMap((keyword) => tighter(keyword, (was, is) => is < was)),
  ];
}

function otherNarrowings(before: JsonSchema, now: JsonSchema, at: string): Narrowing[] {
  return Object.keys(now)
    .filter((keyword) => !NOTES.has(keyword) && !WEIGHED.has(keyword) && !BOUNDS.has(keyword))
    .filter((keyword) => JSON.stringify(now[keyword]) !== JSON.stringify(before[keyword]))
    .map((keyword) => ({ at, says: `${keyword} is another: ${JSON.stringify(now[keyword])}` }));
}

function fieldNarrowings(before: JsonSchema, now: JsonSchema, at: string): Narrowing[] {
  const [was, is] = [fieldsOf(before), fieldsOf(now)];
  const wasRequired = requiredOf(before);
  const found: Narrowing[] = requiredOf(now)
    .filter((name) => !wasRequired.includes(name))
    .map((name) => ({
      at: join(at, name),
      says: name in was ? 'was optional and is required' : 'is new and required',
    }));
  for (const [name, field] of Object.entries(was)) {
    const next = is[name] ?? restOf(now);
    if (next === false) found.push({ at: join(at, name), says: 'is gone' });
    else found.push(...narrowings(field, next, join(at, name)));
  }
  const [oldRest, rest] = [restOf(before), restOf(now)];
  if (oldRest === false) return found;
  // What had no name of its own may have had any name.
  for (const [name, field] of Object.entries(is)) {
    if (!(name in was)) found.push(...narrowings(oldRest, field, join(at, name)));
  }
  if (rest === false) found.push({ at: join(at, '*'), says: 'other fields are allowed no more' });
  else found.push(...narrowings(oldRest, rest, join(at, '*')));
  return found;
}

function fieldsOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema['properties'] ?? {}) as Record<string, JsonSchema>;
}

function requiredOf(schema: JsonSchema): readonly string[] {
  return (schema['required'] ?? []) as string[];
}

/** What fields that a schema does not name may be. */
function restOf(schema: JsonSchema): JsonSchema | false {
  const rest = schema['additionalProperties'];
  return rest === false ? false : rest === undefined || rest === true ? {} : (rest as JsonSchema);
}

function itemNarrowings(before: JsonSchema, now: JsonSchema, at: string): Narrowing[] {
  const [was, is] = [before['items'], now['items']];
  if (is === undefined) return [];
  // A list of schemas is a tuple: place by place, and nothing is said here of how it may grow.
  if (Array.isArray(was) || Array.isArray(is)) {
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ at: join(at, '[]'), says: 'is another tuple' }];
  }
  return narrowings((was ?? {}) as JsonSchema, is as JsonSchema, join(at, '[]'));
}

function join(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}
