import { z } from 'zod';

/** No control characters (C0, C1, DEL): they cannot be stored as Postgres text (NUL) and break lines and screens. */
const CONTROL = /\p{Cc}/u;

/**
 * Text of `min` to `max` characters. A character is a Unicode code point, as in JSON Schema's `maxLength`: an emoji of
 * one code point counts once, although JavaScript's `length` says two. Half a surrogate pair is refused.
 */
export function characters(min: number, max: number) {
  return z
    .string()
    .refine((text) => text.isWellFormed(), { error: 'must be well-formed Unicode', abort: true })
    .refine((text) => text.length >= min && countsAtMost(text, max), {
      error: min === 0 ? `must be at most ${max} characters` : `must be ${min} to ${max} characters`,
    })
    .meta({ minLength: min, maxLength: max });
}

/** One line of text, such as a name: {@link characters} without control characters and not only of spaces. */
export function line(min: number, max: number) {
  return characters(min, max)
    .refine((text) => !CONTROL.test(text), 'must not contain control characters')
    .refine((text) => min === 0 || text.trim() !== '', 'must not be blank');
}

/** Compares without counting where UTF-16's length already decides: a code point takes one or two units. */
function countsAtMost(text: string, max: number): boolean {
  if (text.length <= max) return true;
  if (text.length > 2 * max) return false;
  let count = 0;
  for (const _ of text) count += 1;
  return count <= max;
}
