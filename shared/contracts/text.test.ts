import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { characters, line, name, prose, words } from './text.ts';

const KINDS = {
  characters: characters(1, 100),
  line: line(1, 100),
  name: name(100),
  prose: prose(100),
  words: words(100),
  'characters that may be empty': characters(0, 100),
} as const;

const INVISIBLE = {
  'a zero-width space': '\u200B',
  'joiners and marks of direction': '\u200D\u200C\u2060\u200E\u202E',
  'a byte order mark': '\uFEFF\u200B',
  'a soft hyphen': '\u00AD',
  'a Hangul filler': '\u3164',
  'a blank of Braille': '\u2800',
  'variation selectors and tags': '\uFE0F\u{E0041}\u{E007F}',
  'marks of annotations': '\uFFF9\uFFFA\uFFFB',
  'spaces around nothing': ' \u00A0\u200B\u3000 ',
} as const;

const faultsOf = (schema: z.ZodType, value: string) =>
  schema.safeParse(value).error?.issues.map(({ message }) => message);

describe.each(Object.entries(KINDS))('%s', (_kind, schema) => {
  test.each(Object.entries(INVISIBLE))('is not %s alone', (_what, text) => {
    expect(faultsOf(schema, text)).toEqual(['must not be blank']);
  });

  test.each(['a\u0000b', '\u0000', 'a\u001Bb', 'a\u0085b', '\u007F'])('holds no control character: %j', (text) => {
    expect(faultsOf(schema, text)).toContain('must not contain control characters');
  });

  test('holds no half of a surrogate pair', () => {
    expect(faultsOf(schema, 'a\uD83D')).toEqual(['must be well-formed Unicode']);
  });

  test('is at most so many characters, of which an emoji of one code point is one', () => {
    expect(schema.parse('😀'.repeat(100))).toBe('😀'.repeat(100));
    expect(faultsOf(schema, '😀'.repeat(101))).toHaveLength(1);
  });

  test.each([
    'สวัสดีครับ น้ำ เก่ง', // Thai, with vowels and tone marks above and below
    '่', // a tone mark by itself
    'Tiếng Việt', // precomposed
    'Tiê\u0301ng Viê\u0323t', // the same with combining marks
    '👨‍👩‍👧‍👦', // a family, held together by joiners
    '🏳️‍🌈', // a selector and a joiner
    '❤️',
    '🏴󠁧󠁢󠁳󠁣󠁴󠁿', // a flag spelled in tags
    'स्त्री\u200D', // a joiner that Indic scripts use
    '\u200Fمرحبا', // a mark of direction before Arabic
    '…',
    '0',
  ])('may be %s', (text) => {
    expect(schema.parse(text)).toBe(text);
  });
});

test('only text of several lines holds line breaks and tabs', () => {
  const lines = 'one\n\ttwo\r\nthree';
  for (const schema of [characters(1, 100), prose(100), words(100)]) expect(schema.parse(lines)).toBe(lines);
  for (const schema of [line(1, 100), name(100)]) {
    expect(faultsOf(schema, lines)).toEqual(['must not contain control characters']);
  }
});

test('what may be empty may be only of spaces, and what must not be may not', () => {
  for (const schema of [characters(0, 100), line(0, 100), prose(100)]) {
    expect(schema.parse('')).toBe('');
    expect(schema.parse('  ').trim()).toBe('');
  }
  for (const schema of [characters(1, 100), line(1, 100), words(100), name(100)]) {
    expect(faultsOf(schema, '')).toBeDefined();
    expect(faultsOf(schema, '  ')).toBeDefined();
  }
});

test('names and prose lose the spaces around them', () => {
  for (const schema of [name(5), prose(5), words(5)]) expect(schema.parse('  Somsi  ')).toBe('Somsi');
});
