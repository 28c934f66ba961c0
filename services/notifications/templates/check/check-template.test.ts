import { expect, test } from 'vitest';
import { LOCALES, type Locale } from '#shared/regions.ts';
import type { Template, Texts } from '../template.ts';
import { checkTemplate } from './check-template.ts';
import { faultText } from './fault.ts';

const TEXTS: Texts = {
  title: 'Order {order}',
  body: '{items, plural, other {# x}} {order} {at, date, long}{has_by, select, yes { {by}} other {}} {total}',
  sms: 'Tchat: {order}',
};
const ENGLISH: Texts = { ...TEXTS, body: TEXTS.body.replace('other {# x}', 'one {# x} other {# xs}') };

const GOOD: Template = {
  channel: 'order_updates',
  variables: { order: 'reference', items: 'count', at: 'moment', 'by?': 'name', total: 'money' },
  texts: { en: ENGLISH, th: TEXTS, id: TEXTS, ms: TEXTS, fil: ENGLISH, vi: TEXTS },
};

/** The good template with other texts in one language, or without some of its own. */
function withTexts(
  language: Locale,
  texts: { [Part in keyof Texts]?: Texts[Part] | undefined },
  more?: Partial<Template>,
): Template {
  const merged = Object.entries({ ...GOOD.texts[language], ...texts }).filter(([, text]) => text !== undefined);
  return { ...GOOD, ...more, texts: { ...GOOD.texts, [language]: Object.fromEntries(merged) as Texts } };
}

const faultsOf = (template: Template) => checkTemplate('orders.planted', template).map(faultText);

test('a template without a fault has none', () => {
  expect(faultsOf(GOOD)).toEqual([]);
});

test('a language that is missing is named', () => {
  const { vi: _, ...others } = GOOD.texts;
  expect(faultsOf({ ...GOOD, texts: others as Template['texts'] })).toEqual([
    'orders.planted · vi: has no texts in this language',
  ]);
});

