import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { LOCALES } from '#shared/regions.ts';
import { CATALOGUE, TEMPLATE_NAMES } from './catalogue.ts';
import { render, type RenderOptions } from './render.ts';
import { samples } from './samples.ts';
import { declared, waysOfTemplate } from './template.ts';

const AT = '2026-11-24T17:05:00.000Z';
const options = (more: Partial<RenderOptions>): RenderOptions => ({
  way: 'push',
  locale: 'en',
  zone: 'Asia/Bangkok',
  variables: {},
  ...more,
});

function refusal(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error instanceof AppError && error.code === 'VALIDATION_ERROR' ? error.details : error;
  }
}

test('a variable that is missing, wrong or unknown is named', () => {
  const write = (variables: object) =>
    refusal(() => render('payments.money_received', options({ variables: { ...variables } })));
  expect(write({ from: 'Nok' })).toMatchObject([{ path: 'variables.amount' }]);
  expect(write({ from: 'Nok', amount: { amount: '1.5', currency: 'IDR' } })).toEqual([
    { path: 'variables.amount.amount', message: 'IDR takes no decimals' },
  ]);
  expect(write({ from: 'Nok', amount: { amount: '1', currency: 'THB' }, note: 'x' })).toEqual([
    { path: 'variables.note', message: 'is not a known field' },
  ]);
});

test('a template, a way or a version that there is not is refused by its name', () => {
  expect(refusal(() => render('orders.eaten', options({})))).toMatchObject([{ path: 'template' }]);
  expect(refusal(() => render('constructor', options({})))).toMatchObject([{ path: 'template' }]);
  expect(refusal(() => render('email.confirm_address', options({ way: 'sms' })))).toMatchObject([{ path: 'way' }]);
  expect(refusal(() => render('account.restored', options({ version: 999 })))).toMatchObject([{ path: 'version' }]);
});

test('an address that is not ours to send people to is refused', () => {
  for (const link of [
    'javascript:alert(1)',
    'http://evil.example',
    'https://user:pw@evil.example',
    'https://a.example/ x',
  ]) {
    const write = () => render('email.confirm_address', options({ way: 'email', variables: { link } }));
    expect(refusal(write)).toMatchObject([{ path: 'variables.link' }]);
  }
});

test.each([
  ['fil-PH', undefined, 'fil'],
  ['tl', undefined, 'fil'],
  ['ms', 'ID', 'ms'],
  ['zh-Hant', 'MY', 'ms'],
  ['ja', 'VN', 'vi'],
  ['ja', 'SG', 'en'],
  ['ja', undefined, 'en'],
] as const)('who reads %s in %s is written to in %s', (locale, country, used) => {
  expect(render('account.restored', options({ locale, country })).locale).toBe(used);
});

test('moments are told in the zone of who reads them, and years as their language counts them', () => {
  const at = (locale: string, zone: string) =>
    render('security.pin_changed', options({ locale, zone, variables: { at: AT } })).text;
  expect(at('en', 'Asia/Bangkok')).toContain('25 November 2026 at 12:05');
  expect(at('en', 'America/New_York')).toContain('24 November 2026 at 12:05');
  expect(at('th', 'Asia/Bangkok')).toContain('25 พฤศจิกายน 2569 เวลา 00:05 น.');
  expect(at('id', 'Asia/Makassar')).toContain('25 November 2026 pukul 01.05');
  expect(at('fil', 'Asia/Manila')).toContain('Nobyembre 25, 2026');
  expect(at('vi', 'Asia/Ho_Chi_Minh')).toContain('00:05 ngày 25 tháng 11, 2026');
});

test("a zone that nobody knows is taken for the country's", () => {
  const zone = 'Asia/Atlantis';
  const write = (country?: 'PH') =>
    render('security.pin_changed', options({ zone, country, variables: { at: AT } })).text;
  expect(write('PH')).toContain('25 November 2026 at 1:05');
  expect(write()).toContain('24 November 2026 at 5:05');
});

