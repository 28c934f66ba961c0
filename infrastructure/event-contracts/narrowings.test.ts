import { expect, test } from 'vitest';
import { z } from 'zod';
import { narrowings } from './narrowings.ts';

function schemaOf(data: z.ZodType) {
  return z.toJSONSchema(data, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.properties !== undefined) jsonSchema.additionalProperties ??= false;
    },
  });
}

const found = (before: z.ZodType, now: z.ZodType) =>
  narrowings(schemaOf(before), schemaOf(now)).map(({ at, says }) => `${at}: ${says}`);

const text = z.string();
const object = z.object;

const BREAKING: readonly [string, z.ZodType, z.ZodType, string][] = [
  ['a new required field', object({ a: text }), object({ a: text, b: text }), 'b: is new and required'],
  [
    'an optional field that is required now',
    object({ a: text.optional() }),
    object({ a: text }),
    'a: was optional and is required',
  ],
  ['a field that is gone', object({ a: text }), object({}), 'a: is gone'],
  [
    'a value less in a list',
    object({ a: z.enum(['x', 'y']) }),
    object({ a: z.enum(['x']) }),
    'a: may no longer be "y"',
  ],
  ['a list where all was allowed', object({ a: text }), object({ a: z.enum(['x']) }), 'a: may only be "x"'],
  ['another type', object({ a: text }), object({ a: z.number() }), 'a: was "string" and is "number"'],
  ['whole numbers only', object({ a: z.number() }), object({ a: z.int() }), 'a: was "number" and is "integer"'],
  ['no null any more', object({ a: text.nullable() }), object({ a: text }), 'a: was "null" and is "string"'],
  ['a lower maximum', object({ a: z.int().max(9) }), object({ a: z.int().max(8) }), 'a: maximum was 9 and is 8'],
  ['a first maximum', object({ a: text }), object({ a: text.max(5) }), 'a: maxLength was not set and is 5'],
  ['a higher minimum', object({ a: z.int().min(1) }), object({ a: z.int().min(2) }), 'a: minimum was 1 and is 2'],
  ['a pattern', object({ a: text }), object({ a: text.regex(/^x/) }), 'a: pattern is another: "^x"'],
  ['another format', object({ a: z.uuid() }), object({ a: z.iso.date() }), 'a: format is another: "date"'],
  [
    'a field deep inside',
    object({ a: z.array(object({ b: text })) }),
    object({ a: z.array(object({})) }),
    'a.[].b: is gone',
  ],
  [
    'values of a record',
    z.record(text, z.union([text, z.number()])),
    z.record(text, text),
    '*: was "number" and is "string"',
  ],
  ['fields instead of a record', z.record(text, text), object({ a: text }), '*: other fields are allowed no more'],
  ['fewer kinds', z.union([object({ a: text }), object({ b: text })]), object({ a: text }), 'a: is new and required'],
  ['another tuple', object({ a: z.tuple([text]) }), object({ a: z.tuple([z.number()]) }), 'a.[]: is another tuple'],
];

test.each(BREAKING)('%s is told of with its field', (_, before, now, says) => {
  expect(found(before, now)).toContain(says);
});

const BEARABLE: readonly [string, z.ZodType, z.ZodType][] = [
  ['the same', object({ a: text, b: z.array(z.int()) }), object({ a: text, b: z.array(z.int()) })],
  ['a new field that may be absent', object({ a: text }), object({ a: text, b: text.optional() })],
  ['a new field with a default', object({ a: text }), object({ a: text, b: text.default('x') })],
  ['a field that may be absent now', object({ a: text }), object({ a: text.optional() })],
  ['a field that may be null now', object({ a: text }), object({ a: text.nullable() })],
  ['one value more', object({ a: z.enum(['x']) }), object({ a: z.enum(['x', 'y']) })],
  ['any text instead of some', object({ a: z.enum(['x']) }), object({ a: text })],
  ['any number instead of whole ones', object({ a: z.int() }), object({ a: z.number() })],
  ['wider bounds', object({ a: z.int().min(2).max(8) }), object({ a: z.int().min(1).max(9) })],
  ['no pattern any more', object({ a: text.regex(/^x/) }), object({ a: text })],
  ['another word for it', object({ a: text.describe('this') }), object({ a: text.describe('that') })],
  ['anything', object({ a: text }), object({ a: z.unknown() })],
  ['one kind more', object({ a: text }), z.union([object({ b: z.int() }), object({ a: text })])],
  ['more values of a record', z.record(text, text), z.record(text, z.union([z.boolean(), text]))],
];

test.each(BEARABLE)('%s is no breach', (_, before, now) => {
  expect(found(before, now)).toEqual([]);
});
