import { z } from 'zod';

/** Control characters (C0, C1, DEL): Postgres keeps no NUL, and none of them means anything to a reader. */
const CONTROL = /\p{Cc}/u;
const CONTROL_BUT_LINES = /[\p{Cc}--[\n\r\t]]/v;
/**
 * A character that leaves a mark on a screen. Unicode's ignorable characters do not: zero-width spaces and joiners, marks
 * of direction, fillers, variation selectors, tags. Nor do the blank of Braille and the marks of annotations, which
 * Unicode does not count among them. Between visible characters all of these have their use, in emoji of several people
 * and in Indic scripts, so only a text of nothing else is refused.
 */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\uFFF9-\uFFFB]/u;

/**
 * Text of `min` to `max` characters. A character is a Unicode code point, as in JSON Schema's `maxLength`: an emoji of
 * one code point counts once, although JavaScript's `length` says two. Half a surrogate pair is refused, and so are
 * control characters but line breaks and tabs. Something of it must be visible, unless it may be empty and is as good as
 * empty: only of spaces.
 */
export function characters(min: number, max: number) {
  return among(z.string(), min, max)
    .refine(...WITHOUT_CONTROL)
    .refine(...visible(min));
}

/** One line of text, such as a name: {@link characters} without line breaks and tabs. */
export function line(min: number, max: number) {
  return among(z.string(), min, max)
    .refine(...WITHOUT_BREAKS)
    .refine(...visible(min));
}

/** {@link characters} freed of spaces around them; may be empty. */
export function prose(max: number) {
  return among(z.string().trim(), 0, max)
    .refine(...WITHOUT_CONTROL)
    .refine(...visible(0));
}

/** Like {@link prose}, and never empty. */
export function words(max: number) {
  return among(z.string().trim(), 1, max)
    .refine(...WITHOUT_CONTROL)
    .refine(...visible(1));
}

/** A {@link line} freed of spaces around it, and never empty: what people are called. */
export function name(max: number) {
  return among(z.string().trim(), 1, max)
    .refine(...WITHOUT_BREAKS)
    .refine(...visible(1));
}

const WITHOUT_CONTROL = [
  (text: string) => !CONTROL_BUT_LINES.test(text),
  'must not contain control characters',
] as const;
const WITHOUT_BREAKS = [(text: string) => !CONTROL.test(text), 'must not contain control characters'] as const;

function visible(min: number) {
  const isShown = (text: string) => VISIBLE.test(text) || (min === 0 && text.trim() === '');
  return [isShown, 'must not be blank'] as const;
}

function among(text: z.ZodString, min: number, max: number) {
  return text
    .refine((value) => value.isWellFormed(), { error: 'must be well-formed Unicode', abort: true })
    .refine((value) => value.length >= min && countsAtMost(value, max), {
      error: min === 0 ? `must be at most ${max} characters` : `must be ${min} to ${max} characters`,
      abort: true,
    })
    .meta({ minLength: min, maxLength: max });
}

/** Compares without counting where UTF-16's length already decides: a code point takes one or two units. */
function countsAtMost(text: string, max: number): boolean {
  if (text.length <= max) return true;
  if (text.length > 2 * max) return false;
  let count = 0;
  for (const _ of text) count += 1;
  return count <= max;
}
