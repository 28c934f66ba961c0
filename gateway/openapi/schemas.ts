import { z } from 'zod';

export type JsonSchema = { readonly [keyword: string]: unknown };

export type SchemaWriter = {
  /** The JSON Schema of what a client sends, or of what it is answered. */
  write(schema: z.ZodType, side: 'sent' | 'answered'): JsonSchema;
  /** Schemas that have a name (`meta({ id })`), each once. */
  readonly components: Readonly<Record<string, JsonSchema>>;
};

/** Writes zod schemas as JSON Schema 2020-12, as OpenAPI 3.1 takes it; named ones become components. */
export function makeSchemaWriter(): SchemaWriter {
  const components: Record<string, JsonSchema> = {};

  function keep(name: string, schema: JsonSchema, side: 'sent' | 'answered'): string {
    const known = components[name];
    if (known === undefined || JSON.stringify(known) === JSON.stringify(schema)) {
      components[name] = schema;
      return name;
    }
    // What is sent may be wider than what is answered: a default makes a field optional on the way in only.
    const other = side === 'sent' ? `${name}Sent` : `${name}Answered`;
    components[other] = schema;
    return other;
  }

  return {
    components,
    write(schema, side) {
      const {
        $schema: _,
        $defs,
        ...written
      } = z.toJSONSchema(schema, {
        io: side === 'sent' ? 'input' : 'output',
        unrepresentable: 'any',
        override: ({ zodSchema, jsonSchema }) => soften(zodSchema, jsonSchema, side),
      });
      const definitions = Object.entries($defs ?? {}) as [string, JsonSchema][];
      const names = new Map(definitions.map(([name]) => [name, name]));
      // Twice: a definition may refer to one that is kept under another name after it.
      for (const _pass of [1, 2]) {
        for (const [name, definition] of definitions) names.set(name, keep(name, referring(definition, names), side));
      }
      return referring(written, names);
    },
  };
}

/** Drops what helps no reader: answers may grow fields, and a format says more than zod's own pattern for it. */
function soften(schema: z.core.$ZodTypes, written: z.core.JSONSchema.BaseSchema, side: 'sent' | 'answered'): void {
  if (side === 'answered' && schema._zod.def.type === 'object') delete written.additionalProperties;
  if (written.format !== undefined) delete written.pattern;
  delete written['id'];
}

function referring(schema: JsonSchema, names: ReadonlyMap<string, string>): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key: string, value: unknown) => {
    if (key !== '$ref' || typeof value !== 'string') return value;
    const name = value.replace('#/$defs/', '');
    return `#/components/schemas/${names.get(name) ?? name}`;
  }) as JsonSchema;
}
