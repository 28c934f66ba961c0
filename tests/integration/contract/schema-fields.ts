import { z } from 'zod';

export type JsonSchema = { readonly [keyword: string]: unknown };

/** What a client may send, as JSON Schema. */
export function sentSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

/**
 * Every field that a schema names, by its path as refusals write it, `items.0.quantity`, with the schemas it has in the
 * branches of unions. What a map of free names holds is none of them.
 */
export function fieldsOf(schema: z.ZodType): Map<string, JsonSchema[]> {
  const found = new Map<string, JsonSchema[]>();
  walk(sentSchema(schema), '', found);
  found.delete('');
  return found;
}

/** The schema itself and all that it may be instead. */
export function branchesOf(schema: JsonSchema): JsonSchema[] {
  const others = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => (schema[keyword] as JsonSchema[] | undefined) ?? []);
  return [schema, ...others.flatMap(branchesOf)];
}

function walk(schema: JsonSchema, path: string, found: Map<string, JsonSchema[]>): void {
  found.set(path, [...(found.get(path) ?? []), schema]);
  for (const branch of branchesOf(schema)) {
    const { properties = {}, items } = branch as { properties?: Record<string, JsonSchema>; items?: JsonSchema };
    for (const [name, inner] of Object.entries(properties)) walk(inner, joined(path, name), found);
    if (items !== undefined) walk(items, joined(path, '0'), found);
  }
}

export function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
