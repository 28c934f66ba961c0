import type { JsonSchema } from '#shared/events/schemas.ts';

type Fields = Readonly<Record<string, JsonSchema>>;

/** A schema with the fields that an earlier one had besides, at every depth, as fields that may be absent. */
export function withRetired(now: JsonSchema, before: JsonSchema): JsonSchema {
  const [items, oldItems] = [itemsOf(now), itemsOf(before)];
  if (items !== undefined && oldItems !== undefined) return { ...now, items: withRetired(items, oldItems) };
  const [fields, old] = [fieldsOf(now), fieldsOf(before)];
  if (fields === undefined || old === undefined) return now;
  const kept = Object.entries(fields).map(([name, field]) => {
    const earlier = old[name];
    return [name, earlier === undefined ? field : withRetired(field, earlier)] as const;
  });
  const retired = Object.entries(old).filter(([name]) => !(name in fields));
  return { ...now, properties: Object.fromEntries([...kept, ...retired]) };
}

function fieldsOf(schema: JsonSchema): Fields | undefined {
  return schema['properties'] as Fields | undefined;
}

/** What a list holds; undefined for a tuple too. */
function itemsOf(schema: JsonSchema): JsonSchema | undefined {
  const items = schema['items'];
  return typeof items === 'object' && items !== null && !Array.isArray(items) ? (items as JsonSchema) : undefined;
}