test.each<[string, Template, string]>([
  ['a text that is missing', withTexts('th', { sms: undefined }), 'th · sms: is missing'],
  [
    'a text that only one language has',
    withTexts('ms', { more: 'Selamat.' }),
    'ms · more: is there, but not in English',
  ],
  [
    'an SMS of what is never sent by SMS',
    { ...GOOD, ways: ['push'] },
    'en · sms: is for a way that this template never takes',
  ],
  [
    'a variable left out',
    withTexts('id', { sms: 'Tchat: x' }),
    'id · sms · {order}: is not used here, but in English it is',
  ],
  [
    'a variable too many',
    withTexts('id', { sms: 'Tchat: {order} {items, number}' }),
    'id · sms · {items}: is used here, but not in English',
  ],
  [
    'a variable unheard of',
    withTexts('vi', { title: '{oder}' }),
    'vi · title · {oder}: is not a variable of this template',
  ],
  [
    'a variable that nobody is shown',
    { ...GOOD, variables: { ...GOOD.variables, shop: 'name' } },
    'en · body · {shop}: is not used',
  ],
  [
    'an optional variable taken for granted',
    withTexts('th', { sms: 'Tchat: {order} {by}' }),
    'th · sms · {by}: may be absent: put it into {has_by, select, yes {…} other {}}',
  ],
  [
    'a question about what is never absent',
    withTexts('th', { sms: 'Tchat: {has_order, select, yes {{order}} other {}}' }),
    'th · sms · {has_order}: asks for a variable that is not optional',
  ],
  ['a bracket left open', withTexts('fil', { title: 'Order {order' }), 'fil · title: is no ICU message: '],
  [
    'a choice without other',
    withTexts('fil', { title: '{has_by, select, yes {x}}' }),
    'fil · title: is no ICU message: ',
  ],
  [
    'a plural that the language has not',
    withTexts('th', { body: GOOD.texts.en.body }),
    "th · body · {items}: has no plural 'one' in this language, only other",
  ],
  [
    'a plural that the language needs',
    withTexts('fil', { body: GOOD.texts.th.body }),
    "fil · body · {items}: lacks the plural 'one' of this language",
  ],
  ['a number written as text', withTexts('en', { title: '{items} {order}' }), 'en · title · {items}: is a number: '],
  ['a moment written as text', withTexts('en', { title: '{at} {order}' }), 'en · title · {at}: is a moment: '],
  [
    'a style that nobody knows',
    withTexts('en', { title: '{at, date, ::yMMM} {order}' }),
    "en · title · {at}: has no style 'a skeleton' as date, only short, medium, long",
  ],
  [
    'an amount formatted as a number',
    withTexts('en', { title: '{total, number} {order}' }),
    'en · title · {total}: is an amount: ',
  ],
  ['markup', withTexts('vi', { title: '<b>{order}</b>' }), 'vi · title: holds markup; '],
  ['an entity', withTexts('vi', { title: '{order}&nbsp;' }), 'vi · title: holds markup; '],
  [
    'a quoting apostrophe',
    withTexts('vi', { title: "'{order}'" }),
    'vi · title: holds an apostrophe that ICU reads as quoting',
  ],
  ['a mark of direction', withTexts('vi', { title: '\u202E{order}' }), 'vi · title: holds invisible characters, '],
  ['two spaces', withTexts('vi', { title: 'x  {order}' }), 'vi · title: holds invisible characters, '],
  [
    'letters that are not composed',
    withTexts('vi', { title: 'a\u0301 {order}' }),
    'vi · title: holds invisible characters, ',
  ],
  ['an empty text', withTexts('vi', { title: '' }), 'vi · title: is empty'],
  ['an SMS without the brand', withTexts('en', { sms: 'Order {order}' }), 'en · sms: does not name the brand, '],
  ['an SMS with a link', withTexts('en', { sms: 'Tchat: {order} tchat.com' }), 'en · sms: holds a link: '],
  [
    'an SMS with curly quotes',
    withTexts('th', { sms: 'Tchat: “{order}”' }),
    'th · sms: holds “ ”, where what a typewriter has will do',
  ],
  [
    'an SMS with accents that GSM-7 lacks',
    withTexts('vi', { sms: 'Tchat: đơn {order}' }),
    'vi · sms: holds đ ơ, which GSM-7 lacks',
  ],
  [
    'an SMS too long with usual values',
    withTexts('en', { sms: `Tchat: {order} ${'x'.repeat(150)}` }),
    'en · sms: comes to 2 parts with usual values, 1 at most',
  ],
  [
    'an SMS too long with the longest values',
    withTexts('th', { sms: `Tchat: {order}${'ก'.repeat(111)}` }),
    'th · sms: comes to 3 parts with the longest values, 2 at most',
  ],
  [
    'a title that would be cut',
    withTexts('en', { title: `{order}${'x'.repeat(100)}` }),
    'en · title: comes to 108 characters',
  ],
  [
    'a link that is shown',
    withTexts('en', { title: '{order} {link}' }, { variables: { ...GOOD.variables, link: 'link' } }),
    'en · title · {link}: is a link: ',
  ],
  [
    'a link without a button',
    { ...GOOD, variables: { ...GOOD.variables, link: 'link' } },
    'en · body · {link}: has no button that leads there',
  ],
  [
    'a value without words',
    withTexts(
      'en',
      { title: '{order} {why}', words: { why: { late: 'it was late' } } },
      { variables: { ...GOOD.variables, why: { oneOf: ['late', 'lost'] } } },
    ),
    "en · words · {why}: has no words for 'lost'",
  ],
  [
    'a choice by a value that there is not',
    withTexts(
      'en',
      { title: '{order} {why, select, early {x} other {y}}' },
      { variables: { ...GOOD.variables, why: { oneOf: ['late', 'lost'] } } },
    ),
    "en · title · {why}: is never 'early'",
  ],
])('%s is named with its template, language and part', (_, template, fault) => {
  const found = faultsOf(template);
  expect(
    found.some((one) => one.startsWith(`orders.planted · ${fault}`)),
    found.join('\n'),
  ).toBe(true);
});

test('one fault in one language is not told of the others', () => {
  const languages = checkTemplate('orders.planted', withTexts('th', { title: '{order}<' })).map(
    ({ language }) => language,
  );
  expect(languages).toEqual(['th']);
  expect(LOCALES).toContain('th');
});
