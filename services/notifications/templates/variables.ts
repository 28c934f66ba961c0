import { z } from 'zod';
import { characters, line, words } from '#shared/contracts/text.ts';
import { unreachable } from '#shared/errors.ts';
import { Currency, DecimalString, type Money, parseMoney } from '#shared/money.ts';
import { Timestamp } from '#shared/wire-time.ts';
import { declared, type Kind, type Variables } from './template.ts';

const NAME_CHARACTERS_MAX = 200;
const REFERENCE_CHARACTERS_MAX = 100;
const WORDS_CHARACTERS_MAX = 1000;
const PROSE_CHARACTERS_MAX = 4000;
const COUNT_MAX = 1_000_000_000;
const LINK_CHARACTERS_MAX = 2000;

/** Money as it was said, and as the kernel counts it. */
const Amount = z
  .strictObject({ amount: DecimalString, currency: Currency })
  .transform(({ amount, currency }, context) => {
    const money = parseMoney(amount, currency);
    if (typeof money !== 'string') return money;
    context.addIssue({ code: 'custom', path: ['amount'], message: money });
    return z.NEVER;
  });

/** https, or a development machine's own http. A password in it, or a break, would show another place than it leads to. */
const Link = z.string().max(LINK_CHARACTERS_MAX).refine(isOurKindOfLink, 'must be an https address');

function isOurKindOfLink(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || /[\s\p{Cc}<>"]/u.test(text)) return false;
  const isLocal = url.hostname === 'localhost' || url.hostname === '127.0.0.1';
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLocal);
}

/** What a variable is once it was checked. */
export type Value = string | number | boolean | readonly string[] | Money | Date;

function schemaOf(kind: Kind): z.ZodType<Value | undefined> {
  if (typeof kind !== 'string') {
    const one = z.enum('oneOf' in kind ? kind.oneOf : kind.several);
    return 'oneOf' in kind ? one : z.array(one).min(1).max(kind.several.length);
  }
  switch (kind) {
    case 'name':
      return line(1, NAME_CHARACTERS_MAX);
    case 'reference':
      return line(1, REFERENCE_CHARACTERS_MAX);
    case 'words':
      return words(WORDS_CHARACTERS_MAX);
    case 'prose':
      return characters(1, PROSE_CHARACTERS_MAX);
    case 'count':
      return z.number().int().min(0).max(COUNT_MAX);
    case 'money':
      return Amount;
    case 'moment':
      return Timestamp.transform((text) => new Date(text));
    case 'link':
      return Link;
    case 'yes_no':
      return z.boolean();
    default:
      return unreachable(kind);
  }
}

type Schema = z.ZodType<Record<string, Value | undefined>>;

/** By the declaration itself: a template is checked far more often than it is changed. */
const schemas = new WeakMap<Variables, Schema>();

/** What a template's variables are checked with. Unknown ones are refused. */
export function schemaFor(variables: Variables): Schema {
  const known = schemas.get(variables);
  if (known !== undefined) return known;
  const fields = declared(variables).map(
    ({ name, kind, optional }) => [name, optional ? schemaOf(kind).optional() : schemaOf(kind)] as const,
  );
  const made = z.strictObject(Object.fromEntries(fields));
  schemas.set(variables, made);
  return made;
}