test('plurals are those of the language: Filipino tells apart by the last digit', () => {
  const write = (locale: string, count: number) =>
    render('messaging.new_messages', options({ locale, variables: { sender: 'Nok', count } })).text;
  expect([1, 3, 4, 16, 25].map((count) => write('fil', count))).toEqual([
    'Bagong mensahe',
    '3 bagong mensahe',
    '4 na bagong mensahe',
    '16 na bagong mensahe',
    '25 bagong mensahe',
  ]);
  expect([write('en', 1), write('en', 12_000), write('vi', 12_000)]).toEqual([
    'New message',
    '12,000 new messages',
    '12.000 tin nhắn mới',
  ]);
});

test('of our ids the end is shown, of others all', () => {
  const write = (order: string) => render('orders.confirmed', options({ variables: { order, shop: 'Baan' } })).text;
  expect(write('01a20c41-260b-7e27-8046-03179992ef53')).toContain('#9992EF53');
  expect(write('A-17')).toContain('#A-17');
});

test('values of lists are said in words and joined as the language joins them', () => {
  const write = (locale: string) =>
    render('kyc.more_needed', options({ locale, variables: { wanted: ['passport', 'address', 'tax_id'] } })).text;
  expect(write('en')).toContain('passport, address and tax number');
  expect(write('id')).toContain('paspor, alamat, dan nomor pajak');
  expect(write('th')).toContain('หนังสือเดินทาง ที่อยู่ และเลขประจำตัวผู้เสียภาษี');
});

test("a code of a reason is said in the language's words, and a person's reason as it was written", () => {
  const write = (reason: string) => render('kyc.rejected', options({ locale: 'vi', variables: { reason } })).text;
  expect(write('not_answered')).toContain('chúng tôi chưa nhận được thông tin đã yêu cầu');
  expect(write('Ảnh bị mờ')).toContain('Ảnh bị mờ');
  expect(write('constructor')).toContain('constructor');
});

test('a text to a Malaysian number begins as Malaysia wants it, and only that', () => {
  const write = (country: 'MY' | 'SG', way: 'sms' | 'push') =>
    render('account.restored', options({ locale: 'ms', country, way })).text;
  expect(write('MY', 'sms')).toMatch(/^RM0 Tchat: /);
  expect(write('SG', 'sms')).toMatch(/^Tchat: /);
  expect(write('MY', 'push')).not.toContain('RM0');
});

test.each(TEMPLATE_NAMES)(
  '%s is written in every language and way, without a gap, as its kept version says it',
  (name) => {
    const template = CATALOGUE[name];
    for (const locale of LOCALES) {
      for (const way of waysOfTemplate(template)) {
        for (const variables of samples(template.variables)) {
          const written = render(name, options({ locale, way, variables, country: 'MY' }));
          expect(written).toEqual(
            render(name, options({ locale, way, variables, country: 'MY', version: written.version })),
          );
          expect(written.locale).toBe(locale);
          expect(`${written.subject} ${written.text}`).not.toMatch(/[{}]|undefined|\[object| {2}|null/);
          expect(written.text.trim()).toBe(written.text);
          expect(written.subject === '').toBe(way === 'sms');
          expect(way === 'email').toBe(written.html !== undefined);
        }
      }
    }
  },
);

/** Everything that has ever been used to break a text out of where it stands. */
const evil = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }),
    fc.constantFrom(
      '{amount}',
      "'{sender}'",
      '{count, plural, other {#}}',
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      '<!-- end -->',
      '&lt;b&gt;',
      '$& $1 $`',
      '#',
      '\u202Egnp.exe',
      '\u2066x\u2069',
      'https://evil.example/login',
      'evil.com',
      'Z\u0300\u0301\u0302\u0303',
      '😀👨‍👩‍👧‍👦🇹🇭',
      'ก'.repeat(100),
    ),
  )
  .filter((text) => /[\p{L}\p{N}\p{S}\p{P}]/u.test(text) && !/\p{Cc}/u.test(text) && text.isWellFormed());

