import type { Locale } from '#shared/regions.ts';
import { declared, type Kind, type Variables } from './template.ts';
import { SHOWN_MAX } from './values.ts';

/** What a template may be given, as on the wire. */
export type Sample = Readonly<Record<string, unknown>>;

/** Names and the like as they might be. */
const TYPICAL: Readonly<Record<string, unknown>> = {
  sender: 'Nok',
  from: 'Somchai Jaidee',
  to: 'Nguyễn Văn An',
  by: 'Aisyah',
  dialog: 'Weekend market',
  device: 'Pixel 9, Tchat 3.2',
  shop: 'Baan Sabai',
  carrier: 'Kerry Express',
  tracking: 'KEX1234567TH',
  order: '01a20c41-260b-7e27-8046-03179992ef53',
  title: 'Songkran sale',
  text: 'Shops give 20 percent off until Sunday.\n\nHave a good weekend.',
  link: 'https://app.tchat.example/l/8f3k2',
  tier: 2,
};

function typical(name: string, kind: Kind): unknown {
  if (Object.hasOwn(TYPICAL, name)) return TYPICAL[name];
  if (typeof kind !== 'string') return 'oneOf' in kind ? kind.oneOf[0] : kind.several.slice(2, 4);
  const byKind: Readonly<Record<Exclude<Kind, object>, unknown>> = {
    name: 'Nok',
    reference: 'KEX1234567TH',
    words: 'The item is sold out',
    prose: 'Shops give 20 percent off until Sunday.',
    count: 3,
    money: { amount: '1250.50', currency: 'THB' },
    moment: '2026-11-24T05:05:00.000Z',
    link: 'https://app.tchat.example/l/8f3k2',
    yes_no: true,
  };
  return byKind[kind];
}

/** What makes an SMS of this language the longest that its template can make it of letters of the language's own. */
function longest(kind: Kind, language: Locale): unknown {
  const letter = language === 'th' ? 'ก' : 'M';
  if (typeof kind !== 'string') return 'oneOf' in kind ? kind.oneOf[0] : [...kind.several];
  const byKind: Readonly<Record<Exclude<Kind, object>, unknown>> = {
    name: letter.repeat(SHOWN_MAX.name.sms),
    reference: 'M'.repeat(SHOWN_MAX.reference.sms),
    words: letter.repeat(SHOWN_MAX.words.sms),
    prose: letter.repeat(SHOWN_MAX.prose.sms),
    count: 999_999,
    money: { amount: '9999999.50', currency: 'MYR' },
    moment: '2026-12-30T15:59:00.000Z',
    link: 'https://app.tchat.example/l/8f3k2',
    yes_no: true,
  };
  return byKind[kind];
}

/** One set of variables for each choice that a template makes; what is optional is there in all of them but the last. */
export function samples(variables: Variables, longestIn?: Locale): Sample[] {
  const all = declared(variables);
  const base = Object.fromEntries(
    all.map(({ name, kind }) => [name, longestIn === undefined ? typical(name, kind) : longest(kind, longestIn)]),
  );
  const chosen = all.flatMap(({ name, kind }) => choicesOf(name, kind).map((value) => ({ ...base, [name]: value })));
  const required = all.filter(({ optional }) => !optional).map(({ name }) => [name, base[name]]);
  const full = chosen.length === 0 ? [base] : chosen;
  return required.length === all.length ? full : [...full, Object.fromEntries(required)];
}

function choicesOf(name: string, kind: Kind): readonly unknown[] {
  if (kind === 'yes_no') return [true, false];
  // One of each plural: of English, and of Filipino, which tells apart by the last digit.
  if (kind === 'count' && !Object.hasOwn(TYPICAL, name)) return [1, 4];
  return typeof kind !== 'string' && 'oneOf' in kind ? kind.oneOf : [];
}
