import { z } from 'zod';
import { EVENT_DOMAINS } from './catalogue.ts';
import type { EventKind } from './event.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

/** The versions of a kind that a reader may meet: the present one, and those before it that logs may still hold. */
export function versionsOf(kind: EventKind): readonly { readonly version: number; readonly data: z.ZodObject }[] {
  return [...kind.earlier, kind].toSorted((a, b) => a.version - b.version);
}

/** An event as others read it: what happened, to which entity, when, and what there is to know of it. */
function recordOf({ type, says = '' }: EventKind, version: number, data: z.ZodObject) {
  return z
    .object({
      id: z.uuid().describe('Of the event: whoever has handled it once passes over it the next time.'),
      type: z.literal(type),
      version: z.literal(version),
      aggregate_id: z.string().describe('The entity it happened to. Events of one entity come in their order.'),
      occurred_at: z.iso.datetime().describe('ISO 8601, UTC, by the clock of the database.'),
      data,
    })
    .meta({ title: `${type} v${version}`, description: says });
}

/** Whatever a domain tells, in every version that may be met: parsing by it yields data of the version that was written. */
export function domainUnion(domain: string): z.ZodType {
  const kinds = EVENT_DOMAINS.get(domain) ?? [];
  return z.union(kinds.flatMap((kind) => versionsOf(kind).map(({ version, data }) => recordOf(kind, version, data))));
}

/** Formats that JSON Schema has rules for. zod adds a pattern of its own to each, which may change with its release. */
const FORMATS: ReadonlySet<unknown> = new Set(['uuid', 'date-time', 'date', 'email', 'uri']);

/**
 * The JSON Schema of one version of a kind, draft 07: the newest that registries judge the compatibility of, and the one
 * that AsyncAPI is made of. It says what is written, so it allows no other fields.
 */
export function eventSchema(kind: EventKind, version: number): JsonSchema {
  const data = versionsOf(kind).find((one) => one.version === version)?.data;
  if (data === undefined) throw new Error(`${kind.type} has no version ${version}`);
  return z.toJSONSchema(recordOf(kind, version, data), {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      if (FORMATS.has(jsonSchema.format)) delete jsonSchema.pattern;
      if (jsonSchema.properties !== undefined) jsonSchema.additionalProperties ??= false;
    },
  });
}
