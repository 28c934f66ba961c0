import { EXAMPLES, type Example, type Json, type JsonObject } from './examples.ts';
import { joined } from './schema-fields.ts';

/** The examples of a call's body. @throws where to put them when there are none */
export function examplesOf(name: string): readonly Example[] {
  const examples = EXAMPLES[name];
  if (examples === undefined) throw new Error(`${name} has a body, so it needs an example in EXAMPLES of examples.ts`);
  return examples;
}

/** A body that was good, and where it was spoilt. */
export type Spoilt = { readonly path: string; readonly how: string; readonly body: Json };

type Place = { readonly path: string; readonly value: Json; readonly put: (value: Json | undefined) => Json };

const OF_EVERY_TYPE: Readonly<Record<string, Json>> = {
  null: null,
  boolean: true,
  number: 7,
  string: 'text',
  array: ['text'],
  object: { text: 'text' },
};

/** Each value of the body, and the body itself, with a value of every other type in its place. */
export function wronglyTyped({ body, alsoTakes = {} }: Example): Spoilt[] {
  return placesIn(body).flatMap(({ path, value, put }) => {
    const taken = new Set([typeOf(value), ...(alsoTakes[path] ?? [])]);
    return Object.entries(OF_EVERY_TYPE)
      .filter(([type]) => !taken.has(type))
      .map(([type, other]) => ({ path, how: `${type} for ${typeOf(value)} at "${path}"`, body: put(other) }));
  });
}

/** Each object of the body with a field more than it knows, except where any name is known. */
export function withUnknownField({ body, anyNames = [] }: Example): Spoilt[] {
  return placesIn(body)
    .filter(({ path, value }) => typeOf(value) === 'object' && !anyNames.includes(path))
    .map(({ path, value, put }) => ({
      path: joined(path, 'surprising'),
      how: `an unknown field in "${path}"`,
      body: put({ ...(value as JsonObject), surprising: 1 }),
    }));
}

/** The body without one of its fields, for each field of each object. */
export function withoutOneField({ body, missedAt = {} }: Example): Spoilt[] {
  return placesIn(body)
    .filter(({ path }) => path !== '' && !path.endsWith('.0'))
    .map(({ path, put }) => ({
      path: missedAt[path] ?? path,
      how: `nothing at "${path}"`,
      body: put(undefined),
    }));
}

/** Text in which nothing can be seen, and text that cannot be kept. */
const UNREADABLE: Readonly<Record<string, string>> = { 'nothing visible': '\u200B\u2060\u200D', 'a NUL': 'a\u0000b' };

/** Each text of the body, unreadable. */
export function withUnreadableText({ body }: Example): Spoilt[] {
  return placesIn(body)
    .filter(({ value }) => typeof value === 'string')
    .flatMap(({ path, put }) =>
      Object.entries(UNREADABLE).map(([what, text]) => ({ path, how: `${what} at "${path}"`, body: put(text) })),
    );
}

/** The body with another value at a path. */
export function withValueAt(body: JsonObject, path: string, value: Json): JsonObject {
  const place = placesIn(body).find((found) => found.path === path);
  if (place === undefined) throw new Error(`the example has nothing at ${path}`);
  return place.put(value) as JsonObject;
}

/** All values in a body, of lists the first. */
export function placesIn(value: Json, path = '', put: Place['put'] = (other) => other!): Place[] {
  const here: Place = { path, value, put };
  if (Array.isArray(value)) {
    if (value.length === 0) return [here];
    const rest = value.slice(1);
    return [
      here,
      ...placesIn(value[0], joined(path, '0'), (other) => put(other === undefined ? rest : [other, ...rest])),
    ];
  }
  if (typeof value !== 'object' || value === null) return [here];
  const inside = Object.entries(value as JsonObject).flatMap(([name, inner]) =>
    placesIn(inner, joined(path, name), (other) => {
      const { [name]: _, ...rest } = value as JsonObject;
      return put(other === undefined ? rest : { ...rest, [name]: other });
    }),
  );
  return [here, ...inside];
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
