import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readReleased } from '#infrastructure/event-contracts/contract-set.ts';
import { narrowings } from '#infrastructure/event-contracts/narrowings.ts';
import { EVENT_KINDS } from '#shared/events/catalogue.ts';
import { dataOf } from '#shared/events/event.ts';
import { jsonSchemaOf } from '#shared/events/schemas.ts';
import { valuesOf } from '#tests/harness/arbitrary-json.ts';

const released = await readReleased();
const promised = Object.entries(released).flatMap(([type, versions]) =>
  Object.entries(versions).map(([version, { schema }]) => ({ type, version: Number(version), schema })),
);

test.each(promised)('whatever was released as $type v$version can be read', ({ type, version, schema }) => {
  const kind = EVENT_KINDS.get(type)!;
  const when = new Date();
  fc.assert(
    fc.property(valuesOf(schema), (data) => {
      const event = {
        id: 'e',
        type,
        version,
        aggregateId: 'a',
        occurredAt: when,
        data: data as Record<string, unknown>,
      };
      expect(dataOf(kind, event)).toBeDefined();
    }),
    { numRuns: 50 },
  );
});

/** Schemas of one field, of the sorts that events have. */
const leaf: fc.Arbitrary<z.ZodType> = fc.oneof(
  fc.constantFrom<z.ZodType>(z.string(), z.uuid(), z.iso.datetime(), z.boolean(), z.number(), z.null()),
  fc.subarray(['a', 'b', 'c'], { minLength: 1 }).map((values) => z.enum(values)),
  fc.tuple(fc.nat(3), fc.nat(3)).map(([from, more]) =>
    z
      .int()
      .min(from)
      .max(from + more),
  ),
  fc.tuple(fc.nat(2), fc.nat(3)).map(([from, more]) =>
    z
      .string()
      .min(from)
      .max(from + more),
  ),
  fc.constantFrom('^a*$', '^[ab]{1,2}$').map((pattern) => z.string().regex(new RegExp(pattern))),
);
/** Schemas of data: objects of a few fields, some optional, some deep. */
const { data: anyData } = fc.letrec<{ data: z.ZodObject; field: z.ZodType }>((tie) => ({
  field: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leaf,
    leaf.map((one) => one.nullable()),
    fc.tuple(leaf, leaf).map((both) => z.union(both)),
    leaf.map((one) => z.array(one).max(3)),
    leaf.map((one) => z.record(z.string(), one)),
    tie('data'),
  ),
  data: fc
    .dictionary(fc.constantFrom('p', 'q', 'r'), fc.tuple(tie('field'), fc.boolean()), { maxKeys: 3 })
    .map((fields) =>
      z.object(
        Object.fromEntries(
          Object.entries(fields).map(([name, [field, isOptional]]) => [name, isOptional ? field.optional() : field]),
        ),
      ),
    ),
}));

/** How a schema may grow from one release to the next, or shrink. */
const changes: fc.Arbitrary<(data: z.ZodObject) => z.ZodObject> = fc.oneof(
  fc.constant((data: z.ZodObject) => data),
  fc.tuple(fc.constantFrom('p', 'q', 'r', 's'), leaf, fc.boolean()).map(
    ([name, field, isOptional]) =>
      (data: z.ZodObject) =>
        data.extend({ [name]: isOptional ? field.optional() : field }),
  ),
  fc.constant((data: z.ZodObject) => data.partial()),
);

/** Hundreds of schemas are made and compared. */
const LONG_MS = 60_000;

test(
  'whatever the check lets pass, readers of the new schema can read all that the old one allowed',
  { timeout: LONG_MS },
  () => {
    let passed = 0;
    let refused = 0;
    fc.assert(
      fc.property(anyData, changes, fc.gen(), (before, change, draw) => {
        const now = change(before);
        if (narrowings(jsonSchemaOf(before), jsonSchemaOf(now)).length > 0) {
          refused += 1;
          return;
        }
        passed += 1;
        const value = draw(() => valuesOf(jsonSchemaOf(before)));
        expect(now.safeParse(value).error, JSON.stringify(value)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
    expect(passed).toBeGreaterThan(30);
    expect(refused).toBeGreaterThan(30);
  },
);

test('a schema narrows nothing of itself', () => {
  fc.assert(
    fc.property(anyData, (data) => {
      expect(narrowings(jsonSchemaOf(data), jsonSchemaOf(data))).toEqual([]);
    }),
  );
});
