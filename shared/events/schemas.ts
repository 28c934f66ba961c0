import { z } from 'zod';
import { EVENT_DOMAINS } from './catalogue.ts';
import type { EventKind } from './event.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

type EventVersion = { readonly version: number; readonly data: z.ZodObject };

/** The versions of a kind that a reader may meet: the present one, and those before it that logs may still hold. */
export function versionsOf(kind: EventKind): readonly EventVersion[] {
  return [...kind.earlier, kind].toSorted((a, b) => a.version - b.version);
}

/** Whatever a domain tells, in every version that may be met. */
export function domainUnion(domain: string): z.ZodType {
  const kinds = EVENT_DOMAINS.get(domain) ?? [];
  return z.union(
    kinds.flatMap((kind) =>
      versionsOf(kind).map(({ version, data }) =>
        z
          .object({ type: z.literal(kind.type), version: z.literal(version), data })
          .meta({ title: titleOf(kind, version), description: kind.says ?? '' }),
      ),
    ),
  );
}

/** The JSON Schema of the data of one version of a kind: what lies in a topic, and what a registry is given. */
export function eventSchema(kind: EventKind, version: number): JsonSchema {
  const data = versionsOf(kind).find((one) => one.version === version)?.data;
  if (data === undefined) throw new Error(`${kind.type} has no version ${version}`);
  return jsonSchemaOf(data.meta({ title: titleOf(kind, version), description: kind.says ?? '' }));
}

function titleOf({ type }: EventKind, version: number): string {
  return `${type} v${version}`;
}

/** Formats that JSON Schema has rules for. zod adds a pattern of its own to each, which may change with its release. */
const FORMATS: ReadonlySet<unknown> = new Set(['uuid', 'date-time', 'date', 'email', 'uri']);

/**
 * A schema as JSON Schema, draft 07: the newest that registries judge the compatibility of, and the one that AsyncAPI is
 * made of. It says what is written, so it allows no other fields.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      if (FORMATS.has(jsonSchema.format)) delete jsonSchema.pattern;
      if (jsonSchema.properties !== undefined) jsonSchema.additionalProperties ??= false;
    },
  });
}
