import fc from 'fast-check';
import type { JsonSchema } from '#shared/events/schemas.ts';

/** Values of the formats that schemas of events use. */
const FORMATS: Readonly<Record<string, () => fc.Arbitrary<string>>> = {
  uuid: () => fc.uuid({ version: [4, 7] }),
  'date-time': () =>
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }).map((at) => at.toISOString()),
};
/** Items of a list, or keys of a record, that have no other bound. */
const ITEMS_MAX = 4;

/** Values that a JSON Schema allows, as far as schemas of events go. Optional fields are there now and then. */
export function valuesOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices)) return fc.oneof(...(choices as JsonSchema[]).map(valuesOf));
  const type = schema['type'];
  if (Array.isArray(type)) return fc.oneof(...(type as string[]).map((one) => valuesOf({ ...schema, type: one })));
  switch (type) {
    case 'string':
      return textsOf(schema);
    case 'integer':
      return fc.integer(boundsOf(schema));
    case 'number':
      return fc.double({ ...boundsOf(schema), noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema['items'] as JsonSchema), {
        minLength: (schema['minItems'] as number | undefined) ?? 0,
        maxLength: (schema['maxItems'] as number | undefined) ?? ITEMS_MAX,
      });
    case 'object':
      return schema['properties'] === undefined ? recordsOf(schema) : objectsOf(schema);
    default:
      throw new Error(`Nothing is known of values of ${JSON.stringify(schema)}`);
  }
}

function textsOf({ format, pattern, minLength, maxLength }: JsonSchema): fc.Arbitrary<string> {
  if (typeof format === 'string') {
    const values = FORMATS[format];
    if (values === undefined) throw new Error(`Nothing is known of values of the format ${format}`);
    return values();
  }
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  return fc.string({
    minLength: (minLength as number | undefined) ?? 0,
    maxLength: (maxLength as number | undefined) ?? ((minLength as number | undefined) ?? 0) + ITEMS_MAX,
  });
}

function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): { min: number; max: number } {
  const min = (minimum ?? (typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : -1000)) as number;
  const max = (maximum ?? (typeof exclusiveMaximum === 'number' ? exclusiveMaximum - 1 : 1000)) as number;
  const [low, high] = [Math.max(min, -(2 ** 31)), Math.min(max, 2 ** 31 - 1)];
  return { min: Math.min(low, high), max: Math.max(low, high) };
}

function recordsOf({ additionalProperties }: JsonSchema): fc.Arbitrary<unknown> {
  const values = typeof additionalProperties === 'object' && additionalProperties !== null ? additionalProperties : {};
  return fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), valuesOf(values as JsonSchema), { maxKeys: ITEMS_MAX });
}

function objectsOf({ properties, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties as Record<string, JsonSchema>).map(([name, field]) => [
    name,
    valuesOf(field),
  ]);
  return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: required as string[],
  });
}