test('whatever people are called, titles are one line, bodies are bounded, and a push fits its payload', () => {
  fc.assert(
    fc.property(
      evil,
      evil,
      fc.constantFrom(...LOCALES),
      fc.constantFrom('push', 'in_app', 'email', 'sms'),
      (sender, dialog, locale, way) => {
        const variables = { sender, dialog, count: 4 };
        const { subject, text, sms } = render('messaging.new_messages', options({ locale, way, variables }));
        expect(subject).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
        expect(text).not.toMatch(/[\p{Bidi_Control}\u2028\u2029]/u);
        expect(way === 'email' ? '' : text).not.toMatch(/\p{Cc}/u);
        if (way === 'push') {
          expect([...new Intl.Segmenter().segment(subject)].length).toBeLessThanOrEqual(100);
          expect([...new Intl.Segmenter().segment(text)].length).toBeLessThanOrEqual(240);
          expect(Buffer.byteLength(JSON.stringify({ subject, text }))).toBeLessThan(3500);
        }
        if (way === 'sms') expect(sms!.segments).toBeLessThanOrEqual(2);
      },
    ),
    { numRuns: 400 },
  );
});

/** The variables of a template, with what people write in the place of all that people may write. */
function spoiltWith(name: (typeof TEMPLATE_NAMES)[number], text: string): Record<string, unknown> {
  const { variables } = CATALOGUE[name];
  const sample = samples(variables)[0]!;
  const written = declared(variables).filter(({ kind }) => kind === 'name' || kind === 'words' || kind === 'prose');
  return { ...sample, ...Object.fromEntries(written.map(({ name: variable }) => [variable, text])) };
}

test('no template lets what people write out of its place', () => {
  const anyTemplate = fc.constantFrom(...TEMPLATE_NAMES);
  fc.assert(
    fc.property(anyTemplate, evil, fc.constantFrom(...LOCALES), fc.nat(3), (name, text, locale, place) => {
      const ways = waysOfTemplate(CATALOGUE[name]);
      const way = ways[place % ways.length]!;
      const written = render(name, options({ locale, way, country: 'MY', variables: spoiltWith(name, text) }));
      expect(written.subject).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
      expect(written.text).not.toMatch(/[\p{Bidi_Control}\u2028\u2029]/u);
      expect(written.sms?.segments ?? 0).toBeLessThanOrEqual(2);
      if (way === 'sms') expect(written.text).not.toMatch(/https?:|\bevil\.com/i);
      expect(written.html ?? '').not.toMatch(/<script|<img|onerror="/i);
      expect(Buffer.byteLength(way === 'push' ? written.text : '')).toBeLessThanOrEqual(2400);
    }),
    { numRuns: 600 },
  );
});

test('nothing that people write is read as a message: it is shown as it stands', () => {
  const shown = (from: string) =>
    render('payments.money_received', options({ variables: { from, amount: { amount: '1', currency: 'THB' } } })).text;
  for (const from of ['{amount}', "'{from}'", '{a, plural, other {#}}', '<b>x</b>', '$& $1', '#']) {
    expect(shown(from)).toBe(`${from} sent you ฿1.00. It is in your wallet.`);
  }
});

test('nothing that people write becomes markup', () => {
  const plain = /<(?!\/?(?:html|head|meta|title|style|body|div|p|h1|br|hr|a)\b|!doctype|!-- end)/i;
  fc.assert(
    fc.property(evil, fc.constantFrom(...LOCALES), (sender, locale) => {
      const { html } = render(
        'messaging.mentioned',
        options({ way: 'email', locale, variables: { sender, dialog: sender } }),
      );
      expect(html).not.toMatch(plain);
      expect(html!.split('<!-- end -->').length).toBe(2);
      expect(html!.match(/<a /g)).toBeNull();
    }),
    { numRuns: 200 },
  );
});
